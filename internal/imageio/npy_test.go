package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"codeberg.org/sbinet/npyio"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// npyFile makes a file by hand: a header of the given version, then data in
// the given order of bytes.
func npyFile(version byte, dict string, order binary.ByteOrder, data any) []byte {
	head := []byte{0x93, 'N', 'U', 'M', 'P', 'Y', version, 0}
	if version == 1 {
		head = binary.LittleEndian.AppendUint16(head, uint16(len(dict)))
	} else {
		head = binary.LittleEndian.AppendUint32(head, uint32(len(dict)))
	}
	var b bytes.Buffer
	b.Write(append(head, dict...))
	if err := binary.Write(&b, order, data); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestNPYTypes(t *testing.T) {
	for _, c := range []struct {
		name string
		data any
		want []float64
	}{
		{"b1", []bool{true, false, true, true, false, false}, []float64{1, 0, 1, 1, 0, 0}},
		{"u1", []uint8{0, 1, 2, 3, 4, 255}, []float64{0, 1, 2, 3, 4, 255}},
		{"i1", []int8{0, 1, -2, 3, 4, -128}, []float64{0, 1, -2, 3, 4, -128}},
		{"u2", []uint16{0, 1, 2, 3, 4, 65535}, []float64{0, 1, 2, 3, 4, 65535}},
		{"i2", []int16{0, 1, 2, 3, 4, -32768}, []float64{0, 1, 2, 3, 4, -32768}},
		{"u4", []uint32{0, 1, 2, 3, 4, 1<<32 - 1}, []float64{0, 1, 2, 3, 4, 1<<32 - 1}},
		{"i4", []int32{0, 1, 2, 3, 4, -1 << 31}, []float64{0, 1, 2, 3, 4, -1 << 31}},
		{"u8", []uint64{0, 1, 2, 3, 4, 1 << 60}, []float64{0, 1, 2, 3, 4, 1 << 60}},
		{"i8", []int64{0, 1, 2, 3, 4, -1 << 60}, []float64{0, 1, 2, 3, 4, -1 << 60}},
		{"f4", []float32{0, .5, 2, 3, 4, -1e30}, []float64{0, .5, 2, 3, 4, float64(float32(-1e30))}},
		{"f8", []float64{0, .1, 2, 3, 4, -1e300}, []float64{0, .1, 2, 3, 4, -1e300}},
	} {
		for mark, order := range map[string]binary.ByteOrder{"<": binary.LittleEndian, ">": binary.BigEndian} {
			for version := range byte(3) {
				dict := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': False, 'shape': (2, 3), }", mark, c.name)
				m := decode(t, npyFile(version+1, dict, order, c.data), "x", raster.ReadOptions{})
				if got := floats(t, m); !slices.Equal(got, c.want) || m.Kind() != raster.Numbers || m.Depth() != 0 || m.Rank() != 2 {
					t.Errorf("%s%s version %d: %v", mark, c.name, version+1, got)
				}
			}
			dict := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': True, 'shape': (2, 3), }", mark, c.name)
			m := decode(t, npyFile(1, dict, order, c.data), "x", raster.ReadOptions{})
			w := c.want
			if got := floats(t, m); !slices.Equal(got, []float64{w[0], w[2], w[4], w[1], w[3], w[5]}) {
				t.Errorf("%s%s in Fortran order: %v", mark, c.name, got)
			}
		}
	}
}

func TestNPYRanks(t *testing.T) {
	data := make([]float64, 24)
	for i := range data {
		data[i] = float64(i)
	}
	for shape, rank := range map[string]int{"24,": 1, "4, 6": 2, "2, 3, 4": 3, "2, 1, 3, 4": 4} {
		dict := "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }"
		m := decode(t, npyFile(1, dict, binary.LittleEndian, data), "x", raster.ReadOptions{})
		out := through[float64](t, m, WriteOptions{Format: "npy"})
		r, err := npyio.NewReader(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		var back []float64
		if err := r.Read(&back); err != nil {
			t.Fatal(err)
		}
		if m.Rank() != rank || len(r.Header.Descr.Shape) != rank || !slices.Equal(back, data) || len(out)%64 != 24*8%64 {
			t.Errorf("(%s): rank %d, npyio reads %v %v", shape, m.Rank(), r.Header.Descr.Shape, back)
		}
		if small := through[float32](t, m, WriteOptions{Format: "npy"}); !bytes.Contains(small, []byte("'<f4'")) {
			t.Errorf("float32 results are written as %.80q", small)
		}
	}
}

// TestNPYLayout reads and writes arrays with the planes last.
func TestNPYLayout(t *testing.T) {
	data := make([]float64, 24)
	for i := range data {
		data[i] = float64(i)
	}
	for _, fortran := range []string{"False", "True"} {
		file := npyFile(1, "{'descr': '<f8', 'fortran_order': "+fortran+", 'shape': (4, 2, 3), }", binary.LittleEndian, data)
		m := decode(t, file, "x", raster.ReadOptions{Layout: "hwc"})
		s := m.Shape()
		if s.C != 3 || s.H != 4 || s.W != 2 {
			t.Fatalf("the shape is %v", s)
		}
		got := floats(t, m)
		for c := range 3 {
			for y := range 4 {
				for x := range 2 {
					want := float64((y*2+x)*3 + c)
					if fortran == "True" {
						want = float64(y + 4*x + 8*c)
					}
					if v := got[(c*4+y)*2+x]; v != want {
						t.Fatalf("plane %d (%d, %d) is %v, want %v", c, y, x, v, want)
					}
				}
			}
		}
		again := decode(t, through[float64](t, m, WriteOptions{Format: "npy"}), "x", raster.ReadOptions{Layout: "hwc"})
		if !slices.Equal(floats(t, again), got) || again.Shape() != s {
			t.Errorf("written and read again: %v", again.Shape())
		}
	}
}

// TestNPYFromNpyio reads what another writer makes.
func TestNPYFromNpyio(t *testing.T) {
	var b bytes.Buffer
	want := []float32{1, -2, float32(math.Inf(1)), 4.5}
	if err := npyio.Write(&b, want); err != nil {
		t.Fatal(err)
	}
	m := decode(t, b.Bytes(), "x.npy", raster.ReadOptions{})
	if got := floats(t, m); len(got) != 4 || got[1] != -2 || !math.IsInf(got[2], 1) || got[3] != 4.5 {
		t.Errorf("got %v", got)
	}
}

func TestNPYErrors(t *testing.T) {
	good := "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"
	for name, c := range map[string]struct {
		dict string
		want string
	}{
		"cut":       {good, "ends too early"},
		"huge":      {strings.Replace(good, "(2, 3)", "(2000000, 2000000)", 1), "more than"},
		"overflow":  {strings.Replace(good, "(2, 3)", "(4294967296, 4294967296, 4294967296, 2)", 1), "more than"},
		"too big":   {strings.Replace(good, "(2, 3)", "(99999999999999999999,)", 1), "not a list of sizes"},
		"negative":  {strings.Replace(good, "(2, 3)", "(-2, 3)", 1), "not a list of sizes"},
		"none":      {strings.Replace(good, "(2, 3)", "(0, 3)", 1), "not positive"},
		"rank 0":    {strings.Replace(good, "(2, 3)", "()", 1), "rank 0"},
		"rank 5":    {strings.Replace(good, "(2, 3)", "(1,1,1,1,1)", 1), "rank 5"},
		"complex":   {strings.Replace(good, "<f8", "<c16", 1), `"<c16"`},
		"record":    {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "descr"},
		"a promise": {strings.Replace(good, "(2, 3)", "(40000, 40000)", 1), "ends too early"},
	} {
		_, err := Decode(bytes.NewReader(npyFile(1, c.dict, binary.LittleEndian, []float64{1, 2})), "x.npy", raster.ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	long := npyFile(2, good, binary.LittleEndian, []float64{1})
	binary.LittleEndian.PutUint32(long[8:], 1<<31-1)
	if _, err := Decode(bytes.NewReader(long), "x.npy", raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "header of") {
		t.Errorf("a long header: got %v", err)
	}
}

// Whole numbers that float64 cannot hold are told, and only those.
func TestRoundedNumbers(t *testing.T) {
	for _, c := range []struct {
		name  string
		data  any
		calls int
	}{
		{"u8", []uint64{1<<53 + 1, 0, 0, 0, 0, 7}, 1},
		{"i8", []int64{0, 0, 0, -1<<60 - 1, 0, 7}, 1},
		{"i8", []int64{0, 0, 0, 1<<53 - 1, -(1<<53 - 1), 7}, 0},
		{"f8", []float64{1e300, 0, 0, 0, 0, -1e300}, 0},
	} {
		file := npyFile(1, fmt.Sprintf("{'descr': '<%s', 'fortran_order': False, 'shape': (2, 3), }", c.name), binary.LittleEndian, c.data)
		calls := 0
		floats(t, decode(t, file, "x.npy", raster.ReadOptions{OnRounded: func() { calls++ }}))
		if calls != c.calls {
			t.Errorf("%v: %d rows are said to be rounded, not %d", c.data, calls, c.calls)
		}
	}
}
