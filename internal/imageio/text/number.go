package text

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unsafe"

	"github.com/convkit/convkit/internal/tensor"
)

// powers of ten that float64 holds exactly
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// quickNumber reads a decimal number whose value is one exactly rounded
// multiplication or division away: up to 2^53 as digits, times or over a power
// of ten that is exact (Clinger 1990). It returns the number of bytes used, 0
// where the word needs parseWord.
func QuickNumber(b []byte) (float64, int) {
	i := 0
	neg := false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		neg = b[i] == '-'
		i++
	}
	mantissa, digits, point := uint64(0), 0, -1
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c <= 9 {
			mantissa = mantissa*10 + uint64(c)
			digits++
		} else if b[i] == '.' && point < 0 {
			point = digits
		} else {
			break
		}
	}
	if digits == 0 || digits > 19 || mantissa > 1<<53 {
		return 0, 0
	}
	exp := 0
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		n := 0
		if exp, n = exponent(b[i+1:]); n == 0 {
			return 0, 0
		}
		i += 1 + n
	}
	if point >= 0 {
		exp -= digits - point
	}
	v := float64(mantissa)
	switch {
	case exp == 0:
	case exp > 0 && exp <= 22:
		v *= pow10[exp]
	case exp < 0 && exp >= -22:
		v /= pow10[-exp]
	default:
		return 0, 0
	}
	if neg {
		v = -v
	}
	return v, i
}

// exponent reads a sign and one to three digits.
func exponent(b []byte) (exp, n int) {
	sign := 1
	if n < len(b) && (b[n] == '-' || b[n] == '+') {
		if b[n] == '-' {
			sign = -1
		}
		n++
	}
	start := n
	for n < len(b) && n-start < 3 && b[n]-'0' <= 9 {
		exp = exp*10 + int(b[n]-'0')
		n++
	}
	if n == start || n < len(b) && b[n]-'0' <= 9 {
		return 0, 0
	}
	return sign * exp, n
}

// parseWord reads any number that strconv knows, among them nan and inf in
// their usual spellings.
func ParseWord(b []byte) (float64, error) {
	if len(b) == 0 {
		return 0, errors.New("a number is missing here (write nan for a missing value)")
	}
	v, err := strconv.ParseFloat(unsafe.String(&b[0], len(b)), 64)
	if err != nil {
		word := string(b[:min(len(b), 40)])
		if errors.Is(err, strconv.ErrRange) {
			return 0, fmt.Errorf("%q is beyond the range of a float64", word)
		}
		return 0, fmt.Errorf("%q is not a number", word)
	}
	return v, nil
}

// AppendNumber writes v in the shortest form that reads back to the same T,
// or with so many decimals where digits is not negative. -0 is written 0.
func AppendNumber[T tensor.Float](b []byte, v T, digits int) []byte {
	f := float64(v)
	switch {
	case f != f:
		return append(b, "NaN"...)
	case f > math.MaxFloat64:
		return append(b, "Inf"...)
	case f < -math.MaxFloat64:
		return append(b, "-Inf"...)
	}
	if digits >= 0 {
		start := len(b)
		return unsignedZero(strconv.AppendFloat(b, f, 'f', digits, 64), start)
	}
	if i := int64(f); float64(i) == f && i > -1e15 && i < 1e15 {
		return strconv.AppendInt(b, i, 10)
	}
	start := len(b)
	return withoutExponent(strconv.AppendFloat(b, f, 'g', -1, int(unsafe.Sizeof(v))*8), start)
}

// withoutExponent writes the number in b[start:] without a positive exponent where
// that is shorter: 3.705233744609598e+10 becomes 37052337446.09598. strconv takes
// an exponent from a million on.
func withoutExponent(b []byte, start int) []byte {
	e := len(b) - 4 // numbers from 1e100 on are shorter with it
	if e <= start || b[e] != 'e' || b[e+1] != '+' {
		return b
	}
	exponent := int(b[e+2]-'0')*10 + int(b[e+3]-'0')
	dot := start + 1
	if b[start] == '-' {
		dot++
	}
	fraction := max(e-dot-1, 0)
	if dot+exponent >= len(b) && exponent >= fraction {
		return b
	}
	if fraction > 0 {
		copy(b[dot:], b[dot+1:e])
	}
	end := dot + fraction
	for b = b[:end]; fraction < exponent; fraction++ {
		b = append(b, '0')
	}
	if fraction > exponent {
		b = append(b, 0)
		copy(b[dot+exponent+1:], b[dot+exponent:])
		b[dot+exponent] = '.'
	}
	return b
}

// unsignedZero takes the sign off b[start:] where all digits are zero.
func unsignedZero(b []byte, start int) []byte {
	if b[start] != '-' {
		return b
	}
	for _, c := range b[start+1:] {
		if c != '0' && c != '.' {
			return b
		}
	}
	return append(b[:start], b[start+1:]...)
}
