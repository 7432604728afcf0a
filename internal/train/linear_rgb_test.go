package train

import (
	"math"
	"testing"
)

func TestLight(t *testing.T) {
	for i := range 1001 {
		v := float64(i) / 1000
		if back := storedFromLinear(linearFromStored(v)); math.Abs(back-v) > 1e-13*v+1e-16 {
			t.Errorf("%v comes back as %v", v, back)
		}
	}
	if v := linearFromStored(0.5); math.Abs(v-0.21404114048223255) > 1e-14 {
		t.Errorf("half is %v", v)
	}
	if v := storedFromLinear(-linearFromStored(0.5)); math.Abs(v+0.5) > 1e-15 {
		t.Errorf("below zero: %v", v)
	}
}
