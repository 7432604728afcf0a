package match

import (
	"math"

	"github.com/convkit/convkit/internal/match/rowvec"
	"github.com/convkit/convkit/internal/tensor"
)

// level is a way to compute a unit. A unit is computed at the first level, and
// again at the next where its windows ask for more: a window whose variance is
// small beside what stands around it needs more digits than others, because
// errors of spectra and of running sums are relative to their surroundings.
type level struct {
	single  bool // spectra in float32
	direct  bool // no spectra
	careful bool // moments without cancellation
	last    bool // taken as it is
	goal    float64
}

// The errors of scores that levels aim at, for float32 and for float64.
const (
	goal32 = 2e-6
	goal64 = 1e-9
)

// levels are the levels of a unit.
func (p *Plan[T]) levels(v view) []level {
	goal := goal64
	if tensor.Roundoff[T]() > tensor.Roundoff[float64]() {
		goal = goal32
	}
	normalised := p.o.Score == NCC || p.o.Score == Cosine
	switch {
	case p.method == direct:
		return []level{{direct: true, goal: goal}, {direct: true, careful: true, last: true}}
	case p.method == planes:
		return []level{{goal: goal}, {careful: true, last: true}}
	case goal == goal32 && normalised && p.t.mask == nil:
		return []level{{single: true, goal: goal}, {careful: true, goal: goal}, {direct: true, careful: true, last: true}}
	}
	return []level{{goal: goal}, {careful: true, goal: goal}, {direct: true, careful: true, last: true}}
}

// evidence is what the windows of a unit tell about the errors of their scores.
type evidence struct {
	t        *Template
	score    Score
	level    level
	whole    bool // the image
	exact    bool // sums are whole numbers (for ncc, n times them), and found as such
	roundoff float64
	parts    float64 // the root of the number of blocks, whose errors add up

	least   float64 // the smallest norm, squared, of a window that has one
	squares float64 // of the cross sums
	n       int     // of cross sums that were looked at
}

// An error of a sum of products by spectra is spread over the tile. It is within
// spread roundoffs of the root mean square of the sums themselves and of what the
// template makes of noise as strong as the image. That is measured, not proved:
// under it the scores of scikit-image's photographs, with templates of 64x64, 31x17
// and 9x13, err by at most 2.2e-6 against exact sums of whole numbers.
const spread = 8

// The error of a running sum after some hundred steps is within so many
// roundoffs of the largest sum.
const steps = 32

// trusted reports whether the errors stay below the level's goal.
func (e *evidence) trusted(list []moments) bool {
	if e.score == ZeroMean || e.score == Product || e.score == SSD || e.score == NSSD && e.t.mask == nil {
		return true // no division by something small, or a result that 1 bounds
	}
	peak := 0.0
	for _, m := range list {
		peak += m.peak()
	}
	norm := math.Sqrt(e.t.variance)
	noise := e.roundoff * spread * e.parts * (math.Sqrt(e.squares/float64(e.n)) + float64(norm*math.Sqrt(peak/e.t.n)))
	if e.level.direct {
		noise = e.roundoff * norm * math.Sqrt(peak)
	}
	if math.Sqrt(e.least)*norm*e.level.goal < noise {
		return false
	}
	careful := e.level.careful && (e.t.mask == nil || e.level.direct)
	return e.whole || careful || e.least*e.level.goal >= steps*tensor.Roundoff[float64]()*peak
}

// scoreRow writes the scores of row r of a unit.
func scoreRow[T, N tensor.Float](out []T, cross []N, list []moments, r int, v view, p *Plan[T], total *[]float64, e *evidence) {
	t := p.t
	cross = cross[:len(out)]
	if p.o.Score == NCC {
		_, variance := list[0].row(r)
		if len(list) > 1 {
			*total = append((*total)[:0], variance[:len(out)]...)
			variance = *total
			for _, m := range list[1:] {
				_, more := m.row(r)
				for i := range variance {
					variance[i] += more[i]
				}
			}
		}
		nccRow(out, cross, variance[:len(out)], t.variance, e)
		return
	}
	rest := make([]sums, len(out))
	for c, m := range list {
		mt := t.mean[c]
		sum, variance := m.row(r)
		for i := range rest {
			w := &rest[i]
			mx := v.centre + sum[i]/t.n
			w.variance += variance[i]
			w.energy += variance[i] + float64(t.n*mx*mx)
			w.product += float64(t.n * mx * mt)
			w.ssd += variance[i] + float64(t.n*(mx-mt)*(mx-mt))
		}
	}
	exact := e.exact
	for i := range out {
		w := &rest[i]
		w.cross = float64(cross[i])
		w.product += w.cross
		w.ssd += t.variance - float64(2*w.cross)
		if exact {
			w.product, w.ssd = math.Round(w.product), math.Round(w.ssd)
		}
		e.squares += float64(w.cross * w.cross)
		e.n++
		if w.energy < e.least {
			e.least = w.energy
		}
		out[i] = T(t.score(p.o.Score, *w))
	}
}

// nccRow is the row of the score that is asked for most. A norm that is not
// positive counts as 0 and, unless sums are exact, as one that is not known.
func nccRow[T, N tensor.Float](out []T, cross []N, variance []float64, norm float64, e *evidence) {
	if e.exact {
		exactRow(out, cross, variance, norm, e.t.n)
		return
	}
	const sample = 13 // of cross sums: enough to know their size
	for i := 0; i < len(cross); i += sample {
		a := float64(cross[i])
		e.squares += float64(a * a)
		e.n++
	}
	var scale T
	if norm > 0 {
		scale = T(1 / math.Sqrt(norm))
	}
	low, least := normalise(out, cross, variance, scale)
	if low <= 0 && !e.whole && !e.level.careful {
		least = 0
	}
	e.least = min(e.least, least)
}

// normalise is rowvec.Normalise for any types.
func normalise[T, N tensor.Float](out []T, cross []N, variance []float64, scale T) (low, least float64) {
	if o, ok := any(out).([]float32); ok {
		if c, ok := any(cross).([]float32); ok {
			return rowvec.Normalise(o, c, variance, float32(scale))
		}
	}
	low, least = inf, inf
	for i, v := range variance[:len(out)] {
		low = min(low, v)
		if out[i] = 0; v > 0 {
			least = min(least, v)
			out[i] = max(-1, min(1, T(float64(cross[i])*float64(scale)/math.Sqrt(v))))
		}
	}
	return low, least
}

// exactRow is nccRow for sums that are whole numbers when multiplied by n.
func exactRow[T, N tensor.Float](out []T, cross []N, variance []float64, norm, n float64) {
	norm = math.Round(norm * n)
	for i := range out {
		a, b := math.Round(float64(cross[i])*n), math.Round(variance[i]*n)
		out[i] = T(ratio(a, b*norm))
	}
}
