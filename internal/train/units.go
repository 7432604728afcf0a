package train

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Units are powers of two by which X and Y are divided. With x = 2^X x' and
// y = 2^Y y', the fit of x' and y' has taps k' = 2^(X−Y) k and bias b' = 2^−Y b.
// Every step is the same, bit by bit, but sums of squares of numbers like 1e-160 or
// 1e160 stay in range. Zero: no scaling.
type Units struct{ X, Y int }

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

// InUnits returns the pair in other units.
func (p Pair) InUnits(u Units) Pair {
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

// FromUnits converts unknowns to the units of the images as given.
func (l Layout) FromUnits(w []float64) []float64 {
	u := l.Spec.Units
	if u == (Units{}) {
		return w
	}
	out := make([]float64, len(w))
	for i, v := range w {
		out[i] = math.Ldexp(v, u.Y)
		if i < l.Taps() {
			out[i] = math.Ldexp(v, u.Y-u.X)
		}
	}
	return out
}
