package operator

import (
	"slices"
	"sync"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Matrix is a matrix that may be too large to rest anywhere: its rows are made
// when they are asked for. It is a Source of one plane.
type Matrix struct {
	Rows, Cols int
	PerRow     int // no row has more entries than this; all others are zero

	entries func(row int, visit func(col int, v float64)) error
}

// Entries visits the entries of a row, each column once at most. It may be
// called from many goroutines at once.
func (m *Matrix) Entries(row int, visit func(col int, v float64)) error {
	return m.entries(row, visit)
}

// Shape is one plane of Rows x Cols.
func (m *Matrix) Shape() tensor.Shape { return tensor.Shape{N: 1, C: 1, H: m.Rows, W: m.Cols} }

// Row fills buf with a row.
func (m *Matrix) Row(_, y int, buf []float64) ([]float64, error) {
	buf = buf[:m.Cols]
	clear(buf)
	return buf, m.Entries(y, func(col int, v float64) { buf[col] = v })
}

// Windows is the matrix U that turns the taps of a kernel into the result,
//
//	U vec(K) = vec(Y),
//
// vec being the elements in reading order. There is a row for each output, which
// holds the window that it sees: for a plain kernel, kh*kw columns and the
// outputs of all planes, one plane after the other; for a kernel that mixes
// channels, In*kh*kw columns and the outputs of one channel, so that
// U reshape(K, Out, -1)' has a column for each channel. A kernel with a bias adds
// a last column of ones. Columns are in the order of the kernel as it is given,
// also where it is flipped.
func Windows(src tensor.Source[float64], k tensor.Kernel, o corr.Options) (*Matrix, error) {
	in := src.Shape()
	g, err := geometry.New(in.H, in.W, corr.Size{H: k.H, W: k.W}, o)
	if err != nil {
		return nil, err
	}
	if _, err := corr.OutShape(in, k, g); err != nil {
		return nil, err
	}
	w := &windows{src: src, g: g, flip: o.Convolve, planes: k.In, biased: len(k.Bias) > 0}
	m := &Matrix{Rows: in.Planes() / k.In * g.OutH * g.OutW, Cols: k.In * k.H * k.W, entries: w.entries}
	if w.biased {
		m.Cols++
	}
	m.PerRow = m.Cols
	return m, nil
}

// windows makes the rows of Windows.
type windows struct {
	src    tensor.Source[float64]
	g      corr.Geometry
	flip   bool
	planes int // that one output sees
	biased bool
	pool   sync.Pool // of *windowRows
}

// windowRows are the padded rows that one row of outputs sees.
type windowRows struct {
	reader *corr.Reader[float64]
	at     int // which row of outputs, of all
	rows   []float64
}

func (w *windows) entries(row int, visit func(int, float64)) error {
	g := w.g
	at, x := row/g.OutW, row%g.OutW
	r, _ := w.pool.Get().(*windowRows)
	if r == nil {
		r = &windowRows{reader: corr.NewReader(w.src, g), at: -1, rows: make([]float64, w.planes*g.KH*g.PadW())}
	}
	defer w.pool.Put(r)
	if r.at != at {
		r.at = -1
		for i := range w.planes * g.KH {
			plane, u := at/g.OutH*w.planes+i/g.KH, i%g.KH
			if err := r.reader.Row(plane, at%g.OutH*g.Stride.H+u*g.Dilation.H, r.rows[i*g.PadW():]); err != nil {
				return err
			}
		}
		r.at = at
	}
	n := g.KH * g.KW
	for i := range w.planes * n {
		line, v := i/g.KW, i%g.KW
		col := i
		if w.flip {
			col = i/n*n + n - 1 - i%n
		}
		visit(col, r.rows[line*g.PadW()+x*g.Stride.W+v*g.Dilation.W])
	}
	if w.biased {
		visit(w.planes*n, 1)
	}
	return nil
}

// Operator is the matrix W that a kernel is for images of one size,
//
//	W vec(X) = vec(Y) - c,
//
// with c what biases and a border of constants add. For a plain kernel X and Y
// are one plane, for one that mixes channels all planes of one image. A border
// that repeats elements adds taps up in their columns.
func Operator(in tensor.Shape, k tensor.Kernel, o corr.Options) (*Matrix, error) {
	g, err := geometry.New(in.H, in.W, corr.Size{H: k.H, W: k.W}, o)
	if err != nil {
		return nil, err
	}
	if _, err := corr.OutShape(in, k, g); err != nil {
		return nil, err
	}
	if o.Convolve {
		k = k.Flip()
	}
	p := &operator{k: k, g: g}
	m := &Matrix{Rows: k.Out * g.OutH * g.OutW, Cols: k.In * g.InH * g.InW, entries: p.entries}
	m.PerRow = min(m.Cols, k.In*k.H*k.W)
	return m, nil
}

// operator makes the rows of Operator.
type operator struct {
	k tensor.Kernel
	g corr.Geometry
}

type entry struct {
	col int
	v   float64
}

func (p *operator) entries(row int, visit func(int, float64)) error {
	g := p.g
	o, y, x := row/(g.OutH*g.OutW), row/g.OutW%g.OutH, row%g.OutW
	var all []entry
	for i := range p.k.In {
		for u := range g.KH {
			iy := g.Border.Fold(y*g.Stride.H+u*g.Dilation.H-g.Top, g.InH)
			for v := range g.KW {
				ix := g.Border.Fold(x*g.Stride.W+v*g.Dilation.W-g.Left, g.InW)
				if iy >= 0 && ix >= 0 {
					all = append(all, entry{(i*g.InH+iy)*g.InW + ix, p.k.At(o, i, u, v)})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return a.col - b.col })
	for i := 0; i < len(all); {
		e := all[i]
		for i++; i < len(all) && all[i].col == e.col; i++ {
			e.v += all[i].v
		}
		visit(e.col, e.v)
	}
	return nil
}
