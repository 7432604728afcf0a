package psf

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/mat"
)

// The parameters of a profile: amplitude, center, the quadratic form q = a dx² + 2b dx dy +
// c dy², and β.
const (
	amplitude = iota
	centerY
	centerX
	formA
	formB
	formC
	beta
	parameters
)

// shape is a profile as a function of q, with its derivatives by q and by β.
type shape func(q, b float64) (v, byQ, byB float64)

func gaussian(q, _ float64) (v, byQ, byB float64) {
	v = math.Exp(-q / 2)
	return v, -v / 2, 0
}

func moffat(q, b float64) (v, byQ, byB float64) {
	v = math.Pow(1+q, -b)
	return v, -b * v / (1 + q), -v * math.Log1p(q)
}

// fitter fits a profile by the steps of Levenberg and Marquardt (Marquardt, SIAM Journal
// on Applied Mathematics 11, 1963).
type fitter struct {
	k    tensor.Kernel
	of   shape
	free int // parameters; without β for a Gaussian
}

// fitBoth fits both profiles, the Moffat from the Gaussian. nil: no fit.
func fitBoth(k tensor.Kernel, covariance []float64) (g, m *Profile) {
	start, ok := begin(k)
	if !ok {
		return nil, nil
	}
	f := fitter{k, gaussian, beta}
	p, ok := f.fit(start)
	if !ok {
		return nil, nil
	}
	g = f.profile(p, covariance)
	f = fitter{k, moffat, parameters}
	const first = 3 // β of the first profile: 2 to 5 are usual
	p[beta] = first
	for _, i := range []int{formA, formB, formC} { // of equal width
		p[i] *= (math.Pow(2, 1./first) - 1) / (2 * math.Ln2)
	}
	if p, ok = f.fit(p); ok && p[beta] < mostBeta {
		m = f.profile(p, covariance)
	}
	return g, m
}

// mostBeta is where a Moffat profile cannot be told from a Gaussian.
const mostBeta = 100

// begin returns the parameters of a Gaussian at the largest tap, about as wide as the taps
// above half of it.
func begin(k tensor.Kernel) (p [parameters]float64, ok bool) {
	most := 0
	for i, v := range k.Taps {
		if v > k.Taps[most] {
			most = i
		}
	}
	above := 0
	for _, v := range k.Taps {
		if v >= k.Taps[most]/2 {
			above++
		}
	}
	y, x := place(k, most)
	// The area at half maximum is π (FWHM/2)² with FWHM² = 8 ln2 σ².
	variance := float64(above) / (2 * math.Pi * math.Ln2)
	return [parameters]float64{k.Taps[most], y, x, 1 / variance, 0, 1 / variance, 0}, k.Taps[most] > 0 && len(k.Taps) > parameters
}

// positive reports whether the quadratic form has an ellipse, and β a peak.
func (f fitter) positive(p [parameters]float64) bool {
	return p[amplitude] > 0 && p[formA] > 0 && p[formA]*p[formC] > p[formB]*p[formB] && (f.free <= beta || p[beta] > 0)
}

// loss returns Σr², and with its gradient and JᵀJ if jacobian is not nil.
func (f fitter) loss(p [parameters]float64, jacobian *mat.Dense, residuals []float64) float64 {
	sum := 0.0
	for i, tap := range f.k.Taps {
		y, x := place(f.k, i)
		dy, dx := y-p[centerY], x-p[centerX]
		q := p[formA]*dx*dx + 2*p[formB]*dx*dy + p[formC]*dy*dy
		v, byQ, byB := f.of(q, p[beta])
		r := tap - p[amplitude]*v
		sum += r * r
		if jacobian == nil {
			continue
		}
		residuals[i] = r
		by := p[amplitude] * byQ
		row := [parameters]float64{v, -2 * by * (p[formB]*dx + p[formC]*dy), -2 * by * (p[formA]*dx + p[formB]*dy), by * dx * dx, 2 * by * dx * dy, by * dy * dy, p[amplitude] * byB}
		jacobian.SetRow(i, row[:f.free])
	}
	return sum
}

