package method

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Pictures as people have them keep the fast methods: look finds them even.
func TestOrdinaryPicturesAreEven(t *testing.T) {
	const n = 256
	var random *rand.Rand
	star := func(y, x int, peak, width float64) float64 {
		d := math.Hypot(float64(y-100), float64(x-150)) / width
		return peak * math.Exp(-d*d/2)
	}
	for name, at := range map[string]func(y, x int) float64{
		"8 bits with black": func(int, int) float64 { return float64(random.IntN(256)) * float64(random.IntN(2)) },
		"shares of 16 bits": func(int, int) float64 { return float64(random.IntN(65536)) / 65535 },
		"zero mean":         func(int, int) float64 { return random.NormFloat64() },
		"dark, hot pixels": func(int, int) float64 {
			return pick(random.IntN(500) == 0, 65535, math.Round(100+3*random.NormFloat64()))
		},
		"a saturated star":      func(y, x int) float64 { return min(math.Round(90+5*random.NormFloat64()+star(y, x, 5e5, 20)), 65535) },
		"less its background":   func(y, x int) float64 { return min(5*random.NormFloat64()+star(y, x, 5e5, 20), 65535) },
		"a fill value":          func(y, x int) float64 { return pick(x > 100, -9999, 280+random.Float64()) },
		"nothing but one pixel": func(y, x int) float64 { return pick(y == 77 && x == 99, 1, 0) },
	} {
		random = rand.New(rand.NewPCG(5, 6))
		x := tensor.NewDense[float32](tensor.Shape{N: 1, C: 1, H: n, W: n})
		for i := range x.Data {
			x.Data[i] = float32(at(i/n, i%n))
		}
		for _, size := range []int{9, 15, 63} {
			if _, even := look(tensor.View[float32]{Data: x.Data, Stride: n}, n, n, geometry.Size{H: size, W: size}); !even {
				t.Errorf("%s: uneven for windows of %d", name, size)
			}
		}
	}
}

func pick(first bool, a, b float64) float64 {
	if first {
		return a
	}
	return b
}
