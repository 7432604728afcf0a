// Package psf measures kernels as point spread functions: their widths, the parameters
// of a Gaussian and of a Moffat profile that fit them best, encircled energy, and the
// modulation transfer function.
//
// Places and widths are in pixels, rows down and columns right, angles in degrees from +x
// toward +y. The place (0, 0) is the middle of the kernel.
package psf

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Value is a figure with its standard error; the error is NaN if it is not known.
type Value struct{ Value, Error float64 }

// Profile is a profile fitted to the taps by least squares, each tap taken as the value at
// the middle of its pixel:
//
//	A exp(−q/2)      Gaussian
//	A (1 + q)^−β     Moffat
//
// with q a quadratic form of the distance from the center. Source: Moffat, Astronomy and
// Astrophysics 3, 1969.
type Profile struct {
	Y, X         Value // center
	Major, Minor Value // full widths at half maximum
	Angle        Value // of the major axis, from −90 to 90
	Beta         Value // of a Moffat profile; NaN of a Gaussian
	Residual     float64
}

// Ellipticity returns 1 − minor/major.
func (p *Profile) Ellipticity() float64 { return 1 - p.Minor.Value/p.Major.Value }

// Figures are those of one kernel.
type Figures struct {
	Sum  float64
	Y, X float64 // center of gravity
	// Gaussian and Moffat are nil if no such profile has a least sum of squares.
	Gaussian, Moffat *Profile
	// Radii are those of the circles around the center of gravity that hold the Shares
	// of the sum; NaN if no circle in the kernel does.
	Radii []float64
	// MTF has |K̂(f)|/|K̂(0)| at the frequencies, along x and along y.
	MTFX, MTFY []float64
}

// Shares are the encircled energies whose radii are measured.
var Shares = []float64{0.5, 0.8, 0.95}

// Measure returns the figures of a kernel with one matrix. covariance is that of the taps,
// n x n; nil if it is not known: then the errors come from the residuals of the profiles.
// Frequencies are in cycles per pixel.
func Measure(k tensor.Kernel, covariance, frequencies []float64) *Figures {
	f := &Figures{}
	for i, v := range k.Taps {
		y, x := place(k, i)
		f.Sum += v
		f.Y += v * y
		f.X += v * x
	}
	f.Y, f.X = f.Y/f.Sum, f.X/f.Sum
	f.Gaussian, f.Moffat = fitBoth(k, covariance)
	f.Radii = radii(k, f.Y, f.X, f.Sum)
	for _, frequency := range frequencies {
		f.MTFX = append(f.MTFX, transfer(k, 0, frequency)/math.Abs(f.Sum))
		f.MTFY = append(f.MTFY, transfer(k, frequency, 0)/math.Abs(f.Sum))
	}
	return f
}

// place returns where tap i stands from the middle of the kernel.
func place(k tensor.Kernel, i int) (y, x float64) {
	return float64(i/k.W) - float64(k.H-1)/2, float64(i%k.W) - float64(k.W-1)/2
}

// transfer returns |Σ k(y, x) exp(−2πi(gy + fx))|.
func transfer(k tensor.Kernel, g, f float64) float64 {
	var re, im float64
	for i, v := range k.Taps {
		y, x := place(k, i)
		s, c := math.Sincos(2 * math.Pi * (g*y + f*x))
		re, im = re+v*c, im+v*s
	}
	return math.Hypot(re, im)
}

// subpixels is the number of points along each side of a pixel that stand for its area,
// and rings of radii are 1/ringsPerPixel wide.
const subpixels, ringsPerPixel = 20, 200

// radii returns the smallest radii of circles about a center that hold the shares of the
// sum. A tap is spread evenly over its pixel. Circles end at the nearest edge.
func radii(k tensor.Kernel, y0, x0, sum float64) []float64 {
	reach := min(float64(k.H)/2-math.Abs(y0), float64(k.W)/2-math.Abs(x0))
	list := make([]float64, len(Shares))
	for i := range list {
		list[i] = math.NaN()
	}
	if !(reach > 0) {
		return list
	}
	rings := make([]float64, int(reach*ringsPerPixel)+1)
	for i, v := range k.Taps {
		y, x := place(k, i)
		for a := range subpixels {
			for b := range subpixels {
				at := int(ringsPerPixel * math.Hypot(y-y0+(float64(a)+0.5)/subpixels-0.5, x-x0+(float64(b)+0.5)/subpixels-0.5))
				if at < len(rings) {
					rings[at] += v / (subpixels * subpixels * sum)
				}
			}
		}
	}
	inside, next := 0.0, 0
	for i, v := range rings {
		inside += v
		for next < len(Shares) && inside >= Shares[next] {
			list[next] = float64(i+1) / ringsPerPixel
			next++
		}
	}
	return list
}
