package report

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/convkit/convkit/internal/train/numeric"
)

// Number is a figure that may be unknown or infinite. JSON has no number for those: NaN
// and ±Inf are written as null.
type Number float64

// MarshalJSON writes the shortest form.
func (n Number) MarshalJSON() ([]byte, error) {
	if !numeric.IsFinite(float64(n)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// String returns four digits, or a dash for NaN.
func (n Number) String() string {
	switch f := float64(n); {
	case math.IsNaN(f):
		return "-"
	case math.IsInf(f, 0):
		return "infinite"
	default:
		return strconv.FormatFloat(f, 'g', 4, 64)
	}
}
