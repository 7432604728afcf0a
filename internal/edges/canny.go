package edges

import (
	"context"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/edges/rowvec"
	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// canny is Canny's detector: blur, Sobel's gradient, ridges, and of these the ones
// above the high threshold with all that hang on to them above the low one.
//
// J. Canny, A Computational Approach to Edge Detection, 1986. The steps are those of
// scikit-image's feature.canny or of OpenCV's Canny. An image of floats is never
// there: bands of rows are marked, a byte a pixel, and linked.
type canny[T tensor.Float] struct {
	in        tensor.Shape
	o         Options
	g         corr.Geometry
	blur      *gaussian[T]
	sobel     sobel[T]
	norm      func(m, x, y []T) // of the marker
	length    func(m, x, y []T) // in the unit of thresholds
	mark      marker[T]
	threads   int
	low, high *float64
}

func newCanny[T tensor.Float](in tensor.Shape, o Options, g corr.Options, c corr.Config) (Plan[T], error) {
	p := &canny[T]{in: in, o: o, threads: c.Threads, low: o.Low, high: o.High}
	var err error
	if p.g, err = geometry.New(in.H, in.W, corr.Size{H: 1, W: 1}, corr.Options{}); err != nil {
		return nil, err
	}
	sigma := 1.0
	p.mark, p.norm, p.length = skimageMarks[T], rowvec.Roots[T], rowvec.Roots[T]
	if o.Like == OpenCV {
		sigma, p.mark, p.norm = 0, opencvMarks[T], rowvec.Squares[T]
	}
	if o.Like == SkImage {
		p.low, p.high = orElse(o.Low, 0.1), orElse(o.High, 0.2)
	}
	if o.Norm == L1 {
		p.norm, p.length = rowvec.Absolutes[T], rowvec.Absolutes[T]
	}
	if o.Sigma != nil {
		sigma = *o.Sigma
	}
	p.sobel = sobel[T]{size: max(3, o.Aperture), likeOpenCV: o.Like == OpenCV}
	p.blur = newGaussian[T](sigma, g.Border, in.H, in.W)
	p.blur.bare = o.Like == OpenCV
	return p, nil
}

func orElse(v *float64, otherwise float64) *float64 {
	if v == nil {
		return &otherwise
	}
	return v
}

func (p *canny[T]) Out() tensor.Shape { return p.in }

func (p *canny[T]) Geometry() corr.Geometry { return p.g }

func (p *canny[T]) Describe() string {
	how := "scikit-image's"
	if p.o.Like == OpenCV {
		how = "OpenCV's"
	}
	say := func(v *float64) string {
		if v == nil {
			return "automatic"
		}
		return fmt.Sprintf("%g", *v)
	}
	return fmt.Sprintf("canny (%s), thresholds %s and %s, %v image, bands of %d rows", how, say(p.low), say(p.high), p.in, p.rows())
}

// rows is the height of a band: beside the rows that it marks, a band computes a
// few gradients and blurs its reach of rows twice.
func (p *canny[T]) rows() int { return max(64, 4*(p.blur.reach()+p.sobel.reach()-1)) }

// Run marks the image, links the marks, and writes what is strong.
func (p *canny[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	levels, err := p.limits(ctx, src)
	if err != nil {
		return err
	}
	if err := memory.Need(memory.Times(p.in.Planes(), p.in.H+2, p.in.W+2), "the edges of a %v image", p.in); err != nil {
		return err
	}
	planes := make([]*marks, p.in.Planes())
	for i := range planes {
		planes[i] = newMarks(p.in.H, p.in.W)
	}
	err = p.each(ctx, src, observer[T](func(tensor.Band[T]) {}), p.norm, func(s *slopes[T], b tensor.Band[T]) error {
		m := planes[b.P]
		for y := b.Y; y < b.Y+b.Rows; y++ {
			t, err := s.around(b.P, y)
			if err != nil {
				return err
			}
			p.mark(m.row(y), &t, levels[b.P], y, p.in.H, s.room)
		}
		m.link(b.Y, b.Rows)
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range planes {
		for y := p.rows(); y < p.in.H; y += p.rows() {
			m.sew(y, p.in.H)
		}
	}
	white := T(p.o.White)
	return schedule.Deliver(ctx, p.in, p.rows(), p.threads, sink, func() func(tensor.Band[T]) error {
		return func(b tensor.Band[T]) error {
			for r := range b.Rows {
				rowvec.Paint(b.Row(r), planes[b.P].row(b.Y+r), strong, white)
			}
			return nil
		}
	})
}

// each runs do over the bands of the gradient.
func (p *canny[T]) each(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T], norm func(m, x, y []T), do func(*slopes[T], tensor.Band[T]) error) error {
	return schedule.Deliver(ctx, p.in, p.rows(), p.threads, sink, func() func(tensor.Band[T]) error {
		s := newSlopes(src, p.blur, p.sobel, norm, p.o.Unit)
		return func(b tensor.Band[T]) error { return do(s, b) }
	})
}

// limits are the thresholds of each plane in the marker's norm. Where the high one is
// not given it is Otsu's of the lengths of the gradient, and where the low one is
// not, half the high one (M. Fang, G. Yue and Q. Yu, 2009).
func (p *canny[T]) limits(ctx context.Context, src tensor.Source[T]) ([]limits, error) {
	list := make([]limits, p.in.Planes())
	var otsu []float64
	if p.high == nil {
		var err error
		otsu, err = otsuLevels(len(list), func(sink tensor.Sink[T]) error {
			return p.each(ctx, src, sink, p.length, p.lengths)
		})
		if err != nil {
			return nil, err
		}
	}
	for i := range list {
		l := &list[i]
		switch {
		case p.high != nil:
			l.high = *p.high
		case otsu[i] > 0:
			l.high = otsu[i]
		default:
			l.high = math.Inf(1) // a flat plane has no edges
		}
		l.low = l.high / 2
		if p.low != nil {
			l.low = *p.low
			if p.o.Like == OpenCV && p.high != nil && l.low > l.high {
				l.low, l.high = l.high, l.low // as cv2.Canny does
			}
			l.high = max(l.high, l.low)
		}
		if p.high != nil { // Otsu's is of the gradients as they are
			l.high /= p.sobel.divisor()
		}
		if p.low != nil {
			l.low /= p.sobel.divisor()
		} else if p.high != nil {
			l.low = l.high / 2
		}
		if p.o.Like == OpenCV && p.o.Norm == L2 {
			l.low, l.high = l.low*l.low, l.high*l.high
		}
	}
	return list, nil
}

// lengths fills a band with the lengths of the gradient; what is no more than the
// rounding of the blur is 0.
func (p *canny[T]) lengths(s *slopes[T], b tensor.Band[T]) error {
	u := T(128 * tensor.Roundoff[T]())
	for r := range b.Rows {
		l, err := s.row(b.P, b.Y+r)
		if err != nil {
			return err
		}
		blurred, err := s.blurred(b.Y + r)
		if err != nil {
			return err
		}
		row := b.Row(r)
		for i := range row {
			v := blurred[i+p.sobel.reach()]
			if row[i] = l.m[i+1]; row[i] <= u*max(v, -v) {
				row[i] = 0
			}
		}
	}
	return nil
}
