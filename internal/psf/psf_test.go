package psf

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// kernelOf samples a profile with semi-axes s and t along a turned cross.
func kernelOf(n int, y0, x0, s, t, angle float64, of func(q float64) float64) tensor.Kernel {
	k := tensor.Matrix(n, n, make([]float64, n*n)...)
	sin, cos := math.Sincos(angle * math.Pi / 180)
	for i := range k.Taps {
		y, x := place(k, i)
		along, across := cos*(x-x0)+sin*(y-y0), -sin*(x-x0)+cos*(y-y0)
		k.Taps[i] = 0.1 * of(along*along/(s*s)+across*across/(t*t))
	}
	return k
}

// tolerance bounds fits without noise, whose steps end at 1e-12.
const tolerance = 1e-8

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// Profiles are found from their own samples: center, widths, angle and β.
func TestProfiles(t *testing.T) {
	for _, angle := range []float64{-80, -45, 0, 30, 60} {
		const s, u, b = 2.2, 1.4, 3.2
		g := Measure(kernelOf(21, 0.3, -0.4, s, u, angle, func(q float64) float64 { return math.Exp(-q / 2) }), nil, nil).Gaussian
		m := Measure(kernelOf(21, 0.3, -0.4, s, u, angle, func(q float64) float64 { return math.Pow(1+q, -b) }), nil, nil).Moffat
		if g == nil || m == nil {
			t.Fatalf("angle %v: no fit: %v %v", angle, g, m)
		}
		for name, c := range map[string]struct {
			p    *Profile
			half float64 // radius at half maximum for s = 1
		}{"Gaussian": {g, math.Sqrt(2 * math.Ln2)}, "Moffat": {m, math.Sqrt(math.Pow(2, 1/b) - 1)}} {
			what := fmt.Sprintf("%s at %v: ", name, angle)
			near(t, what+"y", c.p.Y.Value, 0.3, tolerance)
			near(t, what+"x", c.p.X.Value, -0.4, tolerance)
			near(t, what+"major", c.p.Major.Value, 2*c.half*s, tolerance)
			near(t, what+"minor", c.p.Minor.Value, 2*c.half*u, tolerance)
			near(t, what+"angle", c.p.Angle.Value, angle, 1e-6)
			near(t, what+"ellipticity", c.p.Ellipticity(), 1-u/s, tolerance)
		}
		near(t, "β", m.Beta.Value, b, 1e-6)
	}
}

// The errors are those of repeated noise, with the covariance of the taps and without.
func TestErrors(t *testing.T) {
	const n, draws, sigma = 13, 400, 0.001
	k := kernelOf(n, 0.1, 0.2, 1.8, 1.5, 20, func(q float64) float64 { return math.Exp(-q / 2) })
	covariance := make([]float64, n*n*n*n)
	for i := range n * n {
		covariance[i*(n*n+1)] = sigma * sigma
	}
	r := rand.New(rand.NewPCG(3, 4))
	var sum, squares, known, own float64
	for range draws {
		noisy := tensor.Matrix(n, n, append([]float64(nil), k.Taps...)...)
		for i := range noisy.Taps {
			noisy.Taps[i] += sigma * r.NormFloat64()
		}
		f := fitter{noisy, gaussian, beta}
		start, _ := begin(noisy)
		p, ok := f.fit(start)
		if !ok {
			t.Fatal("no fit")
		}
		v := f.profile(p, covariance).Major
		sum, squares, known = sum+v.Value, squares+v.Value*v.Value, known+v.Error
		own += f.profile(p, nil).Major.Error
	}
	deviation := math.Sqrt(squares/draws - sum*sum/draws/draws)
	// 400 draws know a deviation to 3.5 %.
	near(t, "error", known/draws/deviation, 1, 0.12)
	near(t, "error from residuals", own/draws/deviation, 1, 0.12)
}

// Encircled energy and MTF of a Gaussian are known: r² = −2σ² ln(1 − share), and
// exp(−2π²σ²f²). Pixels widen the first by their own σ² of 1/12.
func TestEnergyAndTransfer(t *testing.T) {
	const sigma = 2.5
	k := kernelOf(31, 0, 0, sigma, sigma, 0, func(q float64) float64 { return math.Exp(-q / 2) })
	f := Measure(k, nil, []float64{0, 0.05, 0.2})
	for i, share := range Shares {
		near(t, fmt.Sprintf("radius of %v", share), f.Radii[i], math.Sqrt(-2*(sigma*sigma+1./12)*math.Log(1-share)), 0.02)
	}
	for i, frequency := range []float64{0, 0.05, 0.2} {
		want := math.Exp(-2 * math.Pi * math.Pi * sigma * sigma * frequency * frequency)
		near(t, "MTF along x", f.MTFX[i], want, 1e-6)
		near(t, "MTF along y", f.MTFY[i], want, 1e-6)
	}
}

// Kernels without a peak have no profile, and nothing fails.
func TestNoPeak(t *testing.T) {
	for _, k := range []tensor.Kernel{tensor.Matrix(3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0), tensor.Matrix(1, 2, 1, -1), tensor.Matrix(3, 3, -1, -1, -1, -1, -1, -1, -1, -1, -1)} {
		if f := Measure(k, nil, []float64{0.1}); f.Gaussian != nil || f.Moffat != nil {
			t.Errorf("%v: %+v", k, f)
		}
	}
}
