package accumulate

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/numeric"
)

const (
	// conjugateSteps is the most readings of conjugate gradients. With masks that keep
	// most windows, half as many are needed.
	conjugateSteps = 12
	// conjugateMove is the share of the largest tap by which the last step moves a tap.
	conjugateMove = 1e-11
	// readingCost is what one more reading costs for each window, and perTap what it
	// costs for each tap besides, in the unit of package gram.
	readingCost, readingPerTap = 30, 0.04
	// conjugateReadings is the usual number of them.
	conjugateReadings = 8
)

// tapsAreCheaper reports whether conjugate gradients cost less than G with the
// weights of the windows.
func (p *scan) tapsAreCheaper(direct float64) bool {
	n := float64(p.layout.Taps())
	return conjugateReadings*(readingCost+readingPerTap*n)+lagCost < direct/float64(p.g.OutH*p.g.OutW)
}

// conjugate makes of sums whose G is that of all windows, without weights, the
// equations about the weighted fit: it solves the weighted equations by conjugate
// gradients, preconditioned with that G (Hestenes and Stiefel, 1952). Each step reads
// the images once, for the gradient. G stays that of all windows, so that only taps
// and loss follow. ok is false where it does not converge.
func (s *Set) conjugate(ctx context.Context) (ok bool, err error) {
	x := s.origins()
	r := s.gradients()
	z, ok := s.precondition(r)
	if !ok {
		return false, nil
	}
	p, size := z, dotAll(r, z)
	for range conjugateSteps {
		if size == 0 {
			break
		}
		st, err := s.Scan(ctx, Request{Origin: plus(x, 1, p)})
		if err != nil {
			return false, err
		}
		about := *s
		about.Equations = st
		ap := plus(r, -1, about.gradients()) // what the gradient lost
		curvature := dotAll(p, ap)
		if !(curvature > 0) {
			return false, nil
		}
		step := size / curvature
		moved := math.Abs(step) * largest(p)
		x, r = plus(x, step, p), plus(r, -step, ap)
		if moved <= conjugateMove*largest(x) {
			return true, s.recentreAbout(ctx, x)
		}
		z, _ = s.precondition(r)
		next := dotAll(r, z)
		p, size = plus(z, next/size, p), next
	}
	return size == 0, nil
}

// origins and gradients are those of all output channels.
func (s *Set) origins() (list [][]float64) {
	for i := range s.Systems() {
		for _, o := range s.Systems()[i].Outputs() {
			list = append(list, o.Origin)
		}
	}
	return list
}

func (s *Set) gradients() (list [][]float64) {
	for i := range s.Systems() {
		for _, o := range s.Systems()[i].Outputs() {
			list = append(list, o.Gradient)
		}
	}
	return list
}

// precondition is G⁻¹r; ok is false where G has no Cholesky factorisation.
func (s *Set) precondition(r [][]float64) (z [][]float64, ok bool) {
	for i := range s.Systems() {
		sys := &s.Systems()[i]
		if !sys.HasCholesky() {
			return nil, false
		}
		for range sys.Outputs() {
			z = append(z, sys.Solve(r[len(z)]))
		}
	}
	return z, true
}

// plus is a + f b.
func plus(a [][]float64, f float64, b [][]float64) [][]float64 {
	list := make([][]float64, len(a))
	for c := range a {
		list[c] = lagvec.NewVector(len(a[c]))
		for i, v := range a[c] {
			list[c][i] = v + f*b[c][i]
		}
	}
	return list
}

func dotAll(a, b [][]float64) (sum float64) {
	for c := range a {
		sum += numeric.Dot(a[c], b[c])
	}
	return sum
}

func largest(a [][]float64) (most float64) {
	for _, list := range a {
		for _, v := range list {
			most = math.Max(most, math.Abs(v))
		}
	}
	return most
}
