package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// With a bias, a large offset of x changes the bias, and nothing else: taps,
// errors, rank and held-out figures stay, also of shaped and robust fits, of
// parts, and of pairs with different offsets.
func TestOffsetChangesTheBiasAlone(t *testing.T) {
	const large = 1 << 14 // so that x + large loses no more than the last bits
	zeros := corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Constant}}
	moved := zeros
	moved.Border.Value = large
	s := Spec{Kernel: corr.Size{H: 3, W: 4}, Bias: true, Options: zeros}
	k := truth(s)
	x, high := texture(60, 50), texture(60, 50)
	for i, v := range x.Data {
		x.Data[i] = math.Round(v*(1<<20)) / (1 << 20)
		high.Data[i] = x.Data[i] + large
	}
	y := noisy(t, x, k, s, 0.01, 3)
	s2 := s
	s2.Options = moved
	sum := 1.5
	for name, shape := range map[string]Shape{
		"plain": {}, "ridge": {Ridge: 10}, "sum": {Sum: &sum}, "nonnegative": {NonNegative: true}, "symmetric": {Symmetry: EvenX},
	} {
		var reports [2]*Report
		var results [2]Result
		for i, c := range []struct {
			x *tensor.Dense[float64]
			s Spec
		}{{x, s}, {high, s2}} {
			st := gather(t, c.x, y, c.s)
			if _, _, centred := st.systems[0].centring(); centred != (i == 1) {
				t.Fatalf("sums of x less its mean: %v", centred)
			}
			var err error
			if results[i], err = SolveShaped(st, shape, Sum); err != nil {
				t.Fatal(err)
			}
			if reports[i], err = NewReport(t.Context(), st, results[i], ReportOptions{Shape: shape}); err != nil {
				t.Fatal(err)
			}
		}
		total := 0.0
		for i, v := range results[0].Kernel.Taps {
			total += v
			near(t, fmt.Sprintf("%s: tap %d", name, i), results[1].Kernel.Taps[i], v, offsetTolerance, offsetTolerance)
			near(t, fmt.Sprintf("%s: its error", name), reports[1].Errors[i], reports[0].Errors[i], offsetTolerance, offsetTolerance*0.01)
		}
		near(t, name+": bias", results[1].Kernel.Bias[0], results[0].Kernel.Bias[0]-large*total, 0, large*offsetTolerance)
		near(t, name+": loss", float64(reports[1].Loss), float64(reports[0].Loss), offsetTolerance, 0)
		near(t, name+": held out", float64(reports[1].HeldOutRMS), float64(reports[0].HeldOutRMS), offsetTolerance, 0)
		if reports[1].Rank != reports[0].Rank {
			t.Errorf("%s: rank %d, want %d", name, reports[1].Rank, reports[0].Rank)
		}
	}

	// A part of a larger kernel, and two pairs with offsets of their own.
	s2.Options = corr.Options{}
	s2.Kernel = corr.Size{H: 5, W: 5}
	s.Kernel, s.Options = s2.Kernel, s2.Options
	small := texture(56, 46)
	a, b := gather(t, x, small, s), gather(t, high, small, s2)
	p := centred(s.Kernel, corr.Size{H: 3, W: 3}, true)
	for i, v := range Solve(a.sub(p), Sum).Kernel.Taps {
		near(t, fmt.Sprintf("tap %d of a part", i), Solve(b.sub(p), Sum).Kernel.Taps[i], v, offsetTolerance, offsetTolerance)
	}
	for i := range high.Data {
		high.Data[i] += 1
	}
	if err := b.Add(gather(t, high, small, s2)); err != nil {
		t.Fatal(err)
	}
	if r := Solve(b, Sum); r.Rank != 26 {
		t.Errorf("rank %d of two pairs, want 26", r.Rank)
	}
}
