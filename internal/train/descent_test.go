package train

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

func explicit(t, b, l, r int) corr.Padding {
	return corr.Padding{Mode: corr.Explicit, Top: t, Bottom: b, Left: l, Right: r}
}

// geometries are fits of every kind: padding, border, stride, dilation, bias.
var geometries = []Spec{
	{Kernel: corr.Size{H: 3, W: 3}},
	{Kernel: corr.Size{H: 1, W: 1}, Bias: true},
	{Kernel: corr.Size{H: 2, W: 4}, Bias: true, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}},
	{Kernel: corr.Size{H: 3, W: 2}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Full}, Border: corr.Border{Mode: corr.Circular}}},
	{Kernel: corr.Size{H: 3, W: 3}, Bias: true, Options: corr.Options{Padding: explicit(1, 2, 0, 3), Border: corr.Border{Mode: corr.Constant, Value: 0.7}, Stride: corr.Size{H: 2, W: 3}}},
	{Kernel: corr.Size{H: 2, W: 3}, Options: corr.Options{Padding: explicit(2, 0, 1, 1), Border: corr.Border{Mode: corr.Symmetric}, Dilation: corr.Size{H: 3, W: 2}, Convolve: true}},
	{Kernel: corr.Size{H: 3, W: 3}, Bias: true, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}, Stride: corr.Size{H: 1, W: 2}, Dilation: corr.Size{H: 2, W: 1}}},
	{Kernel: corr.Size{H: 5, W: 1}, Options: corr.Options{Padding: explicit(0, 3, 2, 0), Border: corr.Border{Mode: corr.Replicate}}},
}

// truth is a kernel of the size of s that is not symmetric.
func truth(s Spec) tensor.Kernel {
	k := tensor.Matrix(s.Kernel.H, s.Kernel.W, make([]float64, s.Kernel.H*s.Kernel.W)...)
	for i := range k.Taps {
		k.Taps[i] = 1 / float64(i+2) * float64(1-2*(i%3%2))
	}
	if s.Bias {
		k.Bias = []float64{0.3}
	}
	return k
}

// Every optimiser, loss and geometry logs what a plain loop over the windows
// logs, where the target is exact and where it is noisy.
func TestDescendEqualsPlainLoop(t *testing.T) {
	for i, s := range geometries {
		for _, noise := range []float64{0, 0.05} {
			x := texture(17, 19)
			y := apply(t, x, truth(s), s.Options)
			grain := texture(y.Shape().W, y.Shape().H)
			for j := range y.Data {
				y.Data[j] += noise * grain.Data[j]
			}
			st := gather(t, x, y, s)
			for _, o := range []Optimizer{GD, Momentum, Nesterov, Adam} {
				for _, l := range []Loss{Sum, Mean} {
					d := Descent{Optimizer: o, Loss: l, Momentum: 0.8, Epochs: 150}
					if o == GD {
						d.Momentum = 0
					}
					checkLoop(t, fmt.Sprintf("spec %d, noise %v, %v, %v", i, noise, o, l), st, x, y, s, d)
				}
			}
		}
	}
}

// The losses keep nine digits while they fall to 1e-12 of where they began.
func TestLossesKeepTheirDigits(t *testing.T) {
	x := dense(40, 40, make([]float64, 1600)...)
	state := uint64(11)
	for i := range x.Data {
		state = state*6364136223846793005 + 1442695040888963407
		x.Data[i] = float64(state>>40)/(1<<24) - 0.5
	}
	s := Spec{Kernel: corr.Size{H: 3, W: 3}, Bias: true}
	y := apply(t, x, truth(s), s.Options)
	st := gather(t, x, y, s)
	a, b := unroll(t, x, y, s)
	for _, o := range []Optimizer{GD, Momentum, Nesterov} {
		d := Descent{Optimizer: o, Momentum: 0.6, Epochs: 250}
		d.Rate = BestRate(st, d)
		var losses []float64
		if _, err := Descend(t.Context(), st, d, func(e Epoch) { losses = append(losses, e.Loss) }); err != nil {
			t.Fatal(err)
		}
		compared := 0
		for i, want := range loop(a, b, make([]float64, 10), d)[:len(losses)] {
			if want < lossFloor*st.Energy() {
				break
			}
			near(t, fmt.Sprintf("%v: loss %d", o, i+1), losses[i], want, logTolerance, 0)
			compared++
		}
		if compared == len(losses) {
			t.Errorf("%v: the loss does not fall to 1e-12", o)
		}
	}
}

