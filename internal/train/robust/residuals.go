package robust

import (
	"math"

	"github.com/convkit/convkit/internal/train/accumulate"
)

// gram says what the windows weigh in a G that is summed with the residuals.
type gram int

const (
	noGram     gram = iota
	stepGram        // the slope of ψ, but at least a part of its secant: for steps
	slopeGram       // the slope of ψ
	squareGram      // σ²ψ²
)

// secantPart of ψ(u)/u is the least weight of a window in the matrix of a step. With the
// slope alone a step is Newton's, but the slopes of Huber and Tukey are zero or negative
// for windows that still pull.
const secantPart = 0.1

// residuals replaces residuals by σψ(r/σ), weighs windows, and sums what a robust fit
// needs. It implements accumulate.Residuals.
type residuals struct {
	kind   Kind
	sigma  float64 // 0: residuals stay as they are
	median *medianFinder
	gram   gram
	// inliers: residuals stay as they are, those of outliers become zero, and the
	// moments of the other outputs are summed.
	inliers bool
	pair    rowSums
	total   rowSums // of all pairs
}

func (r *residuals) Weighted() bool { return r.gram != noGram }

func (r *residuals) BeginPair() { r.pair = rowSums{} }

func (r *residuals) EndPair(weight float64) {
	if weight != 1 {
		r.pair.rho *= weight
	}
	r.total.add(&r.pair)
}

func (r *residuals) Rows(width int) accumulate.ResidualRows {
	rows := &residualRows{residuals: r, tally: r.median.tally()}
	if r.inliers {
		rows.kept = make([]bool, width)
	}
	return rows
}

// residualRows is the part of residuals that belongs to one goroutine.
type residualRows struct {
	*residuals
	band  rowSums
	tally [2]tally
	kept  []bool
}

func (w *residualRows) Clear() { w.band = rowSums{} }

func (w *residualRows) Commit() { w.pair.add(&w.band) }

func (w *residualRows) Close() { w.median.merge(&w.tally) }

// rowSums are over the windows that are used.
type rowSums struct {
	slope    float64 // Σ ψ'
	square   float64 // Σ σ²ψ²
	rho      float64 // Σ σ²ρ
	outliers int
}

func (r *rowSums) add(o *rowSums) {
	r.slope += o.slope
	r.square += o.square
	r.rho += o.rho
	r.outliers += o.outliers
}

// weight returns the weight of a residual's window in G.
func (r *residuals) weight(u, psi, slope float64) float64 {
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

func (w *residualRows) Row(k int, residuals []float64, used []bool, weights []float64) (kept []bool) {
	if w.inliers {
		for i, v := range residuals {
			if weights != nil && used[i] {
				psi, _, _ := w.kind.Psi(v / w.sigma)
				weights[i] = w.weight(0, psi, 0)
			}
		}
		return w.keepInliers(residuals, used)
	}
	w.tally[0].countRow(residuals, used)
	w.tally[1].countRow(residuals, used)
	switch {
	case w.sigma == 0:
		return nil
	case weights == nil && w.kind == Tukey:
		w.tukeyRow(residuals, used)
		return nil
	case weights == nil:
		w.huberRow(residuals, used)
		return nil
	}
	for i, v := range residuals {
		if !used[i] {
			continue
		}
		u := v / w.sigma
		if math.Abs(u) > tukeyLimit {
			w.band.outliers++
		}
		psi, slope, rho := w.kind.Psi(u)
		residuals[i] = w.sigma * psi
		w.band.slope += slope
		w.band.square += residuals[i] * residuals[i]
		w.band.rho += w.sigma * w.sigma * rho
		// Outputs that share G share its largest weight: too short a step still
		// approaches the solution, too long a one may not.
		if f := w.weight(u, psi, slope); k == 0 || f > weights[i] {
			weights[i] = f
		}
	}
	return nil
}

// tukeyRow does for Tukey's ψ what Row does with weights. With f = (u/4.685)² and g = 1 − f,
// σψ(u) is v g².
func (w *residualRows) tukeyRow(residuals []float64, used []bool) {
	const most = tukeyLimit * tukeyLimit / 6
	limit := tukeyLimit * w.sigma
	scale, b := 1/(limit*limit), &w.band
	var slope, square, rho float64
	for i, v := range residuals {
		if !used[i] {
			continue
		}
		f := v * v * scale
		if !(f < 1) {
			if math.Abs(v) > limit {
				b.outliers++
			}
			residuals[i] = 0
			rho++
			continue
		}
		g := 1 - f
		v *= g * g
		residuals[i] = v
		slope += g * (1 - 5*f)
		square += v * v
		rho += f * (3 - 3*f + f*f)
	}
	b.slope, b.square, b.rho = b.slope+slope, b.square+square, b.rho+w.sigma*w.sigma*most*rho
}

// huberRow does the same for Huber's ψ.
func (w *residualRows) huberRow(residuals []float64, used []bool) {
	limit, far, b := huberLimit*w.sigma, tukeyLimit*w.sigma, &w.band
	var inside int
	var square, rho float64
	for i, v := range residuals {
		if !used[i] {
			continue
		}
		if a := math.Abs(v); a > limit {
			if a > far {
				b.outliers++
			}
			v = math.Copysign(limit, v)
			residuals[i] = v
			rho += limit * (a - limit/2)
		} else {
			inside++
			rho += v * v / 2
		}
		square += v * v
	}
	b.slope, b.square, b.rho = b.slope+float64(inside), b.square+square, b.rho+rho
}

// keepInliers leaves the residuals of inliers, and marks them.
func (w *residualRows) keepInliers(residuals []float64, used []bool) []bool {
	kept := w.kept[:len(residuals)]
	for i, v := range residuals {
		kept[i] = used[i] && math.Abs(v) <= tukeyLimit*w.sigma
		if used[i] && !kept[i] {
			w.band.outliers++
			residuals[i] = 0
		}
	}
	return kept
}
