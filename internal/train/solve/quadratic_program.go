package solve

import (
	"errors"
	"math"

	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// quadraticProgram is the problem
//
//	min (z−z0)ᵀ H (z−z0) − 2 gᵀ(z−z0)    with aᵀz = sum, and z[i] >= 0 for i < bounded
//
// of n unknowns. H is positive semidefinite; a nil means that there is no sum. Of
// several best z it takes the one nearest to z0 that fixes no more unknowns at zero
// than needed.
type quadraticProgram struct {
	n       int
	h, g    []float64
	z0      []float64
	a       []float64
	sum     float64
	bounded int
}

// errNoProgress says that the choice of the unknowns at zero does not converge.
var errNoProgress = errors.New("the fit with nonnegative taps does not converge: give a small --ridge")

// solve finds the free unknowns by block principal pivoting (Júdice and Pires, 1994;
// Kim and Park, 2011). All unknowns with the wrong sign change sides at once. If that
// does not lessen their number, only the last one does, which ends after finitely many
// steps.
func (p *quadraticProgram) solve() ([]float64, error) {
	free := make([]bool, p.n)
	for i := range free {
		free[i] = true
	}
	least, patience := p.n+1, 3
	for range 20*p.n + 20 {
		z, slope := p.fix(free)
		if z == nil {
			// No unknown is left that could make up the sum: free the largest.
			free[p.largest()] = true
			continue
		}
		wrong := p.wrong(free, z, slope)
		switch {
		case len(wrong) == 0:
			for i, v := range z[:p.bounded] {
				z[i] = math.Max(0, v) // below by rounding alone
			}
			return z, nil
		case len(wrong) < least:
			least, patience = len(wrong), 3
		case patience > 0:
			patience--
		default:
			wrong = wrong[len(wrong)-1:]
		}
		for _, i := range wrong {
			free[i] = !free[i]
		}
	}
	return nil, errNoProgress
}

// signTolerance is the share of the largest value by which rounding alone may bring a
// tap or a slope below zero.
const signTolerance = 1e-13

// wrong returns the free unknowns below zero, and the fixed ones that should rise.
func (p *quadraticProgram) wrong(free []bool, z, slope []float64) []int {
	zMax, sMax := 0.0, 0.0
	for i := range z {
		zMax = math.Max(zMax, math.Abs(z[i]))
		sMax = math.Max(sMax, math.Abs(p.g[i])+p.h[i*p.n+i]*math.Abs(p.z0[i]))
	}
	var list []int
	for i := range p.bounded {
		if free[i] && z[i] < -signTolerance*zMax || !free[i] && slope[i] > signTolerance*sMax {
			list = append(list, i)
		}
	}
	return list
}

// largest returns the bounded unknown with the largest share in the sum.
func (p *quadraticProgram) largest() int {
	best := 0
	for i := range p.bounded {
		if p.g[i]/p.h[i*(p.n+1)] > p.g[best]/p.h[best*(p.n+1)] {
			best = i
		}
	}
	return best
}

// fix solves for the free unknowns, with the others at zero. It returns the remaining
// slope, g − H(z−z0) less the part of the sum's multiplier. z is nil if the sum cannot
// be met.
func (p *quadraticProgram) fix(free []bool) (z, slope []float64) {
	var index []int
	z = make([]float64, p.n)
	for i, f := range free {
		if f {
			index = append(index, i)
			z[i] = p.z0[i]
		}
	}
	slope = p.slope(z)
	m := len(index)
	h, g, a := make([]float64, m*m), make([]float64, m), make([]float64, m)
	for i, x := range index {
		g[i] = slope[x]
		for j, y := range index {
			h[i*m+j] = p.h[x*p.n+y]
		}
		if p.a != nil {
			a[i] = p.a[x]
		}
	}
	if p.a == nil {
		d := solveSymmetric(m, h, g, 0)
		for i, x := range index {
			z[x] += d[i]
		}
		return z, p.slope(z)
	}
	aa := numeric.Dot(a, a)
	if aa == 0 {
		return nil, nil
	}
	d := solveWithSum(m, h, g, a, p.sum-numeric.Dot(p.a, z))
	for i, x := range index {
		z[x] += d[i]
	}
	slope = p.slope(z)
	multiplier := 0.0
	for i, x := range index {
		multiplier += slope[x] * a[i] / aa
	}
	for i, v := range p.a {
		slope[i] -= multiplier * v
	}
	return z, slope
}

// slope returns g − H(z−z0).
func (p *quadraticProgram) slope(z []float64) []float64 {
	d := make([]float64, p.n)
	for i := range d {
		d[i] = z[i] - p.z0[i]
	}
	s := make([]float64, p.n)
	for i := range s {
		s[i] = p.g[i] - numeric.Dot(p.h[i*p.n:(i+1)*p.n], d)
	}
	return s
}

// solveSymmetric returns the shortest x with the least |H x − g|. H has the rounding
// of numbers as large as large.
func solveSymmetric(n int, h, g []float64, large float64) []float64 {
	if n == 0 {
		return nil
	}
	noisy := false
	for i := range n {
		noisy = noisy || h[i*n+i] <= 16*normal.RankTolerance*float64(n)*large
	}
	if f := normal.NewCholesky(n, h); f != nil && !noisy {
		return f.Solve(g)
	}
	return normal.Decompose(n, h, large).Solve(g)
}

// solveWithSum minimises xᵀHx − 2gᵀx under aᵀx = rest, with a not zero. The reflection Q
// that turns a to the first axis leaves n−1 unknowns free: with y = Qx, y[0] = rest/|a|,
// and the others are solved for.
func solveWithSum(n int, h, g, a []float64, rest float64) []float64 {
	length := math.Sqrt(numeric.Dot(a, a))
	v := append([]float64(nil), a...)
	v[0] += math.Copysign(length, a[0])
	vv := numeric.Dot(v, v)
	reflect := func(x []float64) { // Q = 1 − 2vvᵀ/vᵀv is its own inverse
		f := 2 * numeric.Dot(v, x) / vv
		for i := range x {
			x[i] -= f * v[i]
		}
	}
	q := append([]float64(nil), h...)
	for i := range n {
		reflect(q[i*n : (i+1)*n])
	}
	column := make([]float64, n)
	for j := range n {
		for i := range n {
			column[i] = q[i*n+j]
		}
		reflect(column)
		for i := range n {
			q[i*n+j] = column[i]
		}
	}
	y := append([]float64(nil), g...)
	reflect(y)
	first := -math.Copysign(1, a[0]) * rest / length // Q a = −sign(a[0]) |a| e₀
	inner, right := make([]float64, (n-1)*(n-1)), make([]float64, n-1)
	for i := 1; i < n; i++ {
		right[i-1] = y[i] - q[i*n]*first
		for j := 1; j < n; j++ {
			inner[(i-1)*(n-1)+j-1] = (q[i*n+j] + q[j*n+i]) / 2
		}
	}
	large := 0.0
	for i := range n {
		large += h[i*n+i]
	}
	x := append([]float64{first}, solveSymmetric(n-1, inner, right, large)...)
	reflect(x)
	return x
}
