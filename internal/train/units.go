package train

import (
	"context"
	"errors"
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Units are the powers of two that X and Y are computed in. With x = 2^X x' and
// y = 2^Y y' the fit of x' and y' has taps k' = 2^(X−Y) k and a bias b' = 2^−Y b:
// every step of it is the same, bit by bit, but sums of squares of numbers like
// 1e-160 or 1e160 stay within range. Zero: as they are.
type Units struct{ X, Y int }

// extreme is the power of two beyond which squares, and sums of them, near the
// ends of the range: 2^±400 is 1e±120. At lost they leave it.
const (
	extreme = 400
	lost    = 505
)

// What sums of squares cannot hold.
var (
	ErrTooLarge = errors.New("the values are too large: the sums of their squares overflow (beyond 1e308)")
	ErrTooSmall = errors.New("the values are too small: the sums of their squares underflow (below 1e-308)")
)

// inRange says whether the squares of the images lie within 2^±2·limit. Windows of
// zeros alone seem too small; of y, only what is too large counts where its size
// is no matter.
func (s *Statistics) inRange(limit int, y bool) error {
	squares := []float64{s.Energy() / float64(s.Windows())}
	for i := range s.systems {
		sys := &s.systems[i]
		t := 0.0
		for j := range s.layout.taps() {
			t += sys.g[j*(sys.n+1)]
		}
		squares = append(squares, t/float64(s.Windows()))
	}
	var small error
	for i, v := range squares {
		switch {
		case !(v < math.Ldexp(1, 2*limit)):
			return ErrTooLarge
		case v < math.Ldexp(1, -2*limit) && (y || i > 0):
			small = ErrTooSmall
		}
	}
	return small
}

// within makes the sums again in other units where they leave the range of
// numbers; an error where that is not asked for.
func (s *Set) within(ctx context.Context, rescale bool) (*Set, error) {
	if !rescale || s.spec.Units != (Units{}) {
		err := s.inRange(lost, false)
		if err == ErrTooSmall { // or zeros
			units, failed := findUnits(ctx, s.Inputs)
			if failed != nil {
				return nil, failed
			}
			if units.X == s.spec.Units.X {
				err = nil
			}
		}
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if s.inRange(extreme, true) == nil {
		return s, nil
	}
	units, err := findUnits(ctx, s.Inputs)
	if err != nil {
		return nil, err
	}
	if units == (Units{}) {
		return s, nil
	}
	spec := s.spec
	spec.Units = units
	set, err := GatherSet(ctx, s.Inputs, spec, SetOptions{})
	if set != nil {
		set.Failures, set.Kept = s.Failures, s.Kept
	}
	return set, err
}

// findUnits reads all inputs for the units in which their largest numbers are
// near one; those that are not extreme stay as they are.
func findUnits(ctx context.Context, inputs []Input) (u Units, err error) {
	x, y := 0.0, 0.0
	for _, in := range inputs {
		pair, done, err := in.Open()
		if err != nil {
			continue // for GatherSet to tell
		}
		x, err = largestOf(ctx, x, pair.X)
		if err == nil {
			y, err = largestOf(ctx, y, pair.Y)
		}
		done()
		if err != nil {
			return u, in.wrap(err)
		}
	}
	return Units{X: unit(x), Y: unit(y)}, nil
}

func unit(largest float64) int {
	if largest == 0 {
		return 0
	}
	if e := math.Ilogb(largest); e > extreme || e < -extreme {
		return e
	}
	return 0
}

// largestOf is the largest of v and the sizes of the finite numbers of an image.
func largestOf(ctx context.Context, v float64, src tensor.Source[float64]) (float64, error) {
	shape := src.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for y := range shape.H {
			row, err := src.Row(p, y, buf)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return v, err
			}
			for _, a := range row {
				if a = math.Abs(a); a > v && isFinite(a) {
					v = a
				}
			}
		}
	}
	return v, nil
}

// times2 is an image times a power of two.
type times2 struct {
	tensor.Source[float64]
	power int
}

func (t times2) Row(p, y int, buf []float64) ([]float64, error) {
	row, err := t.Source.Row(p, y, buf)
	if err != nil {
		return nil, err
	}
	buf = buf[:len(row)]
	for i, v := range row {
		buf[i] = math.Ldexp(v, t.power)
	}
	return buf, nil
}

// in is the pair in other units.
func (p Pair) in(u Units) Pair {
	if u.X != 0 {
		p.X = times2{p.X, -u.X}
	}
	if u.Y != 0 {
		p.Y = times2{p.Y, -u.Y}
		if r := p.Range; r != nil {
			p.Range = &Range{math.Ldexp(r.Low, -u.Y), math.Ldexp(r.High, -u.Y)}
		}
	}
	return p
}

// in is what is known of a kernel, for one in other units.
func (s Shape) in(u Units) Shape {
	s.Ridge, s.Smooth = math.Ldexp(s.Ridge, -2*u.X), math.Ldexp(s.Smooth, -2*u.X)
	if s.Sum != nil && u.X != u.Y {
		sum := math.Ldexp(*s.Sum, u.X-u.Y)
		s.Sum = &sum
	}
	return s
}

// fromUnits makes of unknowns those of the images as they are.
func (l layout) fromUnits(w []float64) []float64 {
	u := l.spec.Units
	if u == (Units{}) {
		return w
	}
	out := make([]float64, len(w))
	for i, v := range w {
		out[i] = math.Ldexp(v, u.Y)
		if i < l.taps() {
			out[i] = math.Ldexp(v, u.Y-u.X)
		}
	}
	return out
}
