// Package photon has the noise of counted photons: an output of n counts at a gain of g
// electrons per count, read with a noise of r electrons, has the variance
//
//	n/g + (r/g)²
//
// Source: Janesick, Photon Transfer, SPIE Press 2007, chapter 4.
package photon

import (
	"math"
	"slices"

	"github.com/convkit/convkit/internal/train/numeric"
)

// Noise is the gain in electrons per count, and the read noise in electrons.
type Noise struct{ Gain, ReadNoise float64 }

// Variance returns the variance of an output, from the counts that are expected of it.
// It is never below that of one electron, so that no output has an unbounded weight.
func (n Noise) Variance(counts float64) float64 {
	v := max(counts, 0)/n.Gain + n.ReadNoise*n.ReadNoise/(n.Gain*n.Gain)
	return max(v, 1/(n.Gain*n.Gain))
}

// Known says what of a Noise is given; nil: to be estimated.
type Known struct{ Gain, ReadNoise *float64 }

const (
	// clip is the size of a residual, in its σ, from which it is no noise. Clipping
	// normal residuals there takes a thousandth off their variance.
	clip = 4
	// steps are enough for the estimate: each nearly doubles the range of brightness
	// whose residuals are within clip of the noise so far.
	steps = 60
	// unmoved is the share by which the last step changes a and b.
	unmoved = 1e-9
	// medianSquare is the median of the square of a standard normal number.
	medianSquare = 0.4549364
)

// Estimate returns the noise that residuals tell of, with what is known of it: the best
// a and b of r² ≈ a + b·n over outputs of n expected counts, weighted by 1/(a + b·n)².
// Then the gain is 1/b and the read noise √a/b. Residuals beyond four σ are left out.
// ok is false if the residuals leave what is not known open.
func Estimate(counts, residuals []float64, k Known) (n Noise, ok bool) {
	if k.Gain != nil && k.ReadNoise != nil {
		return Noise{*k.Gain, *k.ReadNoise}, true
	}
	e := &estimate{known: k}
	squares := make([]float64, 0, len(residuals))
	for i, r := range residuals {
		if c := max(counts[i], 0); numeric.IsFinite(r) && numeric.IsFinite(c) {
			e.counts, e.squares = append(e.counts, c), append(e.squares, r*r)
			squares = append(squares, r*r)
		}
	}
	if len(squares) < 2 {
		return n, false
	}
	slices.Sort(squares)
	level := squares[len(squares)/2] / medianSquare
	e.a, e.b = level, 0
	for range steps {
		a, b := e.a, e.b
		if !e.step(level) {
			return n, false
		}
		if math.Abs(e.a-a) <= unmoved*e.a && math.Abs(e.b-b) <= unmoved*e.b {
			break
		}
	}
	return e.noise()
}

// estimate is an estimate in progress.
type estimate struct {
	known           Known
	counts, squares []float64
	a, b            float64
}

// step solves for a and b with the weights of the last ones.
func (e *estimate) step(level float64) bool {
	var s, sn, snn, sr, snr float64
	floor := level * 1e-6
	for i, c := range e.counts {
		v := max(e.a+e.b*c, floor)
		if e.squares[i] > clip*clip*v {
			continue
		}
		w := 1 / (v * v)
		s, sn, snn, sr, snr = s+w, sn+w*c, snn+w*c*c, sr+w*e.squares[i], snr+w*c*e.squares[i]
	}
	k := e.known
	switch {
	case k.Gain != nil:
		e.b = 1 / *k.Gain
		e.a = max(0, (sr-e.b*sn)/s)
	case k.ReadNoise != nil: // a = r²b² is solved at the last b
		e.a = *k.ReadNoise * *k.ReadNoise * e.b * e.b
		e.b = (snr - e.a*sn) / snn
	default:
		d := s*snn - sn*sn
		e.b = (s*snr - sn*sr) / d
		if e.a = (sr - e.b*sn) / s; e.a < 0 {
			e.a, e.b = 0, snr/snn
		}
	}
	return s > 0 && numeric.IsFinite(e.a) && numeric.IsFinite(e.b)
}

func (e *estimate) noise() (Noise, bool) {
	if !(e.b > 0) {
		return Noise{}, false
	}
	n := Noise{Gain: 1 / e.b, ReadNoise: math.Sqrt(e.a) / e.b}
	if e.known.Gain != nil {
		n.Gain = *e.known.Gain
	}
	if e.known.ReadNoise != nil {
		n.ReadNoise = *e.known.ReadNoise
	}
	return n, true
}
