package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// fortran is an NPY of u2 or i4 in Fortran order, element i of which in C order is i
// modulo 60013, of the shape that the header has.
func fortran(descr string, dims ...int) []byte {
	words := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(dims)), ", "), "[]")
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': True, 'shape': (%s), }\n", descr, words)
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	binary.Write(&b, binary.LittleEndian, uint16(len(head)))
	b.WriteString(head)
	n := 1
	steps := make([]int, len(dims)) // in C order
	for i := len(dims) - 1; i >= 0; i-- {
		steps[i] = n
		n *= dims[i]
	}
	out := b.Bytes()
	for i := range n {
		c, rest := 0, i
		for k, d := range dims {
			c += rest % d * steps[k]
			rest /= d
		}
		if descr == "<u2" {
			out = binary.LittleEndian.AppendUint16(out, uint16(c%60013))
		} else {
			out = binary.BigEndian.AppendUint32(out, uint32(c%60013))
		}
	}
	return out
}

// TestFortranOrderOfAFile: large arrays in Fortran order, of which blocks of rows are
// gathered, have the numbers that they have.
func TestFortranOrderOfAFile(t *testing.T) {
	for _, c := range []struct {
		descr, layout string
		dims          []int
	}{
		{"<u2", "", []int{2999, 2801}}, // columns below and above the size from which they are read in parts
		{"<u2", "", []int{9001, 957}},
		{"<u2", "", []int{7, 1_300_001}},
		{">i4", "", []int{1_300_001, 4}},
		{">i4", "", []int{3, 1201, 1251}},
		{">i4", "hwc", []int{1201, 1251, 3}},
		{"<u2", "", []int{2, 3, 1201, 1253}},
	} {
		data := fortran(c.descr, c.dims...)
		path := filepath.Join(t.TempDir(), "x.npy")
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		m, err := readFile(path, raster.ReadOptions{Layout: c.layout})
		if err != nil {
			t.Fatal(err)
		}
		if m.Samples().Mem != nil || m.Samples().File == nil {
			t.Fatalf("%v: %d bytes are in memory", c.dims, len(m.Samples().Mem))
		}
		s := m.Shape()
		src, buf := raster.Rows[float64](m), make([]float64, s.W)
		for p := range s.Planes() {
			for y := range s.H {
				row, err := src.Row(p, y, buf)
				if err != nil {
					t.Fatal(err)
				}
				for x, v := range row {
					want := (p*s.H+y)*s.W + x
					if c.layout == "hwc" {
						want = (y*s.W+x)*s.C + p
					}
					if v != float64(want%60013) {
						t.Fatalf("%v %s: plane %d row %d column %d is %v, not %d", c.dims, c.layout, p, y, x, v, want%60013)
					}
				}
			}
		}
		pipe, err := Decode(bytes.NewReader(data), source.StdinName, raster.ReadOptions{Layout: c.layout})
		if err != nil {
			t.Fatal(err)
		}
		one, _ := src.Row(0, s.H-1, make([]float64, s.W))
		other, err := raster.Rows[float64](pipe).Row(0, s.H-1, make([]float64, s.W))
		if err != nil || pipe.Samples().Mem != nil || !slices.Equal(one, other) {
			t.Errorf("%v: a pipe gives other numbers or stays in memory: %v, %v", c.dims, pipe.Samples().Mem != nil, err)
		}
	}
}
