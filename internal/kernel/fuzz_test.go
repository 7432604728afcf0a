package kernel

import (
	"bytes"
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

// FuzzDecode: whatever the bytes, there is a sound kernel, which is written and
// read again to the same taps, or an error.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"1,-1\n", "# epoch 2\n1 2\n3 4\n", `{"kernel": [[1]], "bias": 2}`, "[[[[1]]], [[[2]]]]", npy("(2, 1)", 1, 2),
		"3 3 9 0\n1 1 1\n1 1 1\n1 1 1\n", "3x1+0+0: 1,nan -", "(1,2;3,4)", "convolution=0m='1 2 3':0mode=row:0bias=2", "\xef\xbb\xbf1;2\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := Decode(bytes.NewReader(data), "k.csv")
		if err != nil {
			return
		}
		if err := check(k); err != nil || k.H < 1 || k.W < 1 || len(k.Taps) != k.Out*k.In*k.H*k.W {
			t.Fatalf("%q: a %v kernel with %d taps, %v", data, k, len(k.Taps), err)
		}
		var b bytes.Buffer
		if err := Encode(&b, k, "json", -1); err != nil {
			t.Fatal(err)
		}
		again, err := Decode(&b, "k.json")
		if err != nil || !equal(again, k) {
			t.Fatalf("%q: %v %v came back as %v %v, %v", data, k, k.Taps, again, again.Taps, err)
		}
	})
}
