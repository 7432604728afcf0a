package descent_test

import (
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
)

// loop is the plain training loop: every epoch visits every window. It returns
// the losses before each step, and the loss at the end.
func loop(a [][]float64, y, w []float64, d descent.Descent) (losses []float64) {
	n := len(w)
	buf, m, v := make([]float64, n), make([]float64, n), make([]float64, n)
	scale := 1.0
	if d.Loss == train.Mean {
		scale = 1 / float64(len(y))
	}
	for t := 1; ; t++ {
		loss, grad := 0.0, make([]float64, n)
		for i, row := range a {
			r := -y[i]
			for j, f := range row {
				r += f * w[j]
			}
			loss += r * r
			for j, f := range row {
				grad[j] += 2 * r * f * scale
			}
		}
		losses = append(losses, loss*scale)
		if t > d.Epochs {
			return losses
		}
		for j, g := range grad {
			switch d.Optimizer {
			case descent.GD:
				w[j] -= d.Rate * g
			case descent.Momentum:
				buf[j] = d.Momentum*buf[j] + g
				w[j] -= d.Rate * buf[j]
			case descent.Nesterov:
				buf[j] = d.Momentum*buf[j] + g
				w[j] -= d.Rate * (g + d.Momentum*buf[j])
			case descent.Adam:
				m[j] = 0.9*m[j] + 0.1*g
				v[j] = 0.999*v[j] + 0.001*g*g
				mh, vh := m[j]/(1-math.Pow(0.9, float64(t))), v[j]/(1-math.Pow(0.999, float64(t)))
				w[j] -= d.Rate * mh / (math.Sqrt(vh) + 1e-8)
			}
		}
	}
}
