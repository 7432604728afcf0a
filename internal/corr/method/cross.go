package method

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// crossFrom is the shorter side from which a kernel is taken apart by
	// crosses: the cost of a decomposition grows with the cube of the size.
	crossFrom = 64

	// crossMost is the most crosses that Auto looks for. Each looks at the whole
	// kernel once, and large kernels that are worth pairs of passes have few.
	crossMost = 128
)

// crosses finds the pairs of a large matrix of low rank r by adaptive cross
// approximation with full pivoting: the column and the row through the largest
// element of what is left are taken away from it, until next to nothing is
// left. That takes O(r kh kw) steps; false is the answer where the rank is
// beyond most.
//
// The crosses only choose the space: with Q an orthonormal basis of their
// columns and Q'K = U S V', the columns of QU are the singular vectors, and the
// pairs are, as those of factor, within a few roundings of K.
func crosses(taps []float64, kh, kw int, drop float64, most int) (Factors, bool) {
	at, whole := survey(taps)
	if exceeds(taps, kh, kw, drop*whole, most) {
		return Factors{}, false
	}
	left := append([]float64(nil), taps...)
	// Less than is dropped, so that the singular values decide, and no less than
	// the roundings that the taking away leaves.
	enough := max(drop/8, 4*0x1p-53) * whole
	var basis [][]float64
	rest := whole
	for rest > enough {
		if len(basis) == min(most, kh, kw) {
			return Factors{}, false
		}
		c := make([]float64, kh)
		row := append([]float64(nil), left[at/kw*kw:][:kw]...)
		pivot := row[at%kw]
		for u := range c {
			c[u] = left[u*kw+at%kw] / pivot
		}
		at, rest = takeAway(left, c, row)
		if orthonormal(c, basis) {
			basis = append(basis, c)
		}
	}
	if len(basis) == 0 {
		return Factors{Cols: [][]float64{make([]float64, kh)}, Rows: [][]float64{make([]float64, kw)}, growth: 1}, true
	}
	return compress(basis, rest, taps, kw, drop*whole)
}

// exceeds tells, of a matrix much larger than most, whether a part of it proves
// that no matrix of rank most is within limit of it in the Frobenius norm: then
// none is within limit of the part either, whose next singular value is at most
// that (Eckart and Young 1936). So kernels of full rank, as noise has, are given
// up on at once. The part is made of rows and columns spread evenly.
func exceeds(taps []float64, kh, kw int, limit float64, most int) bool {
	if most >= min(kh, kw)/3 {
		return false
	}
	side := most + most/4 + 2
	part := mat.NewDense(side, side, nil)
	for u := range side {
		for v := range side {
			part.Set(u, v, taps[u*(kh-1)/(side-1)*kw+v*(kw-1)/(side-1)])
		}
	}
	var svd mat.SVD
	// Singular values of the decomposition err by some roundings of the largest.
	return svd.Factorize(part, mat.SVDNone) && svd.Values(nil)[most] > 2*limit
}

// survey finds the place of the largest element, and the Frobenius norm.
func survey(m []float64) (at int, size float64) {
	for i, v := range m {
		if math.Abs(v) > math.Abs(m[at]) {
			at = i
		}
	}
	if m[at] == 0 {
		return at, 0
	}
	s := math.Abs(m[at])
	for _, v := range m {
		size += float64(v / s * (v / s))
	}
	return at, s * math.Sqrt(size)
}

// takeAway subtracts an outer product and surveys the rest.
func takeAway(m, c, row []float64) (at int, size float64) {
	largest := -1.0
	for u, a := range c {
		r := m[u*len(row):][:len(row)]
		for v, b := range row {
			r[v] -= float64(a * b)
			if e := math.Abs(r[v]); e > largest {
				largest, at = e, u*len(row)+v
			}
			size += float64(r[v] * r[v])
		}
	}
	return at, math.Sqrt(size)
}

// orthonormal takes from c what the basis holds, twice, which is enough (Giraud
// and others, Rounding error analysis of the classical Gram-Schmidt
// orthogonalization process, 2005), and makes the rest of length 1. It is false where
// nothing is left.
func orthonormal(c []float64, basis [][]float64) bool {
	for range 2 {
		for _, q := range basis {
			along := 0.0
			for i, v := range q {
				along += float64(v * c[i])
			}
			for i, v := range q {
				c[i] -= float64(along * v)
			}
		}
	}
	n := floats.Norm(c, 2)
	if n == 0 {
		return false
	}
	for i := range c {
		c[i] /= n
	}
	return true
}

// compress turns a basis of the columns into pairs, without those that may be
// dropped: they and the rest outside of the basis have at most the norm limit.
func compress(basis [][]float64, rest float64, taps []float64, kw int, limit float64) (Factors, bool) {
	var f Factors
	small := mat.NewDense(len(basis), kw, nil)
	for i, q := range basis {
		small.SetRow(i, project(q, taps, kw))
	}
	var svd mat.SVD
	if !svd.Factorize(small, mat.SVDThin) {
		return f, false
	}
	s := svd.Values(nil)
	rank := len(s)
	for rank > 1 && math.Hypot(rest, floats.Norm(s[rank-1:], 2)) <= limit {
		rank--
	}
	var u mat.Dense
	svd.UTo(&u)
	for i := range rank {
		c := make([]float64, len(basis[0]))
		for j, q := range basis {
			for y, v := range q {
				c[y] += float64(u.At(j, i) * v)
			}
		}
		f.add(c, s[i], taps, kw)
	}
	f.growth = growth(f, taps)
	return f, true
}
