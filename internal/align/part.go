package align

import (
	"sync"

	"github.com/convkit/convkit/internal/tensor"
)

// part is a rectangle of an image.
type part[T tensor.Float] struct {
	image      tensor.Source[T]
	y, x, h, w int
	rows       sync.Pool // of *[]T, as wide as the image
}

// newPart takes h x w elements of an image, from (y, x) on.
func newPart[T tensor.Float](src tensor.Source[T], y, x, h, w int) *part[T] {
	return &part[T]{image: src, y: y, x: x, h: h, w: w, rows: sync.Pool{New: func() any {
		row := make([]T, src.Shape().W)
		return &row
	}}}
}

// Shape has the planes of the image.
func (p *part[T]) Shape() tensor.Shape {
	s := p.image.Shape()
	return tensor.Shape{N: s.N, C: s.C, H: p.h, W: p.w}
}

// Row copies a part of the image's row.
func (p *part[T]) Row(plane, y int, buf []T) ([]T, error) {
	own := p.rows.Get().(*[]T)
	defer p.rows.Put(own)
	row, err := p.image.Row(plane, p.y+y, *own)
	if err != nil {
		return nil, err
	}
	copy(buf[:p.w], row[p.x:])
	return buf[:p.w], nil
}

// Cut takes h x w elements of an image, from (y, x) on, which lie within it.
func Cut[T tensor.Float](src tensor.Source[T], y, x, h, w int) tensor.Source[T] {
	return newPart(src, y, x, h, w)
}

// Undo cuts two images so that a whole shift between them is gone: of A, what
// stands before the shift, and of B as much at the other end, or the other way
// round where the shift is negative. ok is false where nothing would be left.
func Undo[T tensor.Float](a, b tensor.Source[T], dy, dx int) (pa, pb tensor.Source[T], ok bool) {
	sa, sb := a.Shape(), b.Shape()
	h, w := max(dy, -dy), max(dx, -dx)
	if h >= min(sa.H, sb.H) || w >= min(sa.W, sb.W) {
		return a, b, false
	}
	pa = newPart(a, max(0, dy), max(0, dx), sa.H-h, sa.W-w)
	pb = newPart(b, max(0, -dy), max(0, -dx), sb.H-h, sb.W-w)
	return pa, pb, true
}
