// Package tensor holds the plain data that every other package shares: shapes,
// rows of numbers at rest, kernels, the two interfaces through which rows flow, and
// what all need to know of numbers. It knows no other package of the project.
package tensor

import "fmt"

// Float is the arithmetic a computation runs in.
type Float interface{ float32 | float64 }

// Shape is the size of a batch of N images with C planes (channels) of H x W
// numbers, in the order of PyTorch.
type Shape struct{ N, C, H, W int }

// Planes is the number of H x W planes, N*C. Plane p of a batch is channel
// p%C of image p/C.
func (s Shape) Planes() int { return s.N * s.C }

// Len is the number of elements, N*C*H*W.
func (s Shape) Len() int { return s.N * s.C * s.H * s.W }

// String gives the shape as people write it: 6x8, 3x6x8 (CHW) or 2x3x6x8.
func (s Shape) String() string {
	switch {
	case s.N != 1:
		return fmt.Sprintf("%dx%dx%dx%d", s.N, s.C, s.H, s.W)
	case s.C != 1:
		return fmt.Sprintf("%dx%dx%d", s.C, s.H, s.W)
	}
	return fmt.Sprintf("%dx%d", s.H, s.W)
}

// Source gives the rows of an image as numbers of type T, whatever the type
// they rest in.
type Source[T Float] interface {
	Shape() Shape

	// Row returns row y of plane p. It either fills buf, which holds at least
	// W elements, and returns buf[:W], or returns W elements of its own memory;
	// the caller does not write to the result and does not keep it. Row may be
	// called from many goroutines at once.
	Row(p, y int, buf []T) ([]T, error)
}

// Order is the order in which a Sink needs its bands.
type Order int

const (
	// AnyOrder: bands may arrive in any order.
	AnyOrder Order = iota
	// PlaneByPlane: all rows of plane 0 from the top, then those of plane 1.
	PlaneByPlane
	// RowByRow: a band of rows of one image with all its planes, then the band
	// below it; then the next image.
	RowByRow
	// BottomUp: as RowByRow, but from the last band of an image to its first.
	BottomUp
)

// Band is Rows full rows of plane P, beginning with row Y. Row i stands at
// Data[i*Stride : i*Stride+W].
type Band[T Float] struct {
	P, Y, Rows, W, Stride int
	Data                  []T
}

// Row returns row i of the band, which is row Y+i of the image.
func (b Band[T]) Row(i int) []T { return b.Data[i*b.Stride : i*b.Stride+b.W] }

// Sink takes the rows of a result.
type Sink[T Float] interface {
	// Order says in which order the sink needs its bands committed.
	Order() Order

	// Put takes one band, converts or stores it, and keeps its memory no longer
	// than until the function that it returns has returned.
	// It is called from many goroutines at once, for bands in any order; each
	// row of the result arrives exactly once. Where the sink is not AnyOrder,
	// the function that Put returns (nil for nothing to do) is called later,
	// one at a time and in Order: that is where bytes go to a stream.
	Put(b Band[T]) (commit func() error, err error)
}

// Lender is a Sink whose memory can be written to directly, so that a result
// is computed where it stays. Put is then called with the lent memory.
type Lender[T Float] interface {
	Sink[T]
	// Lend returns the memory of rows [y, y+rows) of plane p and the distance
	// between the beginnings of two rows, in elements.
	Lend(p, y, rows int) (data []T, stride int)
}
