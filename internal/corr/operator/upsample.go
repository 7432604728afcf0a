package operator

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// upsample is an image whose elements stand a stride apart, with zeros between
// and around: element (y, x) of the source at (y*stride.H - top, x*stride.W - left).
type upsample[T tensor.Float] struct {
	src       tensor.Source[T]
	shape     tensor.Shape
	stride    corr.Size
	top, left int
}

func (s *upsample[T]) Shape() tensor.Shape { return s.shape }

// Row gives row y of plane p.
func (s *upsample[T]) Row(p, y int, buf []T) ([]T, error) {
	buf = buf[:s.shape.W]
	in := s.src.Shape()
	at := y + s.top
	if at < 0 || at%s.stride.H != 0 || at/s.stride.H >= in.H {
		clear(buf)
		return buf, nil
	}
	// The source's row goes where it needs to be copied least: it may be longer
	// than buf, or land on elements that are still to be moved.
	row, err := s.src.Row(p, at/s.stride.H, make([]T, in.W))
	if err != nil {
		return nil, err
	}
	clear(buf)
	for x, v := range row {
		if i := x*s.stride.W - s.left; i >= 0 && i < len(buf) {
			buf[i] = v
		}
	}
	return buf, nil
}

// borderAccumulator is a sink that adds the elements of a padded image to those of the image
// that the border put there, row after row in one order.
type borderAccumulator[T tensor.Float] struct {
	g   corr.Geometry
	sum *tensor.Dense[T]
}

func (f *borderAccumulator[T]) Order() tensor.Order { return tensor.RowByRow }

func (f *borderAccumulator[T]) Put(b tensor.Band[T]) (func() error, error) {
	g := f.g
	folded := make([]T, b.Rows*g.InW)
	for r := range b.Rows {
		dst := folded[r*g.InW:][:g.InW]
		row := b.Row(r)
		copy(dst, row[g.Left:])
		for i := range g.Left {
			dst[g.Border.Fold(i-g.Left, g.InW)] += row[i]
		}
		for i := g.Left + g.InW; i < len(row); i++ {
			dst[g.Border.Fold(i-g.Left, g.InW)] += row[i]
		}
	}
	return func() error {
		for r := range b.Rows {
			to, _ := f.sum.Lend(b.P, g.Border.Fold(b.Y+r-g.Top, g.InH), 1)
			for i, v := range folded[r*g.InW:][:g.InW] {
				to[i] += v
			}
		}
		return nil
	}, nil
}
