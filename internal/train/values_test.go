package train

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

// A masked pixel may hold anything: huge fill values cost no digits.
func TestMaskedFillValues(t *testing.T) {
	s := Spec{Kernel: corr.Size{H: 3, W: 3}}
	x := texture(40, 50)
	k := truth(s)
	y := apply(t, x, k, s.Options)
	mask := dense(38, 48, make([]float64, 38*48)...)
	x.Data[20*50+25] = 1e30
	for oy := range 38 {
		for ox := range 48 {
			if oy < 18 || oy > 20 || ox < 23 || ox > 25 {
				mask.Data[oy*48+ox] = 1
			}
		}
	}
	st, err := GatherPair(t.Context(), Pair{X: x, Y: y, Mask: mask}, s)
	if err != nil {
		t.Fatal(err)
	}
	if st.Counts().Masked != 9 {
		t.Errorf("%d masked, want 9", st.Counts().Masked)
	}
	for i, v := range Solve(st, Sum).Kernel.Taps {
		near(t, fmt.Sprintf("tap %d", i), v, k.Taps[i], 0, logTolerance)
	}
}

func TestValuesTooLarge(t *testing.T) {
	x := texture(6, 8)
	x.Data[10] = 1e200
	if _, err := Gather(t.Context(), x, texture(6, 8), Spec{Kernel: corr.Size{H: 1, W: 1}}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error %v, want that the values are too large", err)
	}
}

func TestNothingToFit(t *testing.T) {
	x := texture(6, 8)
	y := dense(6, 8, make([]float64, 48)...)
	for i := range y.Data {
		y.Data[i] = math.NaN()
	}
	_, err := Gather(t.Context(), x, y, Spec{Kernel: corr.Size{H: 1, W: 1}})
	var none *NoWindowsError
	if !errors.As(err, &none) || none.Counts.NotFinite != 48 {
		t.Fatalf("error %v, want none of 48 outputs", err)
	}
}
