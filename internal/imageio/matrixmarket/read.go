// Package matrixmarket reads matrices of Matrix Market, dense and sparse, and
// writes sparse ones (math.nist.gov/MatrixMarket/formats.html).
package matrixmarket

import (
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
	"github.com/convkit/convkit/internal/imageio/text"
	"github.com/convkit/convkit/internal/memory"
)

const banner = "%%MatrixMarket"

// matrix is what the first line and the sizes say.
type matrix struct {
	sparse   bool // coordinate: a row, a column and a value for each entry that is not 0
	pattern  bool // entries have no value and mean 1
	symmetry string
	h, w     int
	entries  int // of a sparse matrix
}

// read reads a matrix as float64. A dense one is stored column after column.
func read(in *source.Input) (*raster.Picture, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, source.CutOff(err)
	}
	m, err := parseBanner(strings.Fields(strings.ToLower(string(line))))
	if err != nil {
		return nil, err
	}
	w := text.NewWords(in.Reader, 2, '%')
	sizes := []*int{&m.h, &m.w}
	if m.sparse {
		sizes = append(sizes, &m.entries)
	}
	for i, to := range sizes {
		if *to, err = w.Int([]string{"number of rows", "number of columns", "number of entries"}[i]); err != nil {
			return nil, err
		}
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(m.h), int64(m.w)); err != nil {
		return nil, err
	}
	if m.symmetry != "general" && m.h != m.w {
		return nil, raster.BadData("a %s matrix of %dx%d is not square", m.symmetry, m.h, m.w)
	}
	if m.sparse || m.symmetry != "general" {
		return m.filled(w)
	}
	return m.columns(in, w)
}

func parseBanner(words []string) (m matrix, err error) {
	if len(words) != 5 || words[1] != "matrix" {
		return m, raster.BadText(1, 1, "the first line is not like %%%%MatrixMarket matrix array real general")
	}
	known := func(word string, list ...string) {
		if err == nil && !slices.Contains(list, word) {
			err = raster.BadText(1, 1, "a %s matrix is not read; known are %s", word, strings.Join(list, ", "))
		}
	}
	known(words[2], "array", "coordinate")
	known(words[3], "real", "integer", "double", "pattern")
	known(words[4], "general", "symmetric", "skew-symmetric")
	m = matrix{sparse: words[2] == "coordinate", pattern: words[3] == "pattern", symmetry: words[4]}
	if err == nil && m.pattern && !m.sparse {
		err = raster.BadText(1, 1, "a dense matrix has values, not a pattern")
	}
	return m, err
}

// columns reads a dense matrix. A large one stays in a temporary file.
func (m matrix) columns(in *source.Input, w *text.Words) (*raster.Picture, error) {
	const size = 8
	mem, err := in.Gather(w.Floats(m.h*m.w, nil), m.h*m.w*size)
	if err != nil {
		return nil, err
	}
	p := raster.NewNumbers(mem, 1, 1, m.h, m.w, raster.F64LE, 2)
	if in.File == nil {
		p.StrideY, p.StrideX = size, size*m.h
		return p, nil
	}
	in.File, err = source.Columns{Planes: 1, H: m.h, W: m.w, Size: size}.ByRows(in)
	in.Base = 0
	return p, err
}

// filled reads a sparse or symmetric matrix into memory. Entries of one place are
// added.
func (m matrix) filled(w *text.Words) (*raster.Picture, error) {
	if err := memory.Need(memory.Times(m.h, m.w, 8), "a matrix of %dx%d", m.h, m.w); err != nil {
		return nil, err
	}
	values := make([]float64, m.h*m.w)
	var err error
	if m.sparse {
		err = m.scatter(w, values)
	} else {
		err = m.triangle(w, values)
	}
	if err == nil {
		err = w.End()
	}
	if err != nil {
		return nil, err
	}
	return raster.NewNumbers(raster.BytesOf(values), 1, 1, m.h, m.w, raster.Native[float64](), 2), nil
}

func (m matrix) scatter(w *text.Words, values []float64) error {
	for range m.entries {
		y, err := m.index(w, "row", m.h)
		if err != nil {
			return err
		}
		x, err := m.index(w, "column", m.w)
		if err != nil {
			return err
		}
		v := 1.0
		if !m.pattern {
			if v, err = w.Float(); err != nil {
				return err
			}
		}
		m.add(values, y, x, v)
	}
	return nil
}

// index reads a row or a column, counted from 1.
func (m matrix) index(w *text.Words, what string, n int) (int, error) {
	i, err := w.Int(what)
	if err == nil && (i < 1 || i > n) {
		err = w.Bad("the %s %d is not between 1 and %d", what, i, n)
	}
	return i - 1, err
}

// triangle reads the lower half of a dense matrix, column after column.
func (m matrix) triangle(w *text.Words, values []float64) error {
	for x := range m.w {
		first := x
		if m.symmetry == "skew-symmetric" {
			first++ // its diagonal is 0 and left out
		}
		for y := first; y < m.h; y++ {
			v, err := w.Float()
			if err != nil {
				return err
			}
			m.add(values, y, x, v)
		}
	}
	return nil
}

// add adds v at a place and at its mirror image.
func (m matrix) add(values []float64, y, x int, v float64) {
	values[y*m.w+x] += v
	switch {
	case y == x:
	case m.symmetry == "symmetric":
		values[x*m.w+y] += v
	case m.symmetry == "skew-symmetric":
		values[x*m.w+y] -= v
	}
}

func sniff(head []byte) bool {
	return len(head) >= len(banner) && strings.EqualFold(string(head[:len(banner)]), banner)
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "mtx", Extensions: []string{".mtx"},
	Holds: codec.Holds{
		Reads: "text, dense or sparse",
		Kind:  raster.Numbers,
		NaN:   true,
	},
	Sniff: sniff,
	Read:  read,
}
