package align

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// The example of scikit-image's phase_cross_correlation(reference, moving): a
// moving image that is the reference rolled by (-3, 5) gives the shift (3, -5),
// as in testdata/shift.py.
func TestSignOfOthers(t *testing.T) {
	s := newScene(21)
	a := s.view(0, 0, 64, 64)
	b := tensor.NewDense[float64](a.Shape())
	for i := range b.Data {
		y, x := (i/64+3)%64, (i%64+59)%64
		b.Data[i] = a.Data[y*64+x]
	}
	got := find(t, a, b, Options{MaxShift: -1})
	if math.Abs(got.Y-3) > tolerance || math.Abs(got.X+5) > tolerance {
		t.Errorf("found %+v", got)
	}
}
