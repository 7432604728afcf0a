package xnoise

import (
	"context"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/numeric"
)

const (
	// evidence is the number of deviations by which neighbouring residuals must tell of
	// noise in X.
	evidence = 4
	// pattern is the share of the squares of the residuals' products that noise in X
	// must explain: 0.97 and 0.5 for noise, 0.12 and less for a kernel that is too small
	// or varies.
	pattern = 0.3
	// bounded is that up to which they leave room for it.
	bounded = 3
	// sampledRows is the number of rows of X whose finest detail is measured.
	sampledRows = 64
	// gridShare of the deviation of rounding is the least noise of an X of rounded
	// values: noise below that would have been lost in the rounding.
	gridShare = 0.7
	// roundedShare times the variance of rounding Y is what residuals may have if
	// nothing but rounding remains.
	roundedShare = 1.44
)

// Check says how noisy X may be, and what that would do to a fit that ignores it.
type Check struct {
	// Sigma is the estimate of the deviation of the noise, in units of X: from the
	// correlations of neighbouring residuals, and at most Limit. 0: no evidence.
	Sigma float64 `json:"sigma"`
	// Limit is the largest deviation that the residuals and the finest detail of X
	// allow.
	Limit float64 `json:"limit"`
	// Pull is by how much noise of Sigma, or of Limit without evidence, would have
	// pulled the tap that it moves most, in standard errors of that tap.
	Pull float64 `json:"pull"`
	// Size is that pull in units of the taps.
	Size float64 `json:"size"`
}

// Known says what is known of the values of X and Y.
type Known struct {
	StepX, StepY float64 // between the values, if they are rounded; 0: they are not
	// Noisy: X is said to have noise, so any correlation of residuals is evidence.
	Noisy bool
}

// Examine reads the images once for the residuals of a plain fit, and judges them.
func Examine(ctx context.Context, set *accumulate.Set, w, se [][]float64, known Known) (*Check, error) {
	lags := NewLags()
	if _, err := set.Scan(ctx, accumulate.Request{Origin: w, Observer: lags, LossOnly: true}); err != nil {
		return nil, err
	}
	return lags.Judge(set, w, se, known)
}

// Judge says how noisy X may be, from the residuals of a plain fit with the unknowns w
// and standard errors se, both by output channel. The noise of a pixel is in all windows that see it. So with
// w the taps, white noise of variance σ² in X makes residuals at the distance d correlate by
//
//	C(d) = σ² A(d)    A(d) = Σ w(u) w(u+d)
//
// σ² is fitted to C(d) at small d but 0. It is at most C(0)/A(0), less the rounding
// of Y, and at most the square of the finest detail of X.
//
// Errors that are 0 or not finite count for nothing.
func (o *Lags) Judge(set *accumulate.Set, w, se [][]float64, known Known) (*Check, error) {
	l := set.Layout()
	finest, err := finestDetail(set)
	if err != nil {
		return nil, err
	}
	u := l.Spec.Units
	s := &o.total
	if s.n[0] == 0 {
		return &Check{}, nil
	}
	size := autocorrelation(l, w, 0)
	power := s.sum[0] / s.n[0]
	step := math.Ldexp(known.StepY, -u.Y)
	limit := math.Min(finest*finest, math.Max(0, power-step*step/12)/size)
	estimate, deviation, fits := s.estimate(l, w)
	rounded := power < roundedShare*step*step/12
	limit = math.Min(limit, math.Max(0, estimate)+bounded*deviation)
	c := &Check{Limit: math.Ldexp(math.Sqrt(limit), u.X)}
	variance := limit
	least := math.Ldexp(gridShare*known.StepX/math.Sqrt(12), -u.X)
	switch found := math.Min(estimate, limit); {
	case estimate > evidence*deviation && (fits > pattern || known.Noisy) && found > least*least:
		variance = found
		c.Sigma = math.Ldexp(math.Sqrt(variance), u.X)
	case rounded:
		return &Check{}, nil
	}
	c.pull(set, w, se, variance)
	return c, nil
}

// autocorrelation returns A at lag i of the outputs, in the mean of the output channels.
func autocorrelation(l train.Layout, w [][]float64, i int) float64 {
	dy, dx := lagOf(i)
	stride, dilation := l.Spec.Options.Stride, l.Spec.Options.Dilation
	dy, dx = dy*max(1, stride.H), dx*max(1, stride.W)
	step := [2]int{max(1, dilation.H), max(1, dilation.W)}
	if dy%step[0] != 0 || dx%step[1] != 0 {
		return 0
	}
	dy, dx = dy/step[0], dx/step[1]
	k, total := l.Spec.Kernel, 0.0
	for _, taps := range w {
		for p := range l.Inputs() {
			plane := taps[p*k.H*k.W:][:k.H*k.W]
			for u := range k.H - dy {
				for v := max(0, -dx); v < min(k.W, k.W-dx); v++ {
					total += plane[u*k.W+v] * plane[(u+dy)*k.W+v+dx]
				}
			}
		}
	}
	return total / float64(len(w))
}

