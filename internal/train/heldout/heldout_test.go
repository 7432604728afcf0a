package heldout

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/traintest"
)

// TestSpread: a tenth is held out, also of 42 windows, and no more of any larger region.
func TestSpread(t *testing.T) {
	for _, size := range [][2]int{{6, 7}, {30, 40}, {200, 200}, {300, 77}} {
		side, n := Side(size[0]*size[1]), 0
		for y := range size[0] {
			for x := range size[1] {
				if HeldOut(y, x, side) {
					n++
				}
			}
		}
		all := float64(size[0] * size[1])
		if got := float64(n) / all; got < 0.07 || got > 0.13 {
			t.Errorf("%v: %d of %.0f windows are held out", size, n, all)
		}
	}
}

// TestSumsAreThoseOfTheWindows compares the part with plain loops over the held-out
// windows: geometries of all kinds, weights, a mask, an offset that is centred, with a
// bias and without, several threads.
func TestSumsAreThoseOfTheWindows(t *testing.T) {
	specs := append([]train.Spec{}, traintest.Geometries...)
	for _, s := range specs {
		for _, offset := range []float64{0, 60} {
			for _, weighted := range []bool{false, true} {
				s.Threads = 3
				check(t, s, offset, weighted)
			}
		}
	}
}

func check(t *testing.T, s train.Spec, offset float64, weighted bool) {
	t.Helper()
	x := traintest.Texture(37, 45)
	for i := range x.Data {
		x.Data[i] += offset
	}
	y := traintest.Noisy(t, x, traintest.Truth(s), s, 0.1, 3)
	p := train.Pair{X: x, Y: y, Weight: 2}
	weights, mask := tensor.NewDense[float64](y.Shape()), tensor.NewDense[float64](y.Shape())
	for i := range weights.Data {
		weights.Data[i], mask.Data[i] = 1, 1
		if weighted {
			weights.Data[i], mask.Data[i] = float64(1+i%5), float64(i%7)
		}
	}
	if weighted {
		p.Weights, p.Mask = weights, mask
	}
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(p)}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := set.Best()
	w[0][0] += 0.5 // the sums are about other unknowns than those of the set
	o := New(set, w)
	if _, err := set.Scan(t.Context(), accumulate.Request{Origin: w, Observer: o, LossOnly: true}); err != nil {
		t.Fatal(err)
	}
	o.Apply(set.Equations)
	a, b := traintest.Unroll(t, x, y, s)
	n, width := len(a[0]), y.Shape().W
	g, loss, count := make([]float64, n*n), 0.0, 0
	for i, row := range a {
		if mask.Data[i] == 0 || !HeldOut(i/width, i%width, Side(len(a))) {
			continue
		}
		count++
		r := b[i]
		for j, v := range row {
			r -= v * w[0][j]
			for k, u := range row {
				g[j*n+k] += 2 * weights.Data[i] * v * u
			}
		}
		loss += 2 * weights.Data[i] * r * r
	}
	if rms, ok := set.HeldOutRMS(); !ok || rms > 0.15*math.Sqrt(3) { // of noise 0.1, weighted by 1 to 5
		t.Errorf("held-out RMS %v", rms)
	}
	held := set.HeldOutPart()
	if held.OutputCount() != count || count == 0 {
		t.Fatalf("%d windows are held out, want %d", held.OutputCount(), count)
	}
	for i, v := range held.Systems()[0].Matrix() {
		traintest.Near(t, "G", v, g[i], traintest.OffsetTolerance, 1e-9)
	}
	traintest.Near(t, "loss", held.LossAt(w), loss, traintest.OffsetTolerance, 0)
	if rest := set.WithoutHeldOut(count); rest.Windows() != set.Windows()-count || rest.Rank() != set.Rank() {
		t.Errorf("%d windows of rank %d remain", rest.Windows(), rest.Rank())
	}
}

// TestStar: one bright star is never held out as a whole, so the fit without the
// held-out windows still explains them.
func TestStar(t *testing.T) {
	x := traintest.Grain(tensor.Shape{N: 1, C: 1, H: 200, W: 200}, 3)
	for y := 95; y < 103; y++ {
		for c := 60; c < 69; c++ {
			x.Data[y*200+c] += 5000
		}
	}
	s := train.Spec{Kernel: corr.Size{H: 7, W: 7}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}}}
	y := traintest.Noisy(t, x, traintest.Truth(s), s, 20, 1)
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := New(set, set.Best())
	if _, err := set.Scan(t.Context(), accumulate.Request{Origin: set.Best(), Observer: o, LossOnly: true}); err != nil {
		t.Fatal(err)
	}
	o.Apply(set.Equations)
	rms, ok := set.HeldOutRMS()
	if !ok || rms > 30 {
		t.Errorf("held-out RMS %v, the noise has 20", rms)
	}
}
