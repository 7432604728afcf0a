package corr

import (
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// view is rows of numbers in memory: row i begins at data[i*stride].
type view[T tensor.Float] struct {
	data   []T
	stride int
}

// from returns the view whose row 0 is row i.
func (v view[T]) from(i int) view[T] { return view[T]{v.data[i*v.stride:], v.stride} }

// every returns the view of each n-th row.
func (v view[T]) every(n int) view[T] { return view[T]{v.data, n * v.stride} }

// row returns the first n elements of row i.
func (v view[T]) row(i, n int) []T { return v.data[i*v.stride : i*v.stride+n] }

// block is the correlation of one plane with one matrix of taps at any stride
// and dilation, as a sum of correlations at stride 1, which are what the loops
// of vec do. With stride s and dilation d, the taps whose offsets u*d leave one
// remainder modulo s see only every s-th row, and among these the taps stand
// lcm(s, d)/s rows apart; columns likewise.
type block[T tensor.Float] struct {
	g     Geometry
	parts []part[T]
}

// part is the taps of one remainder in rows and one in columns. The first tap
// sees input element (top, left) of the first output's window.
type part[T tensor.Float] struct {
	taps      *vec.Taps[T]
	top, left int
	dy, dx    int // distance of taps, in rows and columns of that remainder
}

func newBlock[T tensor.Float](taps []T, g Geometry) *block[T] {
	b := &block[T]{g: g}
	// Taps a step apart leave the same remainder.
	stepY, stepX := lcm(g.Stride.H, g.Dilation.H)/g.Dilation.H, lcm(g.Stride.W, g.Dilation.W)/g.Dilation.W
	for v := range min(stepX, g.KW) {
		for u := range min(stepY, g.KH) {
			var some []T
			kh, kw := (g.KH-u+stepY-1)/stepY, (g.KW-v+stepX-1)/stepX
			for i := range kh {
				for j := range kw {
					some = append(some, taps[(u+i*stepY)*g.KW+v+j*stepX])
				}
			}
			b.parts = append(b.parts, part[T]{
				taps: vec.NewTaps(some, kh, kw), top: u * g.Dilation.H, left: v * g.Dilation.W,
				dy: stepY * g.Dilation.H / g.Stride.H, dx: stepX * g.Dilation.W / g.Stride.W,
			})
		}
	}
	return b
}

func lcm(a, b int) int {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// run computes rows x cols outputs from the rows of src. Scratch is memory that
// strided columns are gathered in; it grows as needed.
func (b *block[T]) run(scratch *[]T, dst, src view[T], rows, cols int, bias T, mode vec.Mode) {
	left := -1
	var columns view[T]
	for _, p := range b.parts {
		if p.left != left {
			columns, left = b.columns(scratch, src, p.left, rows, cols), p.left
		}
		// Taps dy rows apart: outputs that many rows apart share input rows.
		x := columns.from(p.top).every(b.g.Stride.H)
		for r := range min(p.dy, rows) {
			y, x := dst.from(r).every(p.dy), x.from(r).every(p.dy)
			vec.Correlate(y.data, y.stride, x.data, x.stride, p.taps, p.dx, (rows-r+p.dy-1)/p.dy, cols, bias, mode)
		}
		mode = mode&^vec.Stream | vec.Add
	}
}

// columns returns the input columns left, left+stride, … side by side.
func (b *block[T]) columns(scratch *[]T, src view[T], left, rows, cols int) view[T] {
	s := b.g.Stride.W
	if s == 1 {
		return view[T]{src.data[left:], src.stride}
	}
	tall := (rows-1)*b.g.Stride.H + b.g.Reach().H
	wide := ((cols-1)*s + b.g.Reach().W - left + s - 1) / s
	*scratch = tensor.Grow(*scratch, tall*wide)
	v := view[T]{*scratch, wide}
	for r := range tall {
		from, to := src.data[r*src.stride+left:], v.row(r, wide)
		for i := range to {
			to[i] = from[i*s]
		}
	}
	return v
}
