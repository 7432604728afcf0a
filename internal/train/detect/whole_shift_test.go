package detect

import (
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
)

// A whole shift that is up to two pixels off is corrected, for kernels of any content and
// size, with noise and without. A kernel of one tap in a larger window counts as one
// without a shift.
func TestWholeShift(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x := traintest.Grain(tensor.Shape{N: 1, C: 1, H: 70, W: 80}, 4)
	for i := range 24 {
		size := corr.Size{H: 1 + r.IntN(6), W: 1 + r.IntN(6)}
		s := train.Spec{Kernel: size, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Circular}}}
		k := tensor.Matrix(size.H, size.W, make([]float64, size.H*size.W)...)
		for j := range k.Taps {
			k.Taps[j] = 0.1 + r.Float64()
		}
		dy, dx := r.IntN(5)-2, r.IntN(5)-2
		y := moveCircular(traintest.Noisy(t, x, k, s, 0.05*float64(i%2), uint64(i)), dy, dx)
		gotY, gotX, err := WholeShift(t.Context(), train.Pair{X: x, Y: y}, size, train.Spec{Bias: i%3 == 0})
		if err != nil {
			t.Fatal(err)
		}
		if gotY != dy || gotX != dx {
			t.Errorf("%v kernel moved by %d,%d: %d,%d", size, dy, dx, gotY, gotX)
		}
	}
	for dy := -2; dy <= 2; dy++ {
		y := moveCircular(x, dy, 1)
		gotY, gotX, err := WholeShift(t.Context(), train.Pair{X: x, Y: y}, corr.Size{H: 3, W: 5}, train.Spec{})
		if err != nil {
			t.Fatal(err)
		}
		if gotY != dy || gotX != 1 {
			t.Errorf("moved by %d,1: %d,%d", dy, gotY, gotX)
		}
	}
}

// moveCircular returns the image whose pixel (i, j) is (i+dy, j+dx) of x.
func moveCircular(x *tensor.Dense[float64], dy, dx int) *tensor.Dense[float64] {
	s := x.Shape()
	y := tensor.NewDense[float64](s)
	for i := range s.H {
		for j := range s.W {
			y.Data[i*s.W+j] = x.Data[(i+dy+s.H)%s.H*s.W+(j+dx+s.W)%s.W]
		}
	}
	return y
}
