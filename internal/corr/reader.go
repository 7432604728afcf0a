package corr

import "github.com/convkit/convkit/internal/tensor"

// Reader gives the rows of an image with its padding and border, as float rows
// one at a time: the one place where an image is continued beyond its edges. A
// Reader belongs to one goroutine.
type Reader[T tensor.Float] struct {
	src tensor.Source[T]
	g   Geometry
	// For each padded column left and right of the image, the column that
	// stands there, or -1 for the border's value.
	left, right []int
}

// NewReader returns a reader of the padded image.
func NewReader[T tensor.Float](src tensor.Source[T], g Geometry) *Reader[T] {
	r := &Reader[T]{src: src, g: g, left: make([]int, g.Left), right: make([]int, g.Right)}
	for i := range r.left {
		r.left[i] = g.Border.Fold(i-g.Left, g.InW)
	}
	for i := range r.right {
		r.right[i] = g.Border.Fold(g.InW+i, g.InW)
	}
	return r
}

// Row fills dst, of at least PadW elements, with row py of padded plane p;
// row 0 is the first padded row, Top rows above the image.
func (r *Reader[T]) Row(p, py int, dst []T) error {
	value := T(r.g.Border.Value)
	dst = dst[:r.g.PadW()]
	y := r.g.Border.Fold(py-r.g.Top, r.g.InH)
	if y < 0 {
		for i := range dst {
			dst[i] = value
		}
		return nil
	}
	mid := dst[r.g.Left : r.g.Left+r.g.InW]
	row, err := r.src.Row(p, y, mid)
	if err != nil {
		return err
	}
	if &row[0] != &mid[0] {
		copy(mid, row)
	}
	beyond(dst[:r.g.Left], r.left, mid, value)
	beyond(dst[r.g.Left+r.g.InW:], r.right, mid, value)
	return nil
}

// side fills the rows of dst with the elements px, px+1, … of padded rows, of
// which src has the image's own part.
func (r *Reader[T]) side(dst, src tensor.View[T], px, rows int) {
	wide, value := r.g.InW, T(r.g.Border.Value)
	before := min(max(r.g.Left-px, 0), dst.Stride)
	left := r.left[min(px, r.g.Left):]
	px += before - r.g.Left // is now a column of the image
	after := min(max(px+dst.Stride-before-wide, 0), dst.Stride)
	right := r.right[max(px-wide, 0):]
	for y := range rows {
		to, row := dst.Row(y, dst.Stride), src.Row(y, wide)
		beyond(to[:before], left, row, value)
		copy(to[before:len(to)-after], row[min(px, wide):])
		beyond(to[len(to)-after:], right, row, value)
	}
}

// beyond fills dst with what stands beyond the edge of a row: for each element
// the column it comes from, or -1.
func beyond[T tensor.Float](dst []T, from []int, row []T, value T) {
	from = from[:len(dst)]
	for i, f := range from {
		if dst[i] = value; f >= 0 {
			dst[i] = row[f]
		}
	}
}
