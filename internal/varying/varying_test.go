package varying

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/legendre"
)

func small() *Kernel {
	b := 0.5
	return &Kernel{Field: legendre.Field{Degree: 1, H: 2, W: 4}, H: 1, W: 2, Taps: [][]float64{{1, 2}, {8, 0}, {0, 4}}, Bias: &b, Background: []float64{0.5, 1, 2}, BackgroundDegree: 1}
}

// What is written is read again, and the kernel at a place is the sum of its terms.
func TestEncode(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, small()); err != nil {
		t.Fatal(err)
	}
	if !Is(b.Bytes()) {
		t.Error("Is does not know its own file")
	}
	k, err := Decode(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	// ξ of column 3 of 4 is 3/4, η of row 0 of 2 is −1/2.
	at := k.At(0, 3)
	if at.Taps[0] != 1+8*0.75 || at.Taps[1] != 2-4*0.5 || at.Bias[0] != 0.5 || k.BackgroundDegree != 1 || len(k.Background) != 3 {
		t.Errorf("%+v", at)
	}
	if f := k.Flip().At(0, 3); f.Taps[0] != at.Taps[1] || f.Taps[1] != at.Taps[0] {
		t.Errorf("flipped: %v of %v", f.Taps, at.Taps)
	}
}

// What is wrong with a file is said.
func TestDecodeErrors(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, small()); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for _, c := range []struct{ old, new, want string }{
		{`"degree":1,"orders":[[0,0],[1,0],[0,1]],"height"`, `"degree":99,"orders":[[0,0],[1,0],[0,1]],"height"`, "the degree 99"},
		{`"height":2`, `"height":0`, "no size"},
		{`[[0,0],[1,0],[0,1]],"height"`, `[[0,0],[0,1],[1,0]],"height"`, "the orders of degree 1"},
		{`[[8,0]],`, ``, "2 kernels for 3 polynomials"},
		{`[[8,0]]`, `[[8]]`, "kernel 2 is no 1x2 matrix"},
		{`[[1,2]]`, `[]`, "kernel 1 is no 0x0 matrix"},
		{`"varying"`, `"other"`, `"varying" is missing`},
		{`[[1,2]]`, `[[1,"2"]]`, "cannot unmarshal"},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Fatalf("%q is not in %s", c.old, good)
		}
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

// The taps of the squared kernel are the squares at each place.
func TestSquared(t *testing.T) {
	k := &Kernel{Field: legendre.Field{Degree: 2, H: 5, W: 4}, H: 1, W: 2, Taps: [][]float64{{1, 2}, {8, 0}, {0, 4}, {-3, 1}, {0.5, 2}, {1, -7}}}
	s := k.Squared()
	for y := range 5 {
		for x := range 4 {
			for u, v := range k.At(y, x).Taps {
				if got := s.At(y, x).Taps[u]; math.Abs(got-v*v) > 1e-12*(1+v*v) {
					t.Errorf("tap %d at %d,%d is %v, want %v", u, y, x, got, v*v)
				}
			}
		}
	}
}
