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
	side(dst[:r.g.Left], r.left, mid, value)
	side(dst[r.g.Left+r.g.InW:], r.right, mid, value)
	return nil
}

func side[T tensor.Float](dst []T, from []int, row []T, value T) {
	for i := range dst {
		if dst[i] = value; from[i] >= 0 {
			dst[i] = row[from[i]]
		}
	}
}

// part fills dst with the elements px, px+1, … of row py of padded plane p. Less
// than a whole row is asked for only of images that have their memory.
func (r *Reader[T]) part(p, py, px int, dst []T) error {
	if len(dst) == r.g.PadW() {
		return r.Row(p, py, dst)
	}
	y := r.g.Border.Fold(py-r.g.Top, r.g.InH)
	if y < 0 {
		for i := range dst {
			dst[i] = T(r.g.Border.Value)
		}
		return nil
	}
	row, err := r.src.Row(p, y, nil)
	if err != nil {
		return err
	}
	before := min(max(r.g.Left-px, 0), len(dst))
	side(dst[:before], r.left[min(px, r.g.Left):], row, T(r.g.Border.Value))
	px += before - r.g.Left // is now a column of the image
	n := copy(dst[before:], row[min(px, len(row)):])
	side(dst[before+n:], r.right[max(px-len(row), 0):], row, T(r.g.Border.Value))
	return nil
}
