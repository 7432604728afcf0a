package vary

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// settled is the share of the largest tap below which no tap moves any more.
	settled = 1e-10
	// settledRobust is that of robust fits, whose steps are slower.
	settledRobust = 1e-9
	// maxReadings bounds the readings of a fit.
	maxReadings = 60
	// huberReadings is the number of steps before Tukey's estimate takes Huber's place,
	// and scaleReadings that after which σ is fixed.
	huberReadings, scaleReadings = 6, 30
	// slowStep is the ratio of a step to the one before above which rounding, or a
	// matrix that is off, keeps the fit moving.
	slowStep = 0.95
	// enoughOutputs for each unknown must remain for saturated outputs, and those that see
	// saturated pixels of X, to be excluded.
	enoughOutputs = 4
)

// Fit returns the kernel of a pair.
//
// Plain fits take conjugate gradients with the metric as preconditioner: the exact matrix
// gives the answer at once, means over cells in a few readings. A robust fit steps by
// δ = M⁻¹ Σ √w ψ a. M is more than the slope of that gradient, since ψ' <= 1, so that
// steps descend (Huber, Robust Statistics, 1981, section 7.8).
//
// Saturated outputs are excluded, unless too few others remain.
//
// progress, which may be nil, is called after some bands of each reading.
func Fit(ctx context.Context, pair train.Pair, s Spec, progress func(done, total int)) (*Result, error) {
	f, err := newFit(pair, s, progress)
	if err != nil {
		return nil, err
	}
	again := func(c train.Counts) bool {
		if c.Used >= enoughOutputs*f.unknowns {
			return false
		}
		if seen := c.SeeExcluded > 0 && pair.XLimit != nil; seen || c.Saturated > 0 {
			pair.XLimit, pair.Range = nil, nil
			return true
		}
		return false
	}
	err = f.factorise(ctx, f.sumMetric)
	var none *train.NoWindowsError
	if errors.As(err, &none) && again(none.Counts) {
		return Fit(ctx, pair, s, progress)
	}
	if err != nil {
		return nil, err
	}
	k, last, moved, err := f.converge(ctx)
	if err != nil {
		return nil, err
	}
	if again(last.counts) {
		return Fit(ctx, pair, s, progress)
	}
	return f.result(k, last, moved), nil
}

// factorise sums G and factorises it.
func (f *fit) factorise(ctx context.Context, sum func(context.Context) error) error {
	if err := sum(ctx); err != nil {
		return err
	}
	if f.base = solve.Penalty(f.layout, solve.Constraints{Ridge: f.spec.Ridge, Smooth: f.spec.Smooth}); f.base != nil {
		f.penalties = slices.Repeat([][]float64{f.base}, len(f.orders))
	}
	for i := range f.unknowns {
		if f.raw[i*(f.unknowns+1)] > 0 {
			return f.factor()
		}
	}
	counts, err := f.read(ctx, make([]float64, f.unknowns), estimator{})
	if err != nil {
		return err
	}
	if counts.counts.Used == 0 {
		return &train.NoWindowsError{Counts: counts.counts}
	}
	return fmt.Errorf("all windows of X that count are zero: no kernel follows from them")
}

// errNotFinite says that G is not finite.
var errNotFinite = errors.New("the normal equations are not finite: scale the images")

// addPenalty adds the penalty on the taps of each term.
func (f *fit) addPenalty(m []float64) {
	taps, n := f.layout.Taps(), f.unknowns
	for p, penalty := range f.penalties {
		for u := range taps {
			floats.Add(m[(p*taps+u)*n+p*taps:][:taps], penalty[u*taps:(u+1)*taps])
		}
	}
}

// fixed reports whether the sum of the taps of term p does not change: the first is the
// mean over the field, which is free.
func (f *fit) fixed(p int) bool { return f.spec.ConstantSum && p > 0 }

// flatten takes the mean off the taps of the terms whose sum is fixed: it is the
// projection Q on what is free.
func (f *fit) flatten(v []float64) {
	taps := f.layout.Taps()
	for p := range f.orders {
		if f.fixed(p) {
			part := v[p*taps : (p+1)*taps]
			floats.AddConst(-numeric.Sum(part)/float64(taps), part)
		}
	}
}

