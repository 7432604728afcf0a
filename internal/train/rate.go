package train

import "math"

// StableRate is the rate below which an optimiser brings the loss down from any
// beginning. For one eigenvalue h = 2λ·scale of the Hessian the error moves by
// a linear recurrence whose roots lie inside the unit circle below
//
//	gd        2/h
//	momentum  2(1+μ)/h
//	nesterov  2(1+μ)/((1+2μ)h)
//
// and the largest eigenvalue decides. For the sum loss and gd that is 1/λmax.
// Adam and exact have no such limit, nor has an input of zeros: +Inf.
func (s *Statistics) StableRate(d Descent) float64 {
	h := 2 * s.top() * s.scale(d.Loss)
	if h == 0 {
		return math.Inf(1)
	}
	m := d.Momentum
	switch d.Optimizer {
	case GD:
		return 2 / h
	case Momentum:
		return 2 * (1 + m) / h
	case Nesterov:
		return 2 * (1 + m) / ((1 + 2*m) * h)
	}
	return math.Inf(1)
}

// settle is the number of times that an auto rate's slowest mode must lose a
// factor e, when that is the one of the largest eigenvalue, within the epochs:
// the error falls to a thousandth.
const settle = 6.9

// BestRate is the rate that auto stands for. With gd the error of the slowest
// mode falls fastest at 1/(λmax+λmin) (times 1/scale, for the mean loss), λmin
// the smallest eigenvalue that is not zero. Where λmin is so small that its mode
// could not settle within the epochs anyway, that rate would keep the strongest
// mode from settling too, since it stands at the edge of stability; λmin is
// then taken as settle/2/epochs of λmax, at which the strongest mode falls to
// a thousandth.
//
// Momentum is given (1+√μ)²/hmax at most, up to which every mode falls by √μ
// an epoch or is critically slow by its own smallness, and Nesterov 1/hmax.
// Adam's rate is a length: the largest way that a tap has to go, travelled
// adamLaps times within the epochs.
func (s *Statistics) BestRate(d Descent) float64 {
	if d.Optimizer == Adam {
		return s.adamRate(d)
	}
	scale, most := s.scale(d.Loss), s.top()
	if most == 0 {
		return 1
	}
	least := math.Max(s.bottom(), most*math.Min(1, settle/2/float64(max(1, d.Epochs))))
	m := d.Momentum
	switch d.Optimizer {
	case Momentum:
		edge := 1 + math.Sqrt(m)
		return math.Min((1+m)/(most+least), edge*edge/(2*most)) / scale
	case Nesterov:
		return 1 / (2 * most * scale)
	}
	return 1 / ((most + least) * scale)
}

// adamLaps is how often the longest way fits into all epochs, which leaves time
// to settle.
const adamLaps = 10

func (s *Statistics) adamRate(d Descent) float64 {
	best, way := s.best(), 0.0
	for o, w := range s.start(d) {
		for i, v := range w {
			way = math.Max(way, math.Abs(best[o][i]-v))
		}
	}
	if way == 0 || math.IsNaN(way) {
		return 1e-3
	}
	return way * math.Min(0.5, adamLaps/float64(max(1, d.Epochs)))
}
