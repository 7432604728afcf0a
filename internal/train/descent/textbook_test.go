package descent_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// The losses that the textbook's loop prints in two runs. The starting kernels,
// which it does not print, are the ones that lead to every digit of them.
func TestTextbookLosses(t *testing.T) {
	s := sums.Textbook(t)
	for _, c := range []struct{ start, losses, end []float64 }{
		{[]float64{0.039102, 0.213445}, []float64{6.422, 1.225, 0.266, 0.070, 0.022}, []float64{1.0010, -0.9739}},
		{[]float64{0.728126, 0.666602}, []float64{23.292, 8.424, 3.263, 1.305, 0.529}, []float64{1.0637, -0.9139}},
	} {
		init := tensor.Matrix(1, 2, c.start...)
		i := 0
		r, err := descent.Descend(t.Context(), s, descent.Descent{Rate: 0.03, Epochs: 10, Init: &init}, func(e descent.Epoch) {
			if e.Epoch%2 != 0 {
				return
			}
			if got, want := fmt.Sprintf("%.3f", e.Loss), fmt.Sprintf("%.3f", c.losses[i]); got != want {
				t.Errorf("epoch %d: loss %s, want %s", e.Epoch, got, want)
			}
			i++
		})
		if err != nil {
			t.Fatal(err)
		}
		if i != 5 {
			t.Fatalf("%d losses logged, want 5", i)
		}
		for j, w := range c.end {
			traintest.Near(t, fmt.Sprintf("tap %d", j), r.Kernel.Taps[j], w, 0, 1e-4)
		}
	}
}

// With u and v the error along (1,1)/√2 and (1,-1)/√2, the eigenvalues 30 and 6
// give L_i = 30 u² 0.8^(2(i−1)) + 6 v² 0.64^(2(i−1)).
func TestTextbookClosedForm(t *testing.T) {
	s := sums.Textbook(t)
	init := tensor.Matrix(1, 2, 0.25, 0.5)
	u, v := (0.25-1+0.5+1)/math.Sqrt2, (0.25-1-0.5-1)/math.Sqrt2
	_, err := descent.Descend(t.Context(), s, descent.Descent{Rate: 0.03, Epochs: 60, Init: &init}, func(e descent.Epoch) {
		p := float64(2 * (e.Epoch - 1))
		traintest.Near(t, fmt.Sprintf("loss %d", e.Epoch), e.Loss, 30*u*u*math.Pow(0.8, p)+6*v*v*math.Pow(0.64, p), traintest.SumTolerance, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	traintest.Near(t, "the largest stable rate", descent.StableRate(s, descent.Descent{}), 1.0/30, traintest.SumTolerance, 0)
	traintest.Near(t, "the best rate", descent.BestRate(t.Context(), s, descent.Descent{Epochs: 1000}), 1.0/36, traintest.SumTolerance, 0)
}

// An input of ones and a target of zeros: λmax = 84, so that 0.03 makes the
// error grow by |1 − 0.06*84| = 4.04 each epoch.
func TestDivergence(t *testing.T) {
	x := traintest.Dense(6, 8, make([]float64, 48)...)
	for i := range x.Data {
		x.Data[i] = 1
	}
	s := sums.Of(t, x, traintest.Dense(6, 7, make([]float64, 42)...), train.Spec{Kernel: corr.Size{H: 1, W: 2}})
	init := tensor.Matrix(1, 2, 0.5, 0.25)
	last := 0.0
	_, err := descent.Descend(t.Context(), s, descent.Descent{Rate: 0.03, Epochs: 10, Init: &init}, func(e descent.Epoch) {
		if e.Epoch > 1 {
			traintest.Near(t, "growth", e.Loss/last, 4.04*4.04, traintest.SumTolerance, 0)
		}
		last = e.Loss
	})
	var diverged *descent.DivergedError
	if !errors.As(err, &diverged) {
		t.Fatalf("error %v, want a DivergedError", err)
	}
	traintest.Near(t, "the stable rate", diverged.Stable, 1.0/84, traintest.SumTolerance, 0)
	if _, err := descent.Descend(t.Context(), s, descent.Descent{Epochs: 10, Init: &init}, nil); err != nil {
		t.Errorf("at the automatic rate: %v", err)
	}
}
