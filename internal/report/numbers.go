package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// notation says how the numbers of one matrix are written.
type notation struct {
	exponent int // of the power of ten that is taken out
	decimals int // below 0: whole numbers
}

// notationOf gives the largest number three digits, and all the same decimals. Whole
// numbers stay as they are. Where all are very large or small, a power of ten is taken
// out.
func notationOf(list []float64) notation {
	top, whole := 0.0, true
	for _, v := range list {
		if v-v == 0 {
			top = max(top, math.Abs(v))
			whole = whole && v == math.Trunc(v)
		}
	}
	if whole && top < 1e5 {
		return notation{decimals: -1}
	}
	e := int(math.Floor(math.Log10(top)))
	if e < -2 || e > 3 {
		return notation{exponent: e, decimals: 2}
	}
	return notation{decimals: max(0, 2-e)}
}

// unit names the power of ten; "" for none.
func (n notation) unit() string {
	if n.exponent == 0 {
		return ""
	}
	return fmt.Sprintf(" (times 10^%d)", n.exponent)
}

// number writes a number.
func (n notation) number(v float64) string {
	if v == 0 {
		return "0"
	}
	text := strconv.FormatFloat(v/math.Pow10(n.exponent), 'f', n.decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-") // rounded to 0
	}
	return text
}

// err writes a standard error with two digits.
func (n notation) err(e float64) string {
	if e-e != 0 {
		return "±?"
	}
	return "±" + strconv.FormatFloat(e/math.Pow10(n.exponent), 'g', 2, 64)
}
