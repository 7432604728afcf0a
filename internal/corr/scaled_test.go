package corr

import (
	"math"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// On s times an image the scaled operator gives s times the result.
func TestScaled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		t.Log(d)
		want := d.reference(t)
		const s = 255
		bias := append([]float64(nil), d.k.Bias...)
		var worth bool
		k := d.k
		if d.k, d.o, worth = Scaled(d.k, d.o, s); worth != (len(bias) > 0) {
			t.Fatalf("a kernel of whole numbers, with the bias %v, is worth it: %v", bias, worth)
		}
		for i, b := range bias {
			if k.Bias[i] != b {
				t.Fatal("the bias it was given has changed")
			}
		}
		x := tensor.NewDense[float64](d.x.Shape())
		for i, v := range d.x.Data {
			x.Data[i] = s * v
		}
		d.x = x
		for i, v := range d.reference(t).Data {
			if math.Abs(v-s*want.Data[i]) > 0 {
				t.Fatalf("element %d is %v, not %v times %v", i, v, s, want.Data[i])
			}
		}
	})
}