func checkLoop(t *testing.T, what string, st *Statistics, x, y *tensor.Dense[float64], s Spec, d Descent) {
	t.Helper()
	init := InitUniform(st, 7)
	d.Init = &init
	d.Rate = BestRate(st, d) * 0.9
	var losses []float64
	r, err := Descend(t.Context(), st, d, func(e Epoch) { losses = append(losses, e.Loss) })
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	losses = append(losses, r.Loss)
	a, b := unroll(t, x, y, s)
	w, err := st.layout.vectors(init)
	if err != nil {
		t.Fatal(err)
	}
	want := loop(a, b, w[0], d)
	for i := range want {
		near(t, fmt.Sprintf("%s: loss %d", what, i+1), losses[i], want[i], logTolerance, logTolerance*lossFloor*st.Energy()*st.scale(d.Loss))
	}
	k := st.layout.kernel(w)
	for i, v := range k.Taps {
		near(t, fmt.Sprintf("%s: tap %d", what, i), r.Kernel.Taps[i], v, logTolerance, logTolerance)
	}
	for i, v := range k.Bias {
		near(t, what+": bias", r.Kernel.Bias[i], v, logTolerance, logTolerance)
	}
}

// The best fit of an exact pair is the kernel that made it.
func TestSolveFindsTheKernel(t *testing.T) {
	for i, s := range geometries {
		x := texture(33, 35)
		k := truth(s)
		r := Solve(gather(t, x, apply(t, x, k, s.Options), s), Sum)
		for j, v := range k.Taps {
			near(t, fmt.Sprintf("spec %d: tap %d", i, j), r.Kernel.Taps[j], v, 0, logTolerance)
		}
		for j, v := range k.Bias {
			near(t, fmt.Sprintf("spec %d: bias", i), r.Kernel.Bias[j], v, 0, logTolerance)
		}
	}
}

// The automatic rate brings the loss down with every optimiser, however few the
// epochs are.
func TestAutomaticRates(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 5, W: 5}, Bias: true}
	x := texture(40, 50)
	st := gather(t, x, apply(t, x, truth(s), s.Options), s)
	init := InitUniform(st, 1)
	for _, o := range []Optimizer{GD, Momentum, Nesterov, Adam} {
		for _, l := range []Loss{Sum, Mean} {
			for _, c := range []struct {
				epochs int
				share  float64
			}{{1, 0.9}, {10, 0.05}, {100, 0.01}, {1000, 0.005}} {
				first := 0.0
				r, err := Descend(t.Context(), st, Descent{Optimizer: o, Loss: l, Momentum: 0.9, Epochs: c.epochs, Init: &init}, func(e Epoch) {
					if e.Epoch == 1 {
						first = e.Loss
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				if r.Loss > c.share*first {
					t.Errorf("%v, %v, %d epochs at %.3g: the loss is %.3g, it began at %.3g", o, l, c.epochs, r.Rate, r.Loss, first)
				}
			}
		}
	}
}

func TestCancelledDescentKeepsItsKernel(t *testing.T) {
	s := textbook(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Descend(ctx, s, Descent{Rate: 0.03, Epochs: 1000}, func(e Epoch) {
		if e.Epoch == 7 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || r.Epochs != 7 {
		t.Fatalf("%d epochs and error %v, want 7 and the cancellation", r.Epochs, err)
	}
	again, err := Descend(t.Context(), s, Descent{Rate: 0.03, Epochs: 3, Init: &r.Kernel}, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Descend(t.Context(), s, Descent{Rate: 0.03, Epochs: 10}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range whole.Kernel.Taps {
		near(t, "tap", again.Kernel.Taps[i], v, sumTolerance, 0)
	}
}

func TestBadDescents(t *testing.T) {
	s := textbook(t)
	wide := tensor.Matrix(1, 3, 1, 2, 3)
	for _, d := range []Descent{
		{Rate: -1, Epochs: 1},
		{Epochs: -1},
		{Optimizer: Momentum, Momentum: 1, Epochs: 1},
		{Optimizer: Nesterov, Epochs: 1},
		{Init: &wide, Epochs: 1},
	} {
		if _, err := Descend(t.Context(), s, d, nil); err == nil {
			t.Errorf("%+v is accepted", d)
		}
	}
}
