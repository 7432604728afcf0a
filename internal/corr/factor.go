package corr

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/mat"
)

// factors are r pairs of a column and a row whose outer products sum to a
// kernel: K[u][v] = Σ_i cols[i][u] * rows[i][v].
type factors struct {
	cols, rows [][]float64
	// growth is Σ_i |cols[i][u]| |rows[i][v]| summed over all taps, relative to
	// Σ|K|: how much cancellation between the pairs amplifies rounding.
	growth float64
}

// rank is the number of pairs.
func (f factors) rank() int { return len(f.cols) }

// factor finds the pairs of a kh x kw matrix. A matrix of rank one of whole
// numbers, or of such over a power of two, gets factors that are as exact, so
// that whole images keep exact results; otherwise the pairs come from the singular
// value decomposition, or from crosses where that would take long, and as many
// are kept as it takes for the rest to be at most drop times the kernel's
// Frobenius norm. A large kernel with a rank beyond most is given up on.
func factor(taps []float64, kh, kw int, drop float64, most int) (factors, bool) {
	if f, ok := factorBinary(taps, kh, kw); ok {
		return f, true
	}
	if min(kh, kw) > crossFrom {
		return crosses(taps, kh, kw, drop, most)
	}
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(kh, kw, append([]float64(nil), taps...)), mat.SVDThin) {
		return factors{}, false
	}
	s := svd.Values(nil)
	limit := drop * norm(s)
	rank := len(s)
	for rank > 1 && norm(s[rank-1:]) <= limit {
		rank--
	}
	var u mat.Dense
	svd.UTo(&u)
	var f factors
	for i := range rank {
		f.add(mat.Col(nil, i, &u), s[i], taps, kw)
	}
	f.growth = growth(f, taps)
	return f, true
}

// add appends the pair of a singular vector c with its singular value s.
//
// The vectors are orthonormal to rounding, so that K = Σ c_i (c_i' K). The rows of
// the decomposition itself are not taken: the iteration stops when they are right
// to some hundred roundings.
func (f *factors) add(c []float64, s float64, taps []float64, kw int) {
	r := project(c, taps, kw)
	if half := math.Sqrt(s); half > 0 {
		scale(c, half)
		scale(r, 1/half)
	}
	f.cols, f.rows = append(f.cols, c), append(f.rows, r)
}

// factorBinary is factorWhole for whole numbers over a power of two, which it
// leaves in the rows: that product, too, is exact.
func factorBinary(taps []float64, kh, kw int) (factors, bool) {
	const most = 16
	power := 0
	for _, v := range taps {
		for v*math.Exp2(float64(power)) != math.Trunc(v*math.Exp2(float64(power))) {
			if power++; power > most {
				return factors{}, false
			}
		}
	}
	whole := append([]float64(nil), taps...)
	scale(whole, math.Exp2(float64(power)))
	f, ok := factorWhole(whole, kh, kw)
	if ok {
		scale(f.rows[0], math.Exp2(float64(-power)))
	}
	return f, ok
}

// project is c' K.
func project(c, taps []float64, kw int) []float64 {
	r := make([]float64, kw)
	for u, a := range c {
		for v := range r {
			r[v] += float64(a * taps[u*kw+v])
		}
	}
	return r
}

// factorWhole gives whole factors of a whole matrix of rank one: its primitive
// row (divided by the greatest common divisor) and the multiples of it.
func factorWhole(taps []float64, kh, kw int) (factors, bool) {
	if !allWhole(taps) {
		return factors{}, false
	}
	first := 0
	for first < len(taps) && taps[first] == 0 {
		first++
	}
	if first == len(taps) {
		return factors{}, false
	}
	row := append([]float64(nil), taps[first/kw*kw:][:kw]...)
	divisor := 0.0
	for _, v := range row {
		divisor = gcd(divisor, math.Abs(v))
	}
	for v := range row {
		row[v] /= divisor // exact, which multiplying with 1/divisor is not
	}
	lead := first % kw
	col := make([]float64, kh)
	for u := range col {
		col[u] = taps[u*kw+lead] / row[lead]
		for v, r := range row {
			if taps[u*kw+v] != col[u]*r {
				return factors{}, false
			}
		}
	}
	if !allWhole(col) || !allWhole(row) {
		return factors{}, false
	}
	return factors{cols: [][]float64{col}, rows: [][]float64{row}, growth: 1}, true
}

// allWhole reports whether all are whole numbers that float32 holds exactly.
func allWhole(s []float64) bool {
	for _, v := range s {
		if v != math.Trunc(v) || math.Abs(v) > 1<<24 {
			return false
		}
	}
	return true
}

func gcd(a, b float64) float64 {
	for b != 0 {
		a, b = b, math.Mod(a, b)
	}
	return a
}

func norm(s []float64) float64 {
	n := 0.0
	for _, v := range s {
		n = math.Hypot(n, v)
	}
	return n
}

func scale(s []float64, f float64) {
	for i := range s {
		s[i] *= f
	}
}

func growth(f factors, taps []float64) float64 {
	sum, all := 0.0, 0.0
	for _, t := range taps {
		all += math.Abs(t)
	}
	for i := range f.cols {
		c, r := 0.0, 0.0
		for _, v := range f.cols[i] {
			c += math.Abs(v)
		}
		for _, v := range f.rows[i] {
			r += math.Abs(v)
		}
		sum += float64(c * r)
	}
	return sum / all
}

// dropped is the part of a kernel's norm that factor may leave out in the
// arithmetic T: in float32 about what rounding the taps costs anyway, in
// float64 what the decomposition itself errs by.
func dropped[T tensor.Float]() float64 {
	if u := tensor.Roundoff[T](); u > 0x1p-53 {
		return 2 * u
	}
	return 8 * 0x1p-53
}