// fit returns the parameters of the least sum of squares near start.
func (f fitter) fit(p [parameters]float64) ([parameters]float64, bool) {
	const steps, settled = 200, 1e-12
	j, r := mat.NewDense(len(f.k.Taps), f.free, nil), make([]float64, len(f.k.Taps))
	damping, loss := 1e-3, f.loss(p, j, r)
	for range steps {
		var h mat.Dense
		var g, step mat.VecDense
		h.Mul(j.T(), j)
		g.MulVec(j.T(), mat.NewVecDense(len(r), r))
		for i := range f.free {
			h.Set(i, i, h.At(i, i)*(1+damping))
		}
		if step.SolveVec(&h, &g) != nil && !(damping < 1e12) {
			return p, false
		}
		next, moved := p, 0.0
		for i := range f.free {
			next[i] += step.AtVec(i)
			moved = max(moved, math.Abs(step.AtVec(i))/(math.Abs(p[i])+1e-3))
		}
		if better := f.loss(next, nil, nil); f.positive(next) && better <= loss {
			p, damping = next, damping/10
			loss = f.loss(p, j, r)
			if moved <= settled {
				return p, true
			}
			continue
		}
		if damping *= 10; damping > 1e15 { // no step helps: rounding is all that is left
			return p, f.positive(p)
		}
	}
	return p, false
}

// profile returns the figures of fitted parameters. With J⁺ = (JᵀJ)⁻¹Jᵀ the covariance of
// the parameters is J⁺ C J⁺ᵀ for that of the taps.
func (f fitter) profile(p [parameters]float64, covariance []float64) *Profile {
	n := len(f.k.Taps)
	j, r := mat.NewDense(n, f.free, nil), make([]float64, n)
	loss := f.loss(p, j, r)
	var h, inverse, plus, half, c mat.Dense
	h.Mul(j.T(), j)
	known := inverse.Inverse(&h) == nil
	if known {
		plus.Mul(&inverse, j.T())
		if covariance != nil {
			half.Mul(&plus, mat.NewDense(n, n, covariance))
		} else {
			half.Scale(loss/float64(max(1, n-f.free)), &plus)
		}
		c.Mul(&half, plus.T())
	}
	value := func(of func(p [parameters]float64) float64) Value {
		v := Value{of(p), math.NaN()}
		if !known {
			return v
		}
		gradient := mat.NewVecDense(f.free, nil)
		for i := range f.free {
			d := 1e-6 * (math.Abs(p[i]) + 1e-3)
			up, down := p, p
			up[i], down[i] = up[i]+d, down[i]-d
			gradient.SetVec(i, (of(up)-of(down))/(2*d))
		}
		v.Error = math.Sqrt(max(0, mat.Inner(gradient, &c, gradient)))
		return v
	}
	at := func(i int) Value { return value(func(p [parameters]float64) float64 { return p[i] }) }
	r2 := &Profile{Y: at(centerY), X: at(centerX), Beta: Value{math.NaN(), math.NaN()}, Residual: math.Sqrt(loss / float64(n))}
	if f.free > beta {
		r2.Beta = at(beta)
	}
	r2.Major = value(func(p [parameters]float64) float64 { v, _, _ := f.axes(p); return v })
	r2.Minor = value(func(p [parameters]float64) float64 { _, v, _ := f.axes(p); return v })
	_, _, angle := f.axes(p)
	r2.Angle = value(func(p [parameters]float64) float64 {
		_, _, a := f.axes(p)
		return angle + math.Remainder(a-angle, 180)
	})
	return r2
}

// axes returns the full widths at half maximum along the axes, and the angle of the major
// one.
func (f fitter) axes(p [parameters]float64) (major, minor, angle float64) {
	half := 2 * math.Ln2 // q at half maximum
	if f.free > beta {
		half = math.Pow(2, 1/p[beta]) - 1
	}
	a, b, c := p[formA], p[formB], p[formC]
	mean, spread := (a+c)/2, math.Hypot((a-c)/2, b)
	major, minor = 2*math.Sqrt(half/(mean-spread)), 2*math.Sqrt(half/(mean+spread))
	// The major axis is that of the least eigenvalue.
	return major, minor, math.Atan2(-2*b, c-a) / 2 * 180 / math.Pi
}
