package report

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// With a bias, a large offset of x changes the bias, and nothing else: taps,
// errors, rank and held-out figures stay, also of shaped and robust fits, of
// parts, and of pairs with different offsets.
func TestOffsetChangesTheBiasAlone(t *testing.T) {
	const large = 1 << 14 // so that x + large loses no more than the last bits
	zeros := corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Constant}}
	moved := zeros
	moved.Border.Value = large
	s := train.Spec{Kernel: corr.Size{H: 3, W: 4}, Bias: true, Options: zeros}
	k := traintest.Truth(s)
	x, high := traintest.Texture(60, 50), traintest.Texture(60, 50)
	for i, v := range x.Data {
		x.Data[i] = math.Round(v*(1<<20)) / (1 << 20)
		high.Data[i] = x.Data[i] + large
	}
	y := traintest.Noisy(t, x, k, s, 0.01, 3)
	s2 := s
	s2.Options = moved
	sum := 1.5
	for name, shape := range map[string]solve.Constraints{
		"plain": {}, "ridge": {Ridge: 10}, "sum": {Sum: &sum}, "nonnegative": {NonNegative: true}, "symmetric": {Symmetry: solve.EvenX},
	} {
		var reports [2]*Report
		var results [2]solve.Result
		for i, c := range []struct {
			x *tensor.Dense[float64]
			s train.Spec
		}{{x, s}, {high, s2}} {
			st := sums.Of(t, c.x, y, c.s)
			if _, _, centred := st.Systems()[0].Centring(); centred != (i == 1) {
				t.Fatalf("sums of x less its mean: %v", centred)
			}
			var err error
			if results[i], err = solve.Constrained(st, shape, train.Sum); err != nil {
				t.Fatal(err)
			}
			if reports[i], err = New(t.Context(), st, results[i], Options{Shape: shape}); err != nil {
				t.Fatal(err)
			}
		}
		total := 0.0
		for i, v := range results[0].Kernel.Taps {
			total += v
			traintest.Near(t, fmt.Sprintf("%s: tap %d", name, i), results[1].Kernel.Taps[i], v, traintest.OffsetTolerance, traintest.OffsetTolerance)
			traintest.Near(t, fmt.Sprintf("%s: its error", name), reports[1].Errors[i], reports[0].Errors[i], traintest.OffsetTolerance, traintest.OffsetTolerance*0.01)
		}
		traintest.Near(t, name+": bias", results[1].Kernel.Bias[0], results[0].Kernel.Bias[0]-large*total, 0, large*traintest.OffsetTolerance)
		traintest.Near(t, name+": loss", float64(reports[1].Loss), float64(reports[0].Loss), traintest.OffsetTolerance, 0)
		traintest.Near(t, name+": held out", float64(reports[1].HeldOutRMS), float64(reports[0].HeldOutRMS), traintest.OffsetTolerance, 0)
		if reports[1].Rank != reports[0].Rank {
			t.Errorf("%s: rank %d, want %d", name, reports[1].Rank, reports[0].Rank)
		}
	}

	// A part of a larger kernel, and two pairs with offsets of their own.
	s2.Options = corr.Options{}
	s2.Kernel = corr.Size{H: 5, W: 5}
	s.Kernel, s.Options = s2.Kernel, s2.Options
	small := traintest.Texture(56, 46)
	a, b := sums.Of(t, x, small, s), sums.Of(t, high, small, s2)
	p := normal.CentredBlock(s.Kernel, corr.Size{H: 3, W: 3}, true)
	for i, v := range solve.LeastSquares(a.Part(p), train.Sum).Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d of a part", i), solve.LeastSquares(b.Part(p), train.Sum).Kernel.Taps[i], v, traintest.OffsetTolerance, traintest.OffsetTolerance)
	}
	for i := range high.Data {
		high.Data[i] += 1
	}
	if err := b.Add(sums.Of(t, high, small, s2)); err != nil {
		t.Fatal(err)
	}
	if r := solve.LeastSquares(b, train.Sum); r.Rank != 26 {
		t.Errorf("rank %d of two pairs, want 26", r.Rank)
	}
}
