package kernel

import (
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// Apertures are the sizes of Sobel's kernels and of OpenCV's Laplacian.
var Apertures = []int{3, 5, 7}

// sizeName is the parameter that chooses one of them.
const sizeName = "size"

// sized is an entry whose kernel comes in several sizes, as OpenCV's ksize. matrix is that
// of the first size, which is the default.
func sized(name, matrix, source, summary string, sizes []int, of func(n int) tensor.Kernel) entry {
	var words []string
	for _, n := range sizes {
		words = append(words, strconv.Itoa(n))
	}
	last := len(words) - 1
	meaning := strings.Join(words[:last], ", ") + " or " + words[last]
	return entry{
		Info:  Info{Name: name, Parameters: []Parameter{{sizeName, words[0], meaning + ", as OpenCV's ksize"}}, Formula: matrix, Source: source, Summary: summary},
		sizes: sizes,
		make: func(a *arguments) tensor.Kernel {
			n, err := strconv.Atoi(a.text(sizeName))
			if err != nil || !slices.Contains(sizes, n) {
				a.fail(sizeName, "must be "+meaning)
				n = sizes[0]
			}
			return of(n)
		},
	}
}

// Sobel returns OpenCV's derivative kernels of n x n taps, n being 3, 5 or 7:
//
//	x[u][v] = s[u] d[v], y[u][v] = d[u] s[v]
//
// with s = (1 + z)^(n-1) and d = (1 + z)^(n-2) (z - 1) as coefficients of powers of z
// (cv2.getDerivKernels of OpenCV 4.6).
func Sobel(n int) (x, y tensor.Kernel) {
	smooth, slope := SobelFactors(n)
	return product(smooth, slope), product(slope, smooth)
}

// SobelFactors returns s and d of Sobel, n taps each.
func SobelFactors(n int) (smooth, slope []float64) {
	return binomial(n-1, 0), binomial(n-2, 1)
}

// Laplacian returns OpenCV's Laplacian of ksize n. For 1 it is the difference from the
// four neighbours. For 3, 5 and 7 it has n x n taps:
//
//	l[u][v] = s[u] e[v] + e[u] s[v]
//
// with s = (1 + z)^(n-1) and e = (1 + z)^(n-3) (z - 1)² as coefficients of powers of z
// (cv2.Laplacian of OpenCV 4.6).
func Laplacian(n int) tensor.Kernel {
	if n == 1 {
		return tensor.Matrix(3, 3, 0, 1, 0, 1, -4, 1, 0, 1, 0)
	}
	smooth, second := binomial(n-1, 0), binomial(n-3, 2)
	k, down := product(smooth, second), product(second, smooth)
	for i, v := range down.Taps {
		k.Taps[i] += v
	}
	return k
}

// binomial returns the coefficients of (1 + z)^sums (z - 1)^differences.
func binomial(sums, differences int) []float64 {
	c := []float64{1}
	multiply := func(low float64) {
		next := make([]float64, len(c)+1)
		for i, v := range c {
			next[i] += low * v
			next[i+1] += v
		}
		c = next
	}
	for range sums {
		multiply(1)
	}
	for range differences {
		multiply(-1)
	}
	return c
}
