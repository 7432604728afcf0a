package train

import "math"

// The covariance of the least-squares taps is σ² M G Mᵀ, with σ² = Σr²/(N − p)
// for N outputs and p unknowns that the data determines, and M the matrix that
// leads from c to the taps: G⁻¹ for a plain fit, so that it is σ²G⁻¹ (Draper and
// Smith, Applied Regression Analysis, section 5.2). A shape replaces M by the
// one of the unknowns that it leaves free; the taps that it drew towards zero
// are off by that as well, which no error tells.
//
// A tap that the shape holds at a value of its own, as --nonnegative holds at zero
// those that would be below, has no error: the data does not move it. The errors
// of the others are those of a fit without it, as if it were known to be that
// value: where it is not, the others are off by their share of that as well, which
// no error tells.
//
// The errors of the outputs are taken to be independent of each other and of one
// variance.

// What arithmetic alone leaves uncertain, in units in the last place: of the
// largest tap, and of the outputs, which somebody computed and rounded. They are
// the error where the output is exact; the taps feel that of the outputs where the
// images tell some of them apart badly.
const (
	roundingOfTaps    = 4
	roundingOfOutputs = 4
)

// standardErrors are those of the unknowns at w, by output channel. +Inf marks
// what the data does not determine, NaN what is held.
func standardErrors(s *Statistics, r Result, shape Shape) ([][]float64, error) {
	var list [][]float64
	for i := range s.systems {
		sys := &s.systems[i]
		variances, rank, err := variances(s, sys, shape, r, len(list))
		if err != nil {
			return nil, err
		}
		for k := range sys.outputs {
			w := r.weights[len(list)]
			sigma2 := variance(s, sys, k, w, rank, r)
			rounding := 0.0
			for _, v := range w {
				rounding = math.Max(rounding, math.Abs(v))
			}
			rounding *= roundingOfTaps * 0x1p-53
			se := make([]float64, sys.n)
			for j := range se {
				se[j] = math.Sqrt(sigma2*variances[k][j] + rounding*rounding)
			}
			list = append(list, se)
		}
	}
	return list, nil
}

// variance is σ² of one output: Inf where there are no more outputs than
// unknowns.
func variance(s *Statistics, sys *system, k int, w []float64, rank int, r Result) float64 {
	o := &sys.outputs[k]
	if f := r.Robust; f != nil {
		if f.bread != nil { // what r varies is in the products of in
			return float64(o.y.n) / math.Max(1, float64(o.y.n-rank))
		}
		return f.variance
	}
	free := o.y.n - rank
	if free < 1 {
		return math.Inf(1)
	}
	_, loss := sys.about(k, w)
	u := roundingOfOutputs * 0x1p-53
	return max(loss, u*u*o.y.energy()) / float64(free)
}

// variances are the diagonals of M G Mᵀ for every output of a system, the first
// of which is output channel c, with +Inf for what is not determined and NaN for
// what is held, and the number of unknowns that are free.
func variances(s *Statistics, sys *system, shape Shape, r Result, c int) (diagonals [][]float64, rank int, err error) {
	inner := sys
	if f := r.Robust; f != nil && f.bread != nil {
		i, _ := s.layout.place(c)
		sys, inner = &f.bread.systems[i], &f.in.systems[i]
	} else if shape.None() {
		diagonal := sys.inverseDiagonal()
		for range sys.outputs {
			diagonals = append(diagonals, diagonal)
		}
		return diagonals, sys.rank(), nil
	}
	sys, inner = sys.inShift(), inner.inShift()
	q := newQuadratic(s.layout, sys, shape)
	for k := range sys.outputs {
		f := q.influence(r.weights[c+k], shape)
		if f.m == nil {
			return nil, 0, errNoProgress
		}
		rank = max(rank, f.rank)
		diagonal := sandwich(inner, q, f.rows(inner, q))
		f.mark(diagonal, inner, q)
		diagonals = append(diagonals, diagonal)
	}
	return diagonals, rank, nil
}

// inverseDiagonal is the diagonal of G⁻¹; of the pseudo-inverse where G is
// singular, with +Inf for the unknowns that the data does not determine.
func (s *system) inverseDiagonal() []float64 {
	if c := s.factor(); c != nil {
		return c.inverseDiagonal()
	}
	d, e := make([]float64, s.n), s.spectrum()
	unseen := e.unseen()
	for j := range d {
		if unseen[j] > unseenShare {
			d[j] = math.Inf(1)
			continue
		}
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			if e.lambda[i] > 0 {
				d[j] += v * v / e.lambda[i]
			}
		}
	}
	return d
}

// unseenShare is the part of an unknown that may lie in directions the data does
// not see, by rounding.
const unseenShare = 1e-9

// unseen is, for each unknown, the part of it (0 to 1) that the data does not
// see.
func (e *spectrum) unseen() []float64 {
	u := make([]float64, e.n)
	for j := range u {
		for i, v := range e.v[j*e.n : (j+1)*e.n] {
			if e.lambda[i] == 0 {
				u[j] += v * v
			}
		}
	}
	return u
}