// estimate fits σ² to the products of neighbours, weighted by their number. The
// deviation is that for independent residuals. fits is the share of the squares of C(d)
// that the fit explains.
func (s *lagSums) estimate(l train.Layout, w [][]float64) (value, deviation, fits float64) {
	both, square, variance, all := 0.0, 0.0, 0.0, 0.0
	for i := 1; i < lagCount; i++ {
		if s.n[i] == 0 {
			continue
		}
		a := autocorrelation(l, w, i)
		both += a * s.sum[i]
		square += a * a * s.n[i]
		variance += a * a * s.square[i]
		all += s.sum[i] * s.sum[i] / s.n[i]
	}
	if square == 0 {
		return 0, math.Inf(1), 0
	}
	return both / square, math.Sqrt(variance) / square, both * both / (square * all)
}

// pull sets what noise of a variance would do: with N windows, the taps move by
// Nσ² G⁻¹ w.
func (c *Check) pull(set *accumulate.Set, w, se [][]float64, variance float64) {
	l := set.Layout()
	at := 0
	for i := range set.Systems() {
		sys := &set.Systems()[i]
		for k := range sys.Outputs() {
			b := make([]float64, sys.N())
			for t := range l.Taps() {
				b[t] = variance * sys.Outputs()[k].Moments.Weight * w[at][t]
			}
			for t, v := range sys.Solve(b)[:l.Taps()] {
				if e := se[at][t]; e > 0 && numeric.IsFinite(e) && math.Abs(v) > c.Pull*e {
					c.Pull, c.Size = math.Abs(v)/e, math.Abs(math.Ldexp(v, l.Spec.Units.Y-l.Spec.Units.X))
				}
			}
			at++
		}
	}
}

// finestDetail returns the RMS of the finest detail of X in some rows, as white noise of
// that deviation would have it: that of a second difference both ways, over 6.
func finestDetail(set *accumulate.Set) (float64, error) {
	total, n := 0.0, 0.0
	for _, in := range set.Inputs {
		pair, done, err := in.Open()
		if err != nil {
			return 0, in.Wrap(err)
		}
		pair = pair.InUnits(set.Layout().Spec.Units)
		sum, count, err := sampleDetail(pair.X, sampledRows/len(set.Inputs)+1)
		done()
		if err != nil {
			return 0, in.Wrap(err)
		}
		total, n = total+sum, n+count
		if len(set.Inputs) > sampledRows && n > 1<<16 {
			break
		}
	}
	if n == 0 {
		return math.Inf(1), nil
	}
	return math.Sqrt(total/n) / 6, nil
}

func sampleDetail(x tensor.Source[float64], rows int) (sum, n float64, err error) {
	s := x.Shape()
	if s.H < 3 || s.W < 3 {
		return 0, 0, nil
	}
	var three [3][]float64
	for i := range rows {
		y := (2*i + 1) * (s.H - 2) / (2 * rows)
		for j := range three {
			row, err := x.Row(i%s.Planes(), y+j, make([]float64, s.W))
			if err != nil {
				return 0, 0, err
			}
			three[j] = row
		}
		for c := 1; c < s.W-1; c++ {
			d := 0.0
			for j, f := range []float64{1, -2, 1} {
				d += f * (three[j][c-1] - 2*three[j][c] + three[j][c+1])
			}
			if numeric.IsFinite(d) {
				sum += d * d
				n++
			}
		}
	}
	return sum, n, nil
}

// Warning returns a warning or a note about what noise in X may have done; "" if it
// matters less than the standard errors. sure reports that the residuals speak of it.
func (c *Check) Warning() (text string, sure bool) {
	switch {
	case c == nil || c.Pull < pullMatters:
		return "", false
	case c.Sigma == 0 && c.Pull < pullWithout:
		return "", false
	case c.Sigma > 0:
		return fmt.Sprintf("X seems to have noise (σ about %.2g), which pulls taps toward a blur: by up to %.2g, %.2g times the standard error. Give --x-noise %.2g, or auto, to correct it", c.Sigma, c.Size, c.Pull, c.Sigma), true
	}
	return fmt.Sprintf("noise in X, if there is any, pulls taps toward a blur: by up to %.2g, %.2g times the standard error, for the most that the residuals allow (σ %.2g). Give --x-noise if you know it", c.Size, c.Pull, c.Limit), false
}

// pullMatters is the pull, in standard errors, from which noise in X is spoken of.
// Without evidence of noise it must be larger: most X have none.
const (
	pullMatters = 2
	pullWithout = 4
)
