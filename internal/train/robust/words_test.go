package robust_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

func TestReportWords(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}
	x := traintest.Texture(30, 30)
	y := traintest.Noisy(t, x, traintest.Truth(s), s, 0.02, 8)
	for i, v := range y.Data {
		y.Data[i] = max(v, 0.6)
	}
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y, Range: &train.Range{Low: 0.6, High: 9}})}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := robust.Solve(t.Context(), set, robust.Huber, solve.Constraints{}, robust.Options{Loss: train.Sum})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := report.New(t.Context(), set.Equations, r, report.Options{Quantum: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(rep.Robust)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(text, &keys); err != nil || len(keys) != 3 {
		t.Errorf("the robust part of a report is %s, want scale, outliers and iterations", text)
	}
	words := strings.Join(rep.Words(), "\n")
	for _, part := range []string{"windows of 841; excluded: ", " saturated", "RMS residual 0.0", "something else differs", "robust (huber): σ 0.0", "of the bias 0.0", "rank 5 of 5"} {
		if !strings.Contains(words, part) {
			t.Errorf("%q lacks %q", words, part)
		}
	}
	rep, err = report.New(t.Context(), set.Equations, solve.LeastSquares(set.Equations, train.Sum), report.Options{Quantum: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	words = strings.Join(rep.Words(), "\n")
	for _, part := range []string{"held-out windows RMS residual 0.0", "nothing else remains to explain"} {
		if !strings.Contains(words, part) {
			t.Errorf("%q lacks %q", words, part)
		}
	}
}

// A descent that has not arrived makes no guess about what else differs: the best
// fit's residual tells.
func TestUnfinishedWords(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(30, 30)
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	const step = 1.0 / 64
	for i, v := range y.Data {
		y.Data[i] = math.Round(v/step) * step
	}
	st := sums.Of(t, x, y, s)
	for _, loss := range []train.Loss{train.Sum, train.Mean} {
		for _, c := range []struct {
			epochs   int
			has, not string
		}{
			{20, "times that, that of the best fit 0.994 times", "differs"},
			{100000, "nothing else remains to explain", "the way that is left"},
		} {
			d := descent.Descent{Epochs: c.epochs, Loss: loss}
			r, err := descent.Descend(t.Context(), st, d, nil)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := report.New(t.Context(), st, r, report.Options{Loss: loss, Descent: &d, Quantum: step})
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Join(rep.Words(), "\n")
			if !strings.Contains(words, c.has) || strings.Contains(words, c.not) {
				t.Errorf("%v, %d epochs: %s", loss, c.epochs, words)
			}
			if (rep.Unfinished() == "") != rep.Descent.Converged || rep.Descent.Converged != (c.epochs > 20) {
				t.Errorf("%v, %d epochs: %+v, %q", loss, c.epochs, rep.Descent, rep.Unfinished())
			}
			traintest.Near(t, "the gap", float64(rep.Descent.Gap), float64(rep.Loss-rep.Descent.Best), 1e-6, 1e-9*float64(rep.Loss))
		}
	}
}
