package accumulate

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
)

// A descent, whose rates would leave the range too, says so; zeros are no small
// numbers.
func TestOutOfRange(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 2, W: 2}}
	x := traintest.Texture(12, 12)
	y := traintest.Apply(t, x, traintest.Truth(s), s.Options)
	for power, want := range map[int]error{-540: normal.ErrTooSmall, 540: normal.ErrTooLarge} {
		if _, err := Images(t.Context(), traintest.TimesPowerOfTwo(x, power), traintest.TimesPowerOfTwo(y, power), s); !errors.Is(err, want) {
			t.Errorf("2^%d: %v, want %v", power, err, want)
		}
	}
	zeros := traintest.Dense(12, 12, make([]float64, 144)...)
	if _, err := Images(t.Context(), zeros, y, s); err != nil {
		t.Errorf("zeros: %v", err)
	}
}

// A masked pixel may hold anything: huge fill values cost no digits.
func TestMaskedFillValues(t *testing.T) {
	s := train.Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := traintest.Texture(40, 50)
	k := traintest.Truth(s)
	y := traintest.Apply(t, x, k, s.Options)
	mask := traintest.Dense(38, 48, make([]float64, 38*48)...)
	x.Data[20*50+25] = 1e30
	for oy := range 38 {
		for ox := range 48 {
			if oy < 18 || oy > 20 || ox < 23 || ox > 25 {
				mask.Data[oy*48+ox] = 1
			}
		}
	}
	st, err := OnePair(t.Context(), train.Pair{X: x, Y: y, Mask: mask}, s)
	if err != nil {
		t.Fatal(err)
	}
	if st.Counts().Masked != 9 {
		t.Errorf("%d masked, want 9", st.Counts().Masked)
	}
	for i, v := range solve.LeastSquares(st, train.Sum).Kernel.Taps {
		traintest.Near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, traintest.LogTolerance)
	}
}

func TestValuesTooLarge(t *testing.T) {
	x := traintest.Texture(6, 8)
	x.Data[10] = 1e200
	if _, err := Images(t.Context(), x, traintest.Texture(6, 8), train.Spec{Kernel: corr.Size{H: 1, W: 1}}); !errors.Is(err, normal.ErrTooLarge) {
		t.Errorf("error %v, want that the values are too large", err)
	}
}

func TestNothingToFit(t *testing.T) {
	x := traintest.Texture(6, 8)
	y := traintest.Dense(6, 8, make([]float64, 48)...)
	for i := range y.Data {
		y.Data[i] = math.NaN()
	}
	_, err := Images(t.Context(), x, y, train.Spec{Kernel: corr.Size{H: 1, W: 1}})
	var none *train.NoWindowsError
	if !errors.As(err, &none) || none.Counts.NotFinite != 48 {
		t.Fatalf("error %v, want none of 48 outputs", err)
	}
}