// project turns M into Q M Q + along (1 − Q), which is regular.
func (f *fit) project(m []float64, along float64) {
	if !f.spec.ConstantSum {
		return
	}
	taps, n := f.layout.Taps(), f.unknowns
	for i := range n {
		f.flatten(m[i*n : (i+1)*n])
	}
	column := make([]float64, n)
	for j := range n {
		for i := range n {
			column[i] = m[i*n+j]
		}
		f.flatten(column)
		for i := range n {
			m[i*n+j] = column[i]
		}
	}
	for p := range f.orders {
		if !f.fixed(p) {
			continue
		}
		for u := range taps {
			floats.AddConst(along/float64(taps), m[(p*taps+u)*n+p*taps:][:taps])
		}
	}
}

// converge reads the images until no tap moves.
func (f *fit) converge(ctx context.Context) (k []float64, s *sums, moved float64, err error) {
	if f.spec.Robust != robust.None {
		return f.descend(ctx)
	}
	k = make([]float64, f.unknowns)
	last := math.Inf(1)
	for {
		if s, err = f.read(ctx, k, estimator{}); err != nil {
			return nil, nil, 0, err
		}
		g := f.pull(k, s.gradient)
		moved = f.moves(k, g)
		if f.pending && f.ready(moved, last) {
			if err := f.smoothen(k, s); err != nil {
				return nil, nil, 0, err
			}
			last = math.Inf(1)
			if err := f.conjugate(ctx, k, f.pull(k, s.gradient)); err != nil {
				return nil, nil, 0, err
			}
			continue
		}
		if moved <= f.settled(settled) || moved >= slowStep*last || f.readings >= maxReadings {
			return k, s, moved, nil
		}
		last = moved
		if err := f.conjugate(ctx, k, g); err != nil {
			return nil, nil, 0, err
		}
	}
}

// conjugate moves k, where the gradient is g, by conjugate gradients, with the metric as
// their preconditioner (Hestenes and Stiefel, 1952). Each step reads the images once.
func (f *fit) conjugate(ctx context.Context, k, g []float64) error {
	z := f.solve(g)
	p, size := z, numeric.Dot(g, z)
	for size > 0 && f.readings < maxReadings {
		at := append([]float64(nil), k...)
		floats.Add(at, p)
		s, err := f.read(ctx, at, estimator{})
		if err != nil {
			return err
		}
		ap := append([]float64(nil), g...) // what the gradient lost
		floats.Sub(ap, f.pull(at, s.gradient))
		curvature := numeric.Dot(p, ap)
		if !(curvature > 0) {
			return nil
		}
		floats.AddScaled(k, size/curvature, p)
		floats.AddScaled(g, -size/curvature, ap)
		z = f.solve(g)
		if largest(z) <= f.settled(settled)*largest(k) {
			return nil
		}
		next := numeric.Dot(g, z)
		p = append([]float64(nil), p...)
		floats.Scale(next/size, p)
		floats.Add(p, z)
		size = next
	}
	return nil
}

// ready reports whether the smoothness can be chosen: after a step of that share, and one
// of the share last before it.
func (f *fit) ready(moved, last float64) bool {
	return moved <= roughlySettled || moved >= slowStep*last || f.readings >= maxReadings/2
}

// settled returns the share below which no tap moves any more.
func (f *fit) settled(otherwise float64) float64 {
	if f.pending { // the smoothness is chosen first
		return roughlySettled
	}
	if f.spec.Settled > 0 {
		return f.spec.Settled
	}
	return otherwise
}

// moves is the share of the largest tap by which the metric would move a tap.
func (f *fit) moves(k, g []float64) float64 {
	d := f.solve(g)
	return largest(d) / max(largest(k), largest(d), math.SmallestNonzeroFloat64)
}

// descend is converge for robust fits.
func (f *fit) descend(ctx context.Context) (k []float64, s *sums, moved float64, err error) {
	k = make([]float64, f.unknowns)
	e, last, slow := estimator{kind: robust.Huber}, math.Inf(1), 0
	for step := 1; ; step++ {
		if s, err = f.read(ctx, k, e); err != nil {
			return nil, nil, 0, err
		}
		if step <= scaleReadings {
			e.sigma = scaleOf(s.sizes)
		}
		if step == huberReadings {
			e.kind = f.spec.Robust
		}
		g := f.pull(k, s.gradient)
		if moved = f.moves(k, g); moved < slowStep*last || step <= huberReadings+2 {
			slow = 0
		} else {
			slow++
		}
		if f.pending && step > huberReadings && f.ready(moved, math.Inf(1)) {
			if err := f.smoothen(k, s); err != nil {
				return nil, nil, 0, err
			}
			g = f.pull(k, s.gradient)
			moved = f.moves(k, g)
		}
		if step > huberReadings+2 && moved <= f.settled(settledRobust) || slow >= 3 || step >= maxReadings {
			return k, s, moved, nil
		}
		last = moved
		floats.AddScaled(k, f.stride(s, e, slow), f.solve(g))
	}
}

