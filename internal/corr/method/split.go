package method

import (
	"fmt"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// split computes a correlation with a kernel that is large beside the largest
// tile as the sum of those with parts of it, each through spectra on the part of
// the image that it sees:
//
//	Y[y][x] = bias + Σ_p Σ_u Σ_v X[y+(top_p+u)*dy][x+(left_p+v)*dx] * K[top_p+u][left_p+v]
//
// Its error is that of its parts (see fourier) and of a sum of as many numbers
// as there are parts. What is exact, and what NaN and infinities become, follows
// from the parts, which have no tap in common.
type split[T tensor.Float] struct {
	parts []*fourier[T]
	at    []geometry.Size // the first row and column of the padded image that a part sees
	sum   *block[T]
	rows  int
}

var _ Implementation[float64] = (*split[float64])(nil)

const (
	// splitSide is the tile that parts take, and splitReach how much of it they
	// reach over at most: half gives the most outputs for each tap.
	splitSide, splitReach = 256, splitSide / 2

	// splitMost bounds the memory for spectra, half a MiB each in float32.
	splitMost = 128
)

// partSize is the most even size of parts of a kernel that reach over at most
// reach elements, and how many there are.
func partSize(g geometry.Geometry, reach int) (size geometry.Size, n int) {
	along := func(taps, dilation int) (int, int) {
		most := (reach-1)/dilation + 1
		n := (taps + most - 1) / most
		return (taps + n - 1) / n, n
	}
	h, rows := along(g.KH, g.Dilation.H)
	w, cols := along(g.KW, g.Dilation.W)
	return geometry.Size{H: h, W: w}, rows * cols
}

func NewSplit[T tensor.Float](k tensor.Kernel, g geometry.Geometry, n, reach int) *split[T] {
	size, _ := partSize(g, reach)
	one := g
	one.KH, one.KW = 1, 1
	s := &split[T]{sum: newBlock([]T{1}, one)}
	for top := 0; top < k.H; top += size.H {
		for left := 0; left < k.W; left += size.W {
			h, w := min(size.H, k.H-top), min(size.W, k.W-left)
			var taps []float64
			for u := range h {
				taps = append(taps, k.Taps[(top+u)*k.W+left:][:w]...)
			}
			p := tensor.Matrix(h, w, taps...)
			if len(s.parts) == 0 {
				p.Bias = k.Bias
			}
			of := g
			of.KH, of.KW = h, w
			s.parts = append(s.parts, NewFourier[T](p, of, n))
			s.at = append(s.at, geometry.Size{H: top * g.Dilation.H, W: left * g.Dilation.W})
		}
	}
	s.rows = s.parts[0].Rows()
	return s
}

func (s *split[T]) Describe() string {
	return fmt.Sprintf("fourier (%d parts, tiles of %dx%d, %s)", len(s.parts), s.parts[0].n, s.parts[0].n, vec.Name())
}

// Rows is one row of the tiles of the largest parts.
func (s *split[T]) Rows() int { return s.rows }

func (s *split[T]) Separates() bool { return false }

func (s *split[T]) NewWorker() Worker[T] {
	f := s.parts[0]
	return &splitWorker[T]{s: s, part: &fourierWorker[T]{f: f, tile: fft.NewTile[T](f.n)}}
}

// splitWorker is the memory of one goroutine: that of one part, and its result.
type splitWorker[T tensor.Float] struct {
	s            *split[T]
	part         *fourierWorker[T]
	out, scratch []T
}

func (w *splitWorker[T]) Correlate(dst []tensor.View[T], o, rows, cols int, in []tensor.View[T], _ bool) {
	w.out = tensor.Grow(w.out, rows*cols)
	out := tensor.View[T]{Data: w.out, Stride: cols}
	for i, p := range w.s.parts {
		w.part.f = p
		at := w.s.at[i]
		src := []tensor.View[T]{{Data: in[0].Data[at.H*in[0].Stride+at.W:], Stride: in[0].Stride}}
		if i == 0 {
			w.part.Correlate(dst, o, rows, cols, src, false)
			continue
		}
		w.part.Correlate([]tensor.View[T]{out}, o, rows, cols, src, false)
		w.s.sum.run(&w.scratch, dst[0], out, rows, cols, 0, vec.Add)
	}
}
