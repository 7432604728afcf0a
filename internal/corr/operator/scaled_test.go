package operator

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// On s times an image the scaled operator gives s times the result.
func TestScaled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		t.Log(d)
		want := referenceOf(t, d)
		const s = 255
		bias := append([]float64(nil), d.K.Bias...)
		var worth bool
		k := d.K
		if d.K, d.O, worth = Scaled(d.K, d.O, s); worth != (len(bias) > 0) {
			t.Fatalf("a kernel of whole numbers, with the bias %v, is worth it: %v", bias, worth)
		}
		for i, b := range bias {
			if k.Bias[i] != b {
				t.Fatal("the bias it was given has changed")
			}
		}
		x := tensor.NewDense[float64](d.X.Shape())
		for i, v := range d.X.Data {
			x.Data[i] = s * v
		}
		d.X = x
		for i, v := range referenceOf(t, d).Data {
			if math.Abs(v-s*want.Data[i]) > 0 {
				t.Fatalf("element %d is %v, not %v times %v", i, v, s, want.Data[i])
			}
		}
	})
}
