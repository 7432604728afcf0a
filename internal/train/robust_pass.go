package train

import "math"

// gram is what the windows weigh in a G that is summed beside the residuals.
type gram int

const (
	noGram     gram = iota
	stepGram        // the slope of ψ, kept above a part of its secant: for steps
	slopeGram       // the slope of ψ
	squareGram      // σ²ψ²
)

// secantPart of ψ(u)/u is the least that a window weighs in the matrix of a step.
// With the slope alone a step is Newton's, but Huber's and Tukey's slopes are
// zero and less for windows that still pull.
const secantPart = 0.1

// robustPass is what a pass needs to replace residuals, and what it adds up.
type robustPass struct {
	kind   Robust
	sigma  float64 // 0: leave residuals as they are
	median *medianFinder
	gram   gram
	// inliers: residuals stay as they are, those of outliers become zero, and the
	// moments of the other outputs are summed.
	inliers bool
	sums    robustSums
}

// robustSums are over the windows that count.
type robustSums struct {
	slope    float64 // Σ ψ'
	square   float64 // Σ σ²ψ²
	rho      float64 // Σ σ²ρ
	outliers int
}

func (r *robustSums) add(o *robustSums) {
	r.slope += o.slope
	r.square += o.square
	r.rho += o.rho
	r.outliers += o.outliers
}

// weight is that of a residual in the pass's G.
func (r *robustPass) weight(u, psi, slope float64) float64 {
	switch r.gram {
	case stepGram:
		secant := 1.0
		if u != 0 {
			secant = psi / u
		}
		return math.Max(slope, secantPart*secant)
	case slopeGram:
		return slope
	}
	return r.sigma * r.sigma * psi * psi
}

// robustRow replaces the residuals of output k of a row: row oy of plane.
func (w *worker) robustRow(plane, oy, k int) error {
	if w.p.robust.inliers {
		return w.inliersOfRow(plane, oy, k)
	}
	if k == 0 {
		clear(w.weights)
	}
	p, res := w.p.robust, w.r[k]
	for i, v := range res {
		if !w.use[i] {
			continue
		}
		if v != 0 {
			w.tally[0].count(math.Abs(v))
			w.tally[1].count(math.Abs(v))
		}
		if p.sigma == 0 {
			continue
		}
		u := v / p.sigma
		if math.Abs(u) > tukeyLimit {
			w.robust.outliers++
		}
		psi, slope, rho := p.kind.psi(u)
		res[i] = p.sigma * psi
		w.robust.slope += slope
		w.robust.square += res[i] * res[i]
		w.robust.rho += p.sigma * p.sigma * rho
		if p.gram != noGram {
			// Outputs that share G share its largest weight: too short a step
			// comes nearer, too long a one may not.
			if f := p.weight(u, psi, slope); k == 0 || f > w.weights[i] {
				w.weights[i] = f
			}
		}
	}
	return nil
}

// inliersOfRow leaves the residuals of inliers, and sums the moments of their
// outputs.
func (w *worker) inliersOfRow(plane, oy, k int) error {
	y, err := w.p.Y.Row(plane, oy, w.y)
	if err != nil {
		return err
	}
	p, res := w.p.robust, w.r[k]
	used := w.some[:0]
	for i, v := range res {
		switch {
		case !w.use[i]:
		case math.Abs(v) <= tukeyLimit*p.sigma:
			used = append(used, y[i])
		default:
			w.robust.outliers++
			res[i] = 0
		}
	}
	w.sums.outputs[k].y.add(momentsOf(used))
	return nil
}
