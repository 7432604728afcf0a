package train

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Images times powers of two give the same fit, bit by bit, times a power of two,
// also where the squares of their numbers leave the range.
func TestUnits(t *testing.T) {
	sum := 0.7
	for _, c := range []struct {
		x, y   int // powers of two
		shape  Shape
		robust Robust
	}{
		{-540, -540, Shape{}, NotRobust}, {540, 540, Shape{}, NotRobust}, {-540, 0, Shape{}, NotRobust}, {0, -600, Shape{}, NotRobust}, {500, -500, Shape{}, NotRobust},
		{-540, -540, Shape{Sum: &sum, NonNegative: true}, NotRobust}, {530, 530, Shape{}, Tukey}, {-530, -520, Shape{}, Huber},
	} {
		s := Spec{Kernel: corr.Size{H: 3, W: 2}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Constant, Value: 0.25}}, Bias: c.robust == NotRobust}
		k := truth(s)
		x := toOne(texture(30, 31))
		y := apply(t, x, k, s.Options)
		g := gaussian(1)
		for i := range y.Data {
			y.Data[i] += 0.01 * g.next()
		}
		y = toOne(y)
		fit := func(s Spec, x, y *tensor.Dense[float64], shape Shape) (Result, *Report) {
			set, err := GatherSet(t.Context(), []Input{One(Pair{X: x, Y: y})}, s, SetOptions{Rescale: true})
			if err != nil {
				t.Fatal(err)
			}
			r, err := SolveRobust(t.Context(), set, c.robust, shape, Sum)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := NewReport(t.Context(), set.Statistics, r, ReportOptions{Shape: shape})
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
		got, gotRep := fit(far, times(x, c.x), times(y, c.y), shape)
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

// toOne brings the largest number to [1, 2).
func toOne(d *tensor.Dense[float64]) *tensor.Dense[float64] {
	most := 0.0
	for _, v := range d.Data {
		most = max(most, math.Abs(v))
	}
	return times(d, -math.Ilogb(most))
}

func times(d *tensor.Dense[float64], power int) *tensor.Dense[float64] {
	r := dense(d.Shape().H, d.Shape().W, make([]float64, len(d.Data))...)
	for i, v := range d.Data {
		r.Data[i] = math.Ldexp(v, power)
	}
	return r
}

// A descent, whose rates would leave the range too, says so; zeros are no small
// numbers.
func TestOutOfRange(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 2, W: 2}}
	x := texture(12, 12)
	y := apply(t, x, truth(s), s.Options)
	for power, want := range map[int]error{-540: ErrTooSmall, 540: ErrTooLarge} {
		if _, err := Gather(t.Context(), times(x, power), times(y, power), s); !errors.Is(err, want) {
			t.Errorf("2^%d: %v, want %v", power, err, want)
		}
	}
	zeros := dense(12, 12, make([]float64, 144)...)
	if _, err := Gather(t.Context(), zeros, y, s); err != nil {
		t.Errorf("zeros: %v", err)
	}
}
