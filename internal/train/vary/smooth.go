package vary

import (
	"math"

	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// roughlySettled is the share of the largest tap below which steps are short enough
	// for the smoothness to be chosen.
	roughlySettled = 1e-3
	// evidenceSteps are enough for the weight of a penalty, which settles linearly.
	evidenceSteps = 100
	// noRoughness is the ratio of the prior to the images, in the direction in which it is
	// weakest, beyond which nothing but the mean of the taps is left of a term.
	noRoughness = 1e3
	// singularShare of the largest diagonal entry of G makes it regular.
	singularShare = 1e-10
)

// chooseSmoothness finds the weight of the penalty Σ(Δk)² for each term, from the
// unpenalised taps k with residuals of the variance σ².
//
// With the prior K_p ~ N(0, (α_p R)⁻¹) and R the matrix of the penalty, the marginal
// likelihood of the images is largest at α = γ/kᵀRk, with γ the number of combinations of
// taps that the images determine better than the prior (MacKay, Neural Computation 4, 1992,
// page 415). The terms are taken one by one, and the block of G of each as that of the
// first times a factor: the polynomials are nearly orthogonal. Only the weights depend on
// that. The fit that follows has all of G.
func (f *fit) chooseSmoothness(k []float64, sigma2 float64) {
	taps := f.layout.Taps()
	r := solve.Penalty(f.layout, solve.Constraints{Smooth: 1})
	e := f.newEvidence(r)
	f.smooth = make([]float64, len(f.orders))
	if e == nil || !(sigma2 > 0) {
		return
	}
	first := f.trace(0)
	for p := range f.orders {
		if precision := f.trace(p) / first / sigma2; precision > 0 {
			f.smooth[p] = sigma2 * e.weight(k[p*taps:(p+1)*taps], precision)
		}
	}
}

// trace returns that of the block of G of term p.
func (f *fit) trace(p int) (sum float64) {
	taps := f.layout.Taps()
	for u := p * taps; u < (p+1)*taps; u++ {
		sum += f.raw[u*(f.unknowns+1)]
	}
	return sum
}

// evidence has the coordinates in which G of the first term is the unit matrix, and the
// matrix of the penalty is diagonal.
type evidence struct {
	to      mat.Dense // from taps to coordinates
	penalty []float64
}

func (f *fit) newEvidence(r []float64) *evidence {
	taps := f.layout.Taps()
	g, most := mat.NewSymDense(taps, nil), 0.0
	for u := range taps {
		most = max(most, f.raw[u*(f.unknowns+1)])
	}
	for u := range taps {
		for v := u; v < taps; v++ {
			g.SetSym(u, v, f.raw[u*f.unknowns+v])
		}
		g.SetSym(u, u, g.At(u, u)+singularShare*most)
	}
	var c mat.Cholesky
	if !c.Factorize(g) {
		return nil
	}
	var l mat.TriDense
	c.LTo(&l)
	var half, whole mat.Dense // L⁻¹ R L⁻ᵀ
	if half.Solve(&l, mat.NewDense(taps, taps, r)) != nil || whole.Solve(&l, half.T()) != nil {
		return nil
	}
	s := mat.NewSymDense(taps, nil)
	for u := range taps {
		for v := u; v < taps; v++ {
			s.SetSym(u, v, (whole.At(u, v)+whole.At(v, u))/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(s, true) {
		return nil
	}
	e := &evidence{penalty: eigen.Values(nil)}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	e.to.Mul(vectors.T(), l.T())
	return e
}

// weight returns α of a term with unpenalised taps k. precision is what its G/σ² is in
// these coordinates.
func (e *evidence) weight(k []float64, precision float64) float64 {
	var y mat.VecDense
	y.MulVec(&e.to, mat.NewVecDense(len(k), k))
	alpha, most, least := 0.0, floats.Max(e.penalty), math.Inf(1)
	for _, r := range e.penalty {
		if r > 1e-12*most {
			least = min(least, r)
		}
	}
	for range evidenceSteps {
		determined, size := 0.0, 0.0
		for i, r := range e.penalty {
			if r <= 1e-12*most { // the mean of the taps is not penalised
				continue
			}
			kept := precision / (precision + alpha*r)
			v := kept * y.AtVec(i)
			determined += kept
			size += r * v * v
		}
		next := determined / size
		if next != next { // a single tap has no roughness
			return 0
		}
		if next >= noRoughness*precision/least {
			return noRoughness * precision / least
		}
		if math.Abs(next-alpha) <= 1e-6*next {
			return next
		}
		alpha = next
	}
	return alpha
}

// smoothen chooses the smoothness at unknowns k, and factorises G with its penalty.
func (f *fit) smoothen(k []float64, s *sums) error {
	f.pending = false
	f.chooseSmoothness(k, f.variance(s))
	if floats.Max(f.smooth) == 0 {
		f.smooth = nil
		return nil
	}
	taps := f.layout.Taps()
	r := solve.Penalty(f.layout, solve.Constraints{Smooth: 1})
	f.penalties = make([][]float64, len(f.orders))
	for p, v := range f.smooth {
		f.penalties[p] = make([]float64, taps*taps)
		floats.AddScaled(f.penalties[p], v, r)
		if f.base != nil {
			floats.Add(f.penalties[p], f.base)
		}
	}
	return f.factor()
}

// variance returns σ², by which the covariance of the unknowns exceeds G⁻¹.
func (f *fit) variance(s *sums) float64 {
	if f.spec.Robust != robust.None {
		mean := s.slope / float64(max(1, s.counts.Used))
		return s.square / float64(max(1, s.counts.Used-f.unknowns)) / (mean * mean)
	}
	sigma2 := s.loss / float64(max(1, s.moments.Count-f.unknowns))
	if f.spec.Absolute {
		sigma2 = max(1, sigma2)
	}
	return sigma2
}

// factor factorises G with its penalties.
func (f *fit) factor() error {
	n := f.unknowns
	m := append([]float64(nil), f.raw...)
	most := 0.0
	for i := range n {
		most = max(most, m[i*n+i])
	}
	f.open = false
	f.addPenalty(m)
	f.project(m, most)
	for ridge := 0.0; ; ridge = max(100*ridge, 1e-10*most) {
		for i := range n {
			m[i*n+i] += ridge
		}
		if f.metric = normal.NewCholesky(n, m); f.metric != nil {
			return nil
		}
		if f.open = true; !(ridge < most) {
			return errNotFinite
		}
	}
}
