package imageio

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLargeFiles: numbers of a large file stay there, and give what they give
// from a pipe, which has to be read at once.
func TestLargeFiles(t *testing.T) {
	const h, w = 2100, 2050
	mem := make([]byte, 4*h*w)
	for i := range mem {
		mem[i] = byte(i * i >> 7)
	}
	numbers := newNumbers(mem, 1, 2, h/2, w, elemF32LE, 3)
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
			piped := decode(t, data, path, ReadOptions{})
			left, err := ReadFile(path, nil, ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if left.file == nil || piped.file != nil {
				t.Errorf("left in the file: %v, and from a pipe: %v", left.file != nil, piped.file != nil)
			}
			if !slices.Equal(floats(t, left), floats(t, piped)) {
				t.Error("the numbers differ")
			}
			if err := os.Truncate(path, 5000); err != nil {
				t.Fatal(err)
			}
			if _, err := Rows[float64](left).Row(0, h/2-1, make([]float64, w)); err == nil || !strings.Contains(err.Error(), "cut off") {
				t.Errorf("a file cut while it is read: %v", err)
			}
			if _, err := ReadFile(path, nil, ReadOptions{}); err == nil || !strings.Contains(err.Error(), "too early") {
				t.Errorf("a cut file: %v", err)
			}
		})
	}
}

// TestRowMemory: a row costs no memory.
func TestRowMemory(t *testing.T) {
	for name, m := range map[string]*Image{
		"grey":   picture(1, 8),
		"colour": picture(4, 16),
		"text":   decode(t, []byte("1,2\n3,4"), "x", ReadOptions{}),
	} {
		src, buf := Rows[float32](m), make([]float32, m.w)
		if n := testing.AllocsPerRun(20, func() {
			if _, err := src.Row(0, 1, buf); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a row", name, n)
		}
	}
	m := decode(t, through[float64](t, decode(t, []byte("1,2\n3,4"), "x", ReadOptions{}), WriteOptions{Format: "npy"}), "x", ReadOptions{})
	row, err := Rows[float64](m).Row(0, 1, nil)
	if err != nil || !bytes.Equal(bytesOf(row), m.mem[16:]) || &bytesOf(row)[0] != &m.mem[16] {
		t.Errorf("a row of float64 is not lent: %v, %v", row, err)
	}
}
