package imageio

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/tensor"
)

// TestLargeFiles: numbers of a large file stay there, and give what they give
// from a pipe, whether they go through a temporary file or stay in memory.
func TestLargeFiles(t *testing.T) {
	const h, w = 2100, 2050
	mem := make([]byte, 4*h*w)
	for i := range mem {
		mem[i] = byte(i * i >> 7)
	}
	numbers := numbersOf(mem, 1, 2, h/2, w, raster.F32LE, 3)
	for i := 3; i < len(mem); i += 4 {
		mem[i] &= 0x3f // no NaN
	}
	for _, format := range []string{"npy", "fits", "tif"} {
		t.Run(format, func(t *testing.T) {
			data := through[float64](t, numbers, WriteOptions{Format: format})
			path := filepath.Join(t.TempDir(), "x."+format)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			spooled := decode(t, data, path, raster.ReadOptions{})
			defer func(n int) { source.TempFileSize = n }(source.TempFileSize)
			source.TempFileSize = 1 << 30
			piped := decode(t, data, path, raster.ReadOptions{})
			left, err := readFile(path, raster.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if left.Samples().File == nil || spooled.Samples().File == nil || piped.Samples().File != nil {
				t.Errorf("left in a file: %v, in a temporary one: %v, in memory: %v", left.Samples().File != nil, spooled.Samples().File != nil, piped.Samples().File == nil)
			}
			want := floats(t, piped)
			if !slices.Equal(floats(t, left), want) || !slices.Equal(floats(t, spooled), want) {
				t.Error("the numbers differ")
			}
			if err := os.Truncate(path, 5000); err != nil {
				t.Fatal(err)
			}
			if _, err := raster.Rows[float64](left).Row(0, h/2-1, make([]float64, w)); err == nil || !strings.Contains(err.Error(), "cut off") {
				t.Errorf("a file cut while it is read: %v", err)
			}
			if _, err := readFile(path, raster.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "too early") {
				t.Errorf("a cut file: %v", err)
			}
			source.TempFileSize = 1 << 20
			m, err := Decode(bytes.NewReader(data[:len(data)/2]), "<stdin>", raster.ReadOptions{})
			if err == nil {
				_, err = raster.Rows[float64](m).Row(0, h/2-1, make([]float64, w))
			}
			if err == nil {
				_, err = raster.Rows[float64](m).Row(1, h/2-1, make([]float64, w))
			}
			if want := fmt.Sprintf("<stdin>: the %s data ends too early: the file is cut off", format); err == nil || err.Error() != want {
				t.Errorf("a cut pipe: %v, want %s", err, want)
			}
		})
	}
}

// TestRowMemory: a row costs no memory.
func TestRowMemory(t *testing.T) {
	for name, m := range map[string]*raster.Image{
		"grey":   picture(1, 8),
		"colour": picture(4, 16),
		"text":   decode(t, []byte("1,2\n3,4"), "x", raster.ReadOptions{}),
	} {
		src, buf := raster.Rows[float32](m), make([]float32, m.Samples().W)
		if n := testing.AllocsPerRun(20, func() {
			if _, err := src.Row(0, 1, buf); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a row", name, n)
		}
	}
	m := decode(t, through[float64](t, decode(t, []byte("1,2\n3,4"), "x", raster.ReadOptions{}), WriteOptions{Format: "npy"}), "x", raster.ReadOptions{})
	row, err := raster.Rows[float64](m).Row(0, 1, nil)
	if err != nil || !bytes.Equal(raster.BytesOf(row), m.Samples().Mem[16:]) || &raster.BytesOf(row)[0] != &m.Samples().Mem[16] {
		t.Errorf("a row of float64 is not lent: %v, %v", row, err)
	}
}

// TestLargeText: a large text gives the rows of a small one, on all cores, and
// says where a word is no number.
func TestLargeText(t *testing.T) {
	defer func(n int64) { text.LargeText = n }(text.LargeText)
	text.LargeText = 1 << 20
	const h, w = 500, 700
	text := []byte("\xef\xbb\xbf# a large one\r\n")
	rows := make([]string, 2*h)
	for i := range rows {
		row := []byte{}
		for x := range w {
			row = append(strconv.AppendInt(row, int64((i*i+x)%99991), 10), ';')
		}
		rows[i] = string(row[:len(row)-1]) + " # end\n"
		if i == h {
			text = append(text, "\n\n"...)
		}
		text = append(text, rows[i]...)
	}
	path := filepath.Join(t.TempDir(), "x.txt")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := readFile(path, raster.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := (tensor.Shape{N: 1, C: 2, H: h, W: w}); m.Shape() != want || m.Samples().File == nil {
		t.Fatalf("the shape is %v, left in its file: %v", m.Shape(), m.Samples().File != nil)
	}
	defer func(n int) { source.TempFileSize = n }(source.TempFileSize)
	source.TempFileSize = 1 << 20
	piped := decode(t, text, path, raster.ReadOptions{})
	if piped.Samples().File == nil || !slices.Equal(floats(t, piped), floats(t, m)) {
		t.Errorf("a pipe gives other numbers, or stays in memory: %v", piped.Samples().File == nil)
	}
	src := raster.Rows[float32](m)
	var all sync.WaitGroup
	for g := range 3 {
		all.Go(func() {
			buf := make([]float32, w)
			for i := g; i < 2*h; i += 5 {
				want, err := Decode(strings.NewReader(rows[i]), "row", raster.ReadOptions{})
				if err != nil {
					t.Error(err)
					return
				}
				got, err := src.Row(i/h, i%h, buf)
				expect, _ := raster.Rows[float32](want).Row(0, 0, make([]float32, w))
				if err != nil || !slices.Equal(got, expect) {
					t.Errorf("row %d: %v", i, err)
					return
				}
			}
		})
	}
	all.Wait()
	bad := strings.Replace(rows[h+321], ";", ";x", 1)
	if err := os.WriteFile(path, bytes.Replace(text, []byte(rows[h+321]), []byte(bad), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err = readFile(path, raster.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	// A line of comment and two empty ones stand before it.
	_, err = raster.Rows[float64](m).Row(1, 321, make([]float64, w))
	if want := fmt.Sprintf("%s:%d:", path, h+321+1+3); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a bad word: %v, want %s", err, want)
	}
}

// TestTextInPieces: the text of a band that is larger than what is made at once is
// that of its rows.
func TestTextInPieces(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 5, W: 1 << 19})
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range x.Data {
		x.Data[i] = rng.NormFloat64()
	}
	var want []byte
	for y := range 5 {
		for i, v := range x.Data[y<<19 : (y+1)<<19] {
			if i > 0 {
				want = append(want, ',')
			}
			want = strconv.AppendFloat(want, v, 'g', -1, 64)
		}
		want = append(want, '\n')
	}
	if len(want) < 3*textMost {
		t.Fatalf("%d bytes are too few", len(want))
	}
	var got bytes.Buffer
	w, err := Create("-", &got, x.Shape(), WriteOptions{Digits: -1})
	if err != nil {
		t.Fatal(err)
	}
	commit, err := SinkOf[float64](w).Put(tensor.Band[float64]{Rows: 5, W: 1 << 19, Stride: 1 << 19, Data: x.Data})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(commit(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%d bytes, want %d, or others", got.Len(), len(want))
	}
}
