package kernel

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// laplacians are the sums of second derivatives, and what sharpens by them.
func laplacians() []entry {
	truncate := Parameter{"truncate", "4", "reach of the Gaussian in sigmas"}
	return []entry{
		sized("laplacian", "0 1 0; 1 -4 1; 0 1 0", "second differences along both axes, as OpenCV's Laplacian",
			"sum of the second derivatives, four neighbours", append([]int{1}, Apertures...), Laplacian),
		fixed("laplacian8", "1 1 1; 1 -8 1; 1 1 1", "second differences along both axes and both diagonals",
			"sum of the second derivatives, eight neighbours"),
		{Info: Info{
			Name: "log", Parameters: []Parameter{{"sigma", "1", "standard deviation in pixels"}, truncate, {"balance", "none", "mean takes the mean off, so that a flat image gives exactly 0; none does not"}},
			Formula: "((x^2 + y^2)/sigma^4 - 2/sigma^2) g(x) g(y), g the samples of a Gaussian that sum to 1, |x|, |y| <= int(truncate sigma + 1/2)",
			Source:  "D. Marr and E. Hildreth, 1980; equal to SciPy's gaussian_laplace, which answers -0.00014 (sigma 1) to a flat image of 1",
			Summary: "Laplacian of a Gaussian: edges and blobs at one scale",
		}, make: laplacianOfGaussian},
		{Info: Info{
			Name: "dog", Parameters: []Parameter{{"sigma1", "1", "the narrow standard deviation"}, {"sigma2", "", "the wide one; 1.6 sigma1 if not given"}, truncate},
			Formula: "gaussian(sigma1) - gaussian(sigma2), each normalised",
			Source:  "D. Marr and E. Hildreth, 1980; equal to scikit-image's difference_of_gaussians",
			Summary: "difference of two Gaussians: passes a band of scales",
		}, make: differenceOfGaussians},
		fixed("sharpen", "0 -1 0; -1 5 -1; 0 -1 0", "identity minus laplacian",
			"sharpens; the sum is 1"),
		{Info: Info{
			Name: "unsharp", Parameters: []Parameter{{"sigma", "1", "standard deviation of the blur"}, {"amount", "1", "strength"}, truncate},
			Formula: "(1 + amount) identity - amount gaussian(sigma)",
			Source:  "unsharp masking; the sum is 1",
			Summary: "sharpens by what a Gaussian blur takes away",
		}, make: unsharp},
		fixed("emboss", "-2 -1 0; -1 1 1; 0 1 2", "the usual relief filter; the sum is 1",
			"relief, lit from the upper left"),
	}
}

// laplacianOfGaussian samples the formula of its entry. The samples' sum is not
// quite zero, for the tails that truncate cuts off: -0.00014 at sigma 1.
func laplacianOfGaussian(a *arguments) tensor.Kernel {
	sigma := a.positive("sigma", MaxSigma)
	g := gaussian1D(2*a.reach("truncate", sigma)+1, sigma)
	n := len(g)
	taps := make([]float64, n*n)
	r := float64(n-1) / 2
	sum := 0.0
	for u := range n {
		for v := range n {
			// In units of sigma, so that a tiny sigma does not underflow.
			y, x := (float64(u)-r)/sigma, (float64(v)-r)/sigma
			if w := g[u] * g[v]; w != 0 {
				taps[u*n+v] = (x*x + y*y - 2) / sigma / sigma * w
			}
			sum += taps[u*n+v]
		}
	}
	switch a.text("balance") {
	case "none":
	case "mean":
		for i := range taps {
			taps[i] -= sum / float64(n*n)
		}
	default:
		a.fail("balance", "must be none or mean")
	}
	return tensor.Matrix(n, n, taps...)
}

func differenceOfGaussians(a *arguments) tensor.Kernel {
	s1 := a.positive("sigma1", MaxSigma)
	s2 := math.Min(1.6*s1, MaxSigma)
	if a.text("sigma2") != "" {
		s2 = a.positive("sigma2", MaxSigma)
	}
	if s2 <= s1 {
		a.fail("sigma2", "must be above sigma1")
		return tensor.Kernel{}
	}
	narrow := outer(gaussian1D(2*a.reach("truncate", s1)+1, s1))
	wide := outer(gaussian1D(2*a.reach("truncate", s2)+1, s2))
	return combine(1, narrow, -1, wide)
}

func unsharp(a *arguments) tensor.Kernel {
	sigma, amount := a.positive("sigma", MaxSigma), a.number("amount", 0, 1e6)
	blur := outer(gaussian1D(2*a.reach("truncate", sigma)+1, sigma))
	return combine(1+amount, tensor.Matrix(1, 1, 1), -amount, blur)
}

// combine returns p*small + q*large with the centres aligned. Both sides are odd
// and small is not larger than large.
func combine(p float64, small tensor.Kernel, q float64, large tensor.Kernel) tensor.Kernel {
	for i := range large.Taps {
		large.Taps[i] *= q
	}
	top, left := (large.H-small.H)/2, (large.W-small.W)/2
	for u := range small.H {
		for v := range small.W {
			large.Taps[(u+top)*large.W+v+left] += p * small.At(0, 0, u, v)
		}
	}
	return large
}
