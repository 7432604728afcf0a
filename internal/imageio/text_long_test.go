package imageio

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
)

// TestLongLines: lines that no buffer holds are read like others.
func TestLongLines(t *testing.T) {
	const n = 80_000
	for _, sep := range []string{",", ";", "\t", " ", "  ", " , "} {
		var b bytes.Buffer
		b.WriteString("# " + strings.Repeat("c", 300_000) + "\n" + strings.Repeat(" ", 300_000))
		want := make([]float64, 0, 2*n)
		for row := range 2 {
			for i := range n {
				if i > 0 {
					b.WriteString(sep)
				}
				v := float64(i+row)/4 - 9
				fmt.Fprint(&b, v)
				want = append(want, v)
			}
			b.WriteString(" # " + strings.Repeat("d", 300_000) + "\n" + strings.Repeat("\t", 300_000))
			if row == 0 {
				b.WriteString("# no row\n")
			}
		}
		data := b.Bytes()
		m := decode(t, data, "x", raster.ReadOptions{})
		if s := m.Shape(); s.C != 1 || s.H != 2 || s.W != n {
			t.Fatalf("%q: %v", sep, s)
		}
		if !slices.Equal(floats(t, m), want) {
			t.Errorf("%q: other numbers", sep)
		}
		if !slices.Equal(floats(t, asLarge(t, data)), want) {
			t.Errorf("%q: other numbers where the file is large", sep)
		}
	}
}

// asLarge reads a file in the way of large ones.
func asLarge(t *testing.T, data []byte) *raster.Image {
	t.Helper()
	defer func(n int64) { text.LargeText = n }(text.LargeText)
	text.LargeText = 1
	path := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	m, err := readFile(path, raster.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// endless repeats its text for ever.
type endless string

func (e endless) Read(p []byte) (int, error) {
	n := len(p) / len(e) * len(e)
	for i := copy(p[:n], e); i > 0 && i < n; i *= 2 {
		copy(p[i:n], p[:i])
	}
	return n, nil
}

// TestEndlessLines: a line without an end is refused early, with its place.
func TestEndlessLines(t *testing.T) {
	head := func(s string) io.Reader { return strings.NewReader(s) }
	for want, r := range map[string]io.Reader{
		"1:1: \"1111":         endless("1"),
		"2:1: \"\\x00\\x00":   io.MultiReader(head("1,2"+strings.Repeat(" ", source.HeadLen)+"\n"), endless("\x00")),
		"more than 1000":      endless("1,"),
		"more than 1000 num":  endless("1 "),
		"1:300003: a number ": io.MultiReader(head("1,"), head(strings.Repeat(" ", 300_000)), head(",2")),
		"a number is missing": io.MultiReader(head("1,"), head(strings.Repeat(" ", 299_999))),
		"1:300001: \"x\" is":  io.MultiReader(head("1,"), head(strings.Repeat("2,", 149_999)), endless("x,")),
		"ragged":              io.MultiReader(head("1,2,3\n"), head(strings.Repeat("2,", 499)), head(strings.Repeat(" ", 300_000)), head("1")),
		"missing here":        io.MultiReader(head("1\t2\n3"), head(strings.Repeat("\t", 300_000)), head("1")),
	} {
		max := int64(1000)
		if strings.HasPrefix(want, "1:300001") {
			max = 1 << 20
		}
		_, err := Decode(r, "x", raster.ReadOptions{MaxPixels: max})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %.200v, want %s", err, want)
		}
	}
}
