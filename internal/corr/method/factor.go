package method

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Factors are r pairs of a column and a row whose outer products sum to a
// kernel: K[u][v] = Σ_i cols[i][u] * rows[i][v].
type Factors struct {
	Cols, Rows [][]float64
	// growth is Σ_i |cols[i][u]| |rows[i][v]| summed over all taps, relative to
	// Σ|K|: how much cancellation between the pairs amplifies rounding.
	growth float64
}

// rank is the number of pairs.
func (f Factors) Rank() int { return len(f.Cols) }

// Factor finds the pairs of a kh x kw matrix. A matrix of rank one of whole
// numbers, or of such over a power of two, gets factors that are as exact, so
// that whole images keep exact results; otherwise the pairs come from the singular
// value decomposition, or from crosses where that would take long, and as many
// are kept as it takes for the rest to be at most drop times the kernel's
// Frobenius norm. A large kernel with a rank beyond most is given up on.
func Factor(taps []float64, kh, kw int, drop float64, most int) (Factors, bool) {
	if f, ok := factorBinary(taps, kh, kw); ok {
		return f, true
	}
	if min(kh, kw) > crossFrom {
		return crosses(taps, kh, kw, drop, most)
	}
	var svd mat.SVD
	if !svd.Factorize(mat.NewDense(kh, kw, append([]float64(nil), taps...)), mat.SVDThin) {
		return Factors{}, false
	}
	s := svd.Values(nil)
	limit := drop * floats.Norm(s, 2)
	rank := len(s)
	for rank > 1 && floats.Norm(s[rank-1:], 2) <= limit {
		rank--
	}
	var u mat.Dense
	svd.UTo(&u)
	var f Factors
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
func (f *Factors) add(c []float64, s float64, taps []float64, kw int) {
	r := project(c, taps, kw)
	if half := math.Sqrt(s); half > 0 {
		floats.Scale(half, c)
		floats.Scale(1/half, r)
	}
	f.Cols, f.Rows = append(f.Cols, c), append(f.Rows, r)
}

// factorBinary is factorWhole for whole numbers over a power of two, which it
// leaves in the rows: that product, too, is exact.
func factorBinary(taps []float64, kh, kw int) (Factors, bool) {
	const most = 16
	power := 0
	for _, v := range taps {
		for v*math.Exp2(float64(power)) != math.Trunc(v*math.Exp2(float64(power))) {
			if power++; power > most {
				return Factors{}, false
			}
		}
	}
	whole := append([]float64(nil), taps...)
	floats.Scale(math.Exp2(float64(power)), whole)
	f, ok := factorWhole(whole, kh, kw)
	if ok {
		floats.Scale(math.Exp2(float64(-power)), f.Rows[0])
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
func factorWhole(taps []float64, kh, kw int) (Factors, bool) {
	if !tensor.AllWhole(taps) {
		return Factors{}, false
	}
	first := 0
	for first < len(taps) && taps[first] == 0 {
		first++
	}
	if first == len(taps) {
		return Factors{}, false
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
				return Factors{}, false
			}
		}
	}
	if !tensor.AllWhole(col) || !tensor.AllWhole(row) {
		return Factors{}, false
	}
	return Factors{Cols: [][]float64{col}, Rows: [][]float64{row}, growth: 1}, true
}

func gcd(a, b float64) float64 {
	for b != 0 {
		a, b = b, math.Mod(a, b)
	}
	return a
}

func growth(f Factors, taps []float64) float64 {
	sum, all := 0.0, 0.0
	for _, t := range taps {
		all += math.Abs(t)
	}
	for i := range f.Cols {
		c, r := 0.0, 0.0
		for _, v := range f.Cols[i] {
			c += math.Abs(v)
		}
		for _, v := range f.Rows[i] {
			r += math.Abs(v)
		}
		sum += float64(c * r)
	}
	return sum / all
}

// Dropped is the part of a kernel's norm that factor may leave out in the
// arithmetic T: in float32 about what rounding the taps costs anyway, in
// float64 what the decomposition itself errs by.
func Dropped[T tensor.Float]() float64 {
	if u := tensor.Roundoff[T](); u > 0x1p-53 {
		return 2 * u
	}
	return 8 * 0x1p-53
}
