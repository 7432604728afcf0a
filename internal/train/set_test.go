package train

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Many pairs are one fit; a bad one is named, or skipped and counted.
func TestGatherSet(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 2}}
	k := truth(s)
	var inputs []Input
	for i := range 4 {
		x := texture(12+i, 15)
		in := One(Pair{X: x, Y: apply(t, x, k, s.Options), Weight: float64(i)})
		in.Name = fmt.Sprintf("pair%d", i)
		inputs = append(inputs, in)
	}
	inputs[2].Open = func() (Pair, func(), error) { return Pair{}, nil, errors.New("cut in half") }
	if _, err := GatherSet(t.Context(), inputs, s, SetOptions{}); err == nil || !strings.Contains(err.Error(), "pair2: cut in half") {
		t.Fatalf("error %v, want the pair's name", err)
	}
	calls := 0
	set, err := GatherSet(t.Context(), inputs, s, SetOptions{KeepGoing: true, Progress: func(done, total int, name string, err error) {
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
	for i, v := range Solve(set.Statistics, Sum).Kernel.Taps {
		near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, logTolerance)
	}
	if _, err := GatherSet(t.Context(), inputs[2:3], s, SetOptions{KeepGoing: true}); err == nil {
		t.Error("a set of nothing is accepted")
	}
}

// Outputs that were clipped are left out and counted; a drawing of black and
// white keeps them.
func TestSaturation(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := texture(40, 40)
	k := truth(s)
	y := apply(t, x, k, s.Options)
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
	set, err := GatherSet(t.Context(), []Input{One(Pair{X: x, Y: y, Range: &Range{0.3, 0.6}})}, s, SetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Counts().Saturated != clipped || set.Kept != 0 {
		t.Errorf("%d saturated, %d kept, want %d, 0", set.Counts().Saturated, set.Kept, clipped)
	}
	for i, v := range Solve(set.Statistics, Sum).Kernel.Taps {
		near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, logTolerance)
	}
	for i, v := range y.Data {
		y.Data[i] = float64(int(v + 0.55))
	}
	set, err = GatherSet(t.Context(), []Input{One(Pair{X: x, Y: y, Range: &Range{0, 1}})}, s, SetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Windows() != 38*38 || set.Kept != 1 {
		t.Errorf("%d windows, %d kept, want all, 1", set.Windows(), set.Kept)
	}
}

// A pair of weight 3 counts as three pairs.
func TestWeights(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 2}, Bias: true}
	a, b := Pair{X: texture(12, 15), Y: texture(11, 14)}, Pair{X: texture(9, 9), Y: texture(8, 8)}
	fit := func(pairs ...Pair) tensor.Kernel {
		var inputs []Input
		for _, p := range pairs {
			inputs = append(inputs, One(p))
		}
		set, err := GatherSet(t.Context(), inputs, s, SetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return Solve(set.Statistics, Sum).Kernel
	}
	heavy := a
	heavy.Weight = 3
	want := fit(a, b, a, a)
	for i, v := range fit(heavy, b).Taps {
		near(t, fmt.Sprintf("tap %d", i), v, want.Taps[i], logTolerance, 0)
	}
}

// One kernel a plane, or a mixture of all, is found from channels.
func TestChannels(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 2, C: 3, H: 20, W: 24})
	state := uint64(5)
	for i := range x.Data {
		state = state*6364136223846793005 + 1442695040888963407
		x.Data[i] = float64(state>>40) / (1 << 24)
	}
	k := tensor.Kernel{Mixes: true, Out: 3, In: 3, H: 2, W: 3, Taps: make([]float64, 54), Bias: []float64{0.1, -0.2, 0.3}}
	for _, c := range []Channels{Mix, Separate} {
		for i := range k.Taps {
			k.Taps[i] = 0
			if c == Mix || i/6%4 == 0 {
				k.Taps[i] = float64(i%7) - 2.5
			}
		}
		s := Spec{Kernel: corr.Size{H: 2, W: 3}, Bias: true, Channels: c}
		st := gather(t, x, apply(t, x, k, s.Options), s)
		got := Solve(st, Sum).Kernel
		for i, v := range append(got.Taps, got.Bias...) {
			near(t, fmt.Sprintf("%v: value %d", c, i), v, append(k.Taps, k.Bias...)[i], logTolerance, logTolerance)
		}
		d := Descent{Epochs: 3000, Optimizer: Momentum, Momentum: 0.95}
		r, err := Descend(t.Context(), st, d, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range r.Kernel.Taps {
			near(t, fmt.Sprintf("%v: descended tap %d", c, i), v, k.Taps[i], logTolerance, logTolerance)
		}
	}
}

// The polynomial that was added comes back with the kernel.
func TestBackground(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 3}, Background: 2}
	x := texture(30, 40)
	k := truth(s)
	y, bare := apply(t, x, k, s.Options), apply(t, x, k, s.Options)
	want := []float64{0.5, -0.25, 0.125, 0.75, 0.0625, -0.5}
	for oy := range 28 {
		for ox := range 38 {
			t := 0
			for j := range 3 {
				for i := range 3 - j {
					y.Data[oy*38+ox] += want[t] * legendre(i, ox, 38) * legendre(j, oy, 28)
					t++
				}
			}
		}
	}
	st := gather(t, x, y, s)
	r := Solve(st, Sum)
	for i, v := range k.Taps {
		near(t, fmt.Sprintf("tap %d", i), r.Kernel.Taps[i], v, 0, logTolerance)
	}
	for i, v := range want {
		near(t, fmt.Sprintf("coefficient %d", i), r.Background[0][i], v, 0, logTolerance)
	}
	near(t, "bias", r.Kernel.Bias[0], want[0], 0, logTolerance)
	rep, err := NewReport(t.Context(), st, r, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// By the report alone: P₁ = ξ, P₂ = (3ξ²−1)/2.
	p := func(i int, xi float64) float64 { return []float64{1, xi, (3*xi*xi - 1) / 2}[i] }
	for _, at := range [][2]int{{0, 0}, {3, 37}, {27, 5}} {
		sum := 0.0
		for t, order := range rep.Basis.Orders {
			sum += rep.Background[0][t] * p(order[0], float64(2*at[1]+1)/38-1) * p(order[1], float64(2*at[0]+1)/28-1)
		}
		near(t, fmt.Sprintf("the rest of y at %v", at), sum, y.Data[at[0]*38+at[1]]-bare.Data[at[0]*38+at[1]], 0, logTolerance)
	}
}
