package text

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestShortest: a number is written with the fewest characters of those that
// strconv offers, in its usual and in its plain form, and reads back.
func TestShortest(t *testing.T) {
	for want, v := range map[string]float64{
		"37052337446.09598": 3.705233744609598e+10, "-1234567.5": -1234567.5, "1e+15": 1e15, "1.5e+15": 1.5e15, "0.0001": 1e-4, "1e-05": 1e-5,
		"1234567890123456": 1234567890123456, "-1234567890123456": -1234567890123456, "1e+100": 1e100, "1.7976931348623157e+308": math.MaxFloat64,
		"12345678901234567000": 12345678901234567000, "1.2345678901234568e+22": 1.2345678901234568e22,
	} {
		if got := string(AppendNumber([]byte("x"), v, -1)); got != "x"+want {
			t.Errorf("%v: got %s, want %s", v, got[1:], want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1, 1).Draw(t, "v") * math.Pow(10, float64(rapid.IntRange(-8, 30).Draw(t, "power")))
		got := string(AppendNumber(nil, v, -1))
		if back, err := strconv.ParseFloat(got, 64); err != nil || back != v {
			t.Fatalf("%v: %s reads back as %v, %v", v, got, back, err)
		}
		single := float32(v)
		one := string(AppendNumber(nil, single, -1))
		if back, err := strconv.ParseFloat(one, 32); err != nil || float32(back) != single {
			t.Fatalf("%v: %s reads back as %v, %v", single, one, back, err)
		}
		for _, c := range []struct {
			text string
			v    float64
			bits int
		}{{got, v, 64}, {one, float64(single), 32}} {
			if math.Abs(c.v) < 1 {
				continue
			}
			if plain := strconv.FormatFloat(c.v, 'f', -1, c.bits); len(plain) < len(c.text) {
				t.Fatalf("%s is longer than %s", c.text, plain)
			}
		}
	})
}
