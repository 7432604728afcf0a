package robust

import (
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
)

// Images times powers of two give the same fit, bit by bit, times a power of two,
// also where the squares of their numbers leave the range.
func TestUnits(t *testing.T) {
	sum := 0.7
	for _, c := range []struct {
		x, y   int // powers of two
		shape  solve.Constraints
		robust Kind
	}{
		{-540, -540, solve.Constraints{}, None}, {540, 540, solve.Constraints{}, None}, {-540, 0, solve.Constraints{}, None}, {0, -600, solve.Constraints{}, None}, {500, -500, solve.Constraints{}, None},
		{-540, -540, solve.Constraints{Sum: &sum, NonNegative: true}, None}, {530, 530, solve.Constraints{}, Tukey}, {-530, -520, solve.Constraints{}, Huber},
	} {
		s := train.Spec{Kernel: corr.Size{H: 3, W: 2}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Constant, Value: 0.25}}, Bias: c.robust == None}
		k := traintest.Truth(s)
		x := traintest.ToOne(traintest.Texture(30, 31))
		y := traintest.Apply(t, x, k, s.Options)
		g := traintest.Gaussian(1)
		for i := range y.Data {
			y.Data[i] += 0.01 * g.Next()
		}
		y = traintest.ToOne(y)
		fit := func(s train.Spec, x, y *tensor.Dense[float64], shape solve.Constraints) (solve.Result, *report.Report) {
			set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: x, Y: y})}, s, accumulate.Options{Rescale: true})
			if err != nil {
				t.Fatal(err)
			}
			r, err := Solve(t.Context(), set, c.robust, shape, Options{Loss: train.Sum})
			if err != nil {
				t.Fatal(err)
			}
			rep, err := report.New(t.Context(), set.Equations, r, report.Options{Shape: shape})
			if err != nil {
				t.Fatal(err)
			}
			return r, rep
		}
		want, wantRep := fit(s, x, y, c.shape)
		far := s
		far.Options.Border.Value = math.Ldexp(0.25, c.x)
		shape := c.shape
		if shape.Sum != nil {
			moved := math.Ldexp(sum, c.y-c.x)
			shape.Sum = &moved
		}
		got, gotRep := fit(far, traintest.TimesPowerOfTwo(x, c.x), traintest.TimesPowerOfTwo(y, c.y), shape)
		name := fmt.Sprintf("2^%d, 2^%d, %v", c.x, c.y, c.robust)
		for i, v := range want.Kernel.Taps {
			if w := math.Ldexp(v, c.y-c.x); got.Kernel.Taps[i] != w {
				t.Errorf("%s: tap %d is %v, want %v", name, i, got.Kernel.Taps[i], w)
			}
			if w := math.Ldexp(wantRep.Errors[i], c.y-c.x); gotRep.Errors[i] != w && !(math.IsNaN(w) && math.IsNaN(gotRep.Errors[i])) {
				t.Errorf("%s: error %d is %v, want %v", name, i, gotRep.Errors[i], w)
			}
		}
		for i, v := range want.Kernel.Bias {
			if w := math.Ldexp(v, c.y); got.Kernel.Bias[i] != w {
				t.Errorf("%s: bias is %v, want %v", name, got.Kernel.Bias[i], w)
			}
		}
		if float64(gotRep.RMS) != math.Ldexp(float64(wantRep.RMS), c.y) || float64(gotRep.HeldOutRMS) != math.Ldexp(float64(wantRep.HeldOutRMS), c.y) || gotRep.R2 != wantRep.R2 || gotRep.Condition != wantRep.Condition {
			t.Errorf("%s: RMS %v, held out %v, R² %v, condition %v; want those of %v, %v, %v, %v", name, gotRep.RMS, gotRep.HeldOutRMS, gotRep.R2, gotRep.Condition, wantRep.RMS, wantRep.HeldOutRMS, wantRep.R2, wantRep.Condition)
		}
	}
}