// stride is the factor of a robust step: one over the mean of ψ', as in Newton's method,
// as long as steps shrink. A step of one is always safe.
func (f *fit) stride(s *sums, e estimator, slow int) float64 {
	mean := s.slope / float64(max(1, s.counts.Used))
	if e.kind == robust.None || slow > 0 || !(mean >= leastSlope) {
		return 1
	}
	return 1 / mean
}

// leastSlope is the mean of ψ' from which steps are lengthened. Normal residuals have
// 0.76 or more.
const leastSlope = 0.6

// pull is the gradient less that of the penalty, along what is free.
func (f *fit) pull(k, gradient []float64) []float64 {
	g := append([]float64(nil), gradient...)
	taps := f.layout.Taps()
	for p, penalty := range f.penalties {
		part := k[p*taps : (p+1)*taps]
		for u := range taps {
			g[p*taps+u] -= numeric.Dot(penalty[u*taps:(u+1)*taps], part)
		}
	}
	f.flatten(g)
	return g
}

// solve returns M⁻¹g along what is free.
func (f *fit) solve(g []float64) []float64 {
	d := f.metric.Solve(g)
	f.flatten(d)
	return d
}

func largest(v []float64) (most float64) {
	for _, a := range v {
		most = math.Max(most, math.Abs(a))
	}
	return most
}

// scaleOf is the standard deviation that the median of |r| implies, without residuals
// that are exactly zero.
func scaleOf(sizes []float32) float64 {
	list := slices.DeleteFunc(slices.Clone(sizes), func(v float32) bool { return v == 0 })
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return (float64(list[(len(list)-1)/2]) + float64(list[len(list)/2])) / 2 / robust.MADShare
}

// result has the answer with its errors.
func (f *fit) result(k []float64, s *sums, moved float64) *Result {
	taps := f.layout.Taps()
	r := &Result{
		Field: f.field, Kernel: f.spec.Kernel, Counts: s.counts, Loss: s.loss, Weight: s.weight, Outliers: s.outliers,
		Readings: f.readings, Moved: moved, Undetermined: f.open, Background: slices.Clone(k[len(f.orders)*taps:]),
	}
	r.ReducedChi2 = s.loss / float64(max(1, s.moments.Count-f.unknowns))
	r.R2 = 1 - s.loss/s.moments.Variation
	if r.Smooth = f.smooth; f.spec.Robust != robust.None {
		r.Scale = scaleOf(s.sizes)
	}
	r.Covariance = f.covariance(f.variance(s))
	f.uncentre(r.Background, r.Covariance, k)
	for p := range f.orders {
		r.Taps = append(r.Taps, k[p*taps:(p+1)*taps])
		e := make([]float64, taps)
		for u := range e {
			e[u] = math.Sqrt(max(0, r.Covariance[(p*taps+u)*(f.unknowns+1)]))
		}
		r.Errors = append(r.Errors, e)
	}
	return r
}

// covariance is σ² Q M⁻¹ Q, or σ² Q M⁻¹ G M⁻¹ Q with a penalty that was given. With a
// smoothness chosen by the data the first one is the covariance of the posterior.
func (f *fit) covariance(sigma2 float64) []float64 {
	n := f.unknowns
	v := append([]float64(nil), f.metric.Inverse()...)
	f.project(v, 0)
	if f.base != nil {
		var half, whole mat.Dense
		m := mat.NewDense(n, n, v)
		half.Mul(m, mat.NewDense(n, n, f.raw))
		whole.Mul(&half, m)
		v = whole.RawMatrix().Data
	}
	floats.Scale(sigma2, v)
	return v
}

// uncentre turns the background and the covariance of x less its level m into those of
// x: with the polynomials that both have, b_p = b'_p − m Σ_u K_p(u).
func (f *fit) uncentre(background, covariance, k []float64) {
	taps, n := f.layout.Taps(), f.unknowns
	if f.centre == 0 {
		return
	}
	for j, order := range f.more {
		p, at := slices.Index(f.orders, order), len(f.orders)*taps+j
		if p < 0 {
			continue
		}
		background[j] -= f.centre * numeric.Sum(k[p*taps:(p+1)*taps])
		for u := p * taps; u < (p+1)*taps; u++ {
			floats.AddScaled(covariance[at*n:(at+1)*n], -f.centre, covariance[u*n:(u+1)*n])
		}
		for i := range n {
			row := covariance[i*n : (i+1)*n]
			row[at] -= f.centre * numeric.Sum(row[p*taps:(p+1)*taps])
		}
	}
}
