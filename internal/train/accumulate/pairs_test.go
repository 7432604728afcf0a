package accumulate

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
)

// Many pairs are one fit; a bad one is named, or skipped and counted.
func TestGatherSet(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}}
	k := traintest.Truth(s)
	var inputs []train.Input
	for i := range 4 {
		x := traintest.Texture(12+i, 15)
		in := train.One(train.Pair{X: x, Y: traintest.Apply(t, x, k, s.Options), Weight: float64(i)})
		in.Name = fmt.Sprintf("pair%d", i)
		inputs = append(inputs, in)
	}
	inputs[2].Open = func() (train.Pair, func(), error) { return train.Pair{}, nil, errors.New("cut in half") }
	if _, err := Pairs(t.Context(), inputs, s, Options{}); err == nil || !strings.Contains(err.Error(), "pair2: cut in half") {
		t.Fatalf("error %v, want the pair's name", err)
	}
	calls := 0
	set, err := Pairs(t.Context(), inputs, s, Options{KeepGoing: true, Progress: func(done, total int, name string, err error) {
		calls++
		if done != calls || total != 4 || (err != nil) != (name == "pair2") {
			t.Errorf("progress %d of %d, %s, %v", done, total, name, err)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if calls != 4 || len(set.Failures) != 1 || len(set.Inputs) != 3 {
		t.Fatalf("%d calls, %d failures, %d inputs", calls, len(set.Failures), len(set.Inputs))
	}
	for i, v := range solve.LeastSquares(set.Equations, train.Sum).Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, traintest.LogTolerance)
	}
	if _, err := Pairs(t.Context(), inputs[2:3], s, Options{KeepGoing: true}); err == nil {
		t.Error("a set of nothing is accepted")
	}
}

// Outputs that were clipped are left out and counted; a drawing of black and
// white keeps them.
func TestSaturation(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(40, 40)
	k := traintest.Truth(s)
	y := traintest.Apply(t, x, k, s.Options)
	clipped := 0
	for i, v := range y.Data {
		y.Data[i] = min(max(v, 0.3), 0.6)
		if y.Data[i] != v {
			clipped++
		}
	}
	if clipped < 100 || clipped > 1300 {
		t.Fatalf("%d outputs are clipped: this tests nothing", clipped)
	}
	set, err := Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y, Range: &train.Range{Low: 0.3, High: 0.6}})}, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Counts().Saturated != clipped || set.Kept != 0 {
		t.Errorf("%d saturated, %d kept, want %d, 0", set.Counts().Saturated, set.Kept, clipped)
	}
	for i, v := range solve.LeastSquares(set.Equations, train.Sum).Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, traintest.LogTolerance)
	}
	for i, v := range y.Data {
		y.Data[i] = float64(int(v + 0.55))
	}
	set, err = Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y, Range: &train.Range{Low: 0, High: 1}})}, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Windows() != 38*38 || set.Kept != 1 {
		t.Errorf("%d windows, %d kept, want all, 1", set.Windows(), set.Kept)
	}
}

// A pair of weight 3 counts as three pairs.
func TestWeights(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}
	a, b := train.Pair{X: traintest.Texture(12, 15), Y: traintest.Texture(11, 14)}, train.Pair{X: traintest.Texture(9, 9), Y: traintest.Texture(8, 8)}
	fit := func(pairs ...train.Pair) tensor.Kernel {
		var inputs []train.Input
		for _, p := range pairs {
			inputs = append(inputs, train.One(p))
		}
		set, err := Pairs(t.Context(), inputs, s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return solve.LeastSquares(set.Equations, train.Sum).Kernel
	}
	heavy := a
	heavy.Weight = 3
	want := fit(a, b, a, a)
	for i, v := range fit(heavy, b).Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, want.Taps[i], traintest.LogTolerance, 0)
	}
}
