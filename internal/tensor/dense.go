package tensor

import "fmt"

// Dense is a batch of images in memory, row by row, plane by plane. It is both
// a Source and a Sink.
type Dense[T Float] struct {
	shape Shape
	Data  []T
}

// NewDense returns a batch of zeros.
func NewDense[T Float](s Shape) *Dense[T] {
	return &Dense[T]{shape: s, Data: make([]T, s.Len())}
}

// FromData wraps data, whose length must be s.Len(), without copying.
func FromData[T Float](s Shape, data []T) *Dense[T] {
	if len(data) != s.Len() {
		panic(fmt.Sprintf("tensor: %d elements do not make a %v image", len(data), s))
	}
	return &Dense[T]{shape: s, Data: data}
}

// Shape returns the size given at construction.
func (d *Dense[T]) Shape() Shape { return d.shape }

// Plane returns the H*W elements of plane p.
func (d *Dense[T]) Plane(p int) []T {
	n := d.shape.H * d.shape.W
	return d.Data[p*n : (p+1)*n : (p+1)*n]
}

// Row returns row y of plane p without copying.
func (d *Dense[T]) Row(p, y int, _ []T) ([]T, error) {
	w := d.shape.W
	o := (p*d.shape.H + y) * w
	return d.Data[o : o+w : o+w], nil
}

// Order is AnyOrder.
func (d *Dense[T]) Order() Order { return AnyOrder }

// Lend returns rows [y, y+rows) of plane p; the distance between rows is W.
func (d *Dense[T]) Lend(p, y, rows int) ([]T, int) {
	w := d.shape.W
	o := (p*d.shape.H + y) * w
	return d.Data[o : o+rows*w : o+rows*w], w
}

// Put copies the band, or nothing where it stands in lent memory already.
func (d *Dense[T]) Put(b Band[T]) (func() error, error) {
	dst, stride := d.Lend(b.P, b.Y, b.Rows)
	if len(dst) == 0 || len(b.Data) == 0 || &dst[0] == &b.Data[0] {
		return nil, nil
	}
	for i := range b.Rows {
		copy(dst[i*stride:i*stride+b.W], b.Row(i))
	}
	return nil, nil
}

// Collect reads a whole source into memory. It is for kernels, tests and other
// small things: images flow as rows.
func Collect[T Float](src Source[T]) (*Dense[T], error) {
	d := NewDense[T](src.Shape())
	buf := make([]T, d.shape.W)
	for p := range d.shape.Planes() {
		for y := range d.shape.H {
			row, err := src.Row(p, y, buf)
			if err != nil {
				return nil, err
			}
			dst, _ := d.Lend(p, y, 1)
			copy(dst, row)
		}
	}
	return d, nil
}
