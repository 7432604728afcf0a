package match

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Reference computes the definition with plain loops in float64: what the plan
// is tested against.
func Reference(x *tensor.Dense[float64], t *Template, o Options) (*tensor.Dense[float64], error) {
	g, err := o.geometry(x.Shape(), t)
	if err != nil {
		return nil, err
	}
	padded, err := pad(x, g)
	if err != nil {
		return nil, err
	}
	y := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: g.OutH, W: g.OutW})
	for i := range y.Data {
		y.Data[i] = t.at(padded, i/g.OutW, i%g.OutW, o.Score)
	}
	return y, nil
}

// pad continues the image beyond its edges.
func pad(x *tensor.Dense[float64], g corr.Geometry) (*tensor.Dense[float64], error) {
	p := tensor.NewDense[float64](tensor.Shape{N: 1, C: x.Shape().C, H: g.PadH(), W: g.PadW()})
	r := corr.NewReader[float64](x, g)
	for c := range x.Shape().C {
		for y := range g.PadH() {
			row, _ := p.Lend(c, y, 1)
			if err := r.Row(c, y, row); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// at is the score of the window at (y, x) of a padded image. The mean is taken
// from the window's first cell on, so that a constant window has a variance of
// exactly 0.
func (t *Template) at(x *tensor.Dense[float64], y0, x0 int, s Score) float64 {
	width := x.Shape().W
	var w sums
	for c := range t.c {
		plane, cells, dev := x.Plane(c), t.cells[c*t.h*t.w:], t.plane(c)
		value := func(i int) float64 { return plane[(y0+i/t.w)*width+x0+i%t.w] }
		first, sum := value(t.first()), 0.0
		for i := range t.h * t.w {
			if t.counts(i) {
				sum += float64(t.weight(i) * (value(i) - first))
			}
		}
		mean := first + sum/t.n
		for i := range t.h * t.w {
			if t.counts(i) {
				v, k := value(i), t.weight(i)
				w.cross += float64((v - mean) * dev[i])
				w.variance += float64(k * (v - mean) * (v - mean))
				w.energy += float64(k * v * v)
				w.product += float64(k * v * cells[i])
				w.ssd += float64(k * (v - cells[i]) * (v - cells[i]))
			}
		}
	}
	if w.energy-w.energy != 0 {
		return math.NaN()
	}
	return t.score(s, w)
}
