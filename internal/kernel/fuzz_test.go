package kernel

import (
	"math"
	"testing"
)

// FuzzParse: whatever the text, there is a sound kernel or an error.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"1,-1", "1 0 -1; 2 0 -2; 1 0 -1", "1 1 1; 1 1 1; 1 1 1 / 9", "1/9 1/9", "[[1,2],[3,4]]", `{"kernel": [[1]], "bias": 2}`,
		"sobel-x", "gaussian:sigma=1.5,size=3x5", "motion:length=5,angle=30", "1,,2", "1 / 2 / 3", ";;", "é,1", "1;\n2",
		"3x1+0+0: 1,nan -", "2:1 2 3 4", "(1,2;3,4)", "convolution=0m='1 2 3':0mode=row:0bias=2", "1 1 1 1 1 1 1 1 1:1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		if len(spec) > 200 {
			return
		}
		k, err := Parse(spec, nil)
		if err != nil {
			return
		}
		if k.H < 1 || k.W < 1 || len(k.Taps) != k.Out*k.In*k.H*k.W || len(k.Taps) > maxTaps {
			t.Fatalf("%q: a %v kernel with %d taps", spec, k, len(k.Taps))
		}
		for _, v := range k.Taps {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%q: tap %v", spec, v)
			}
		}
	})
}
