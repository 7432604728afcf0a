package intervals

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/numeric"
)

// problem is the search for the unknowns of one output channel. Its variables u are
// those of newProblem, in units of a half step.
type problem struct {
	n, r   int       // unknowns, and combinations that the images determine
	origin []float64 // the unknowns at u = 0
	eigen  []float64 // n x n, a column for each combination
	scale  []int     // columns that are determined
	roots  []float64 // their lengths
	length float64   // of the largest half step
	rms    float64   // of the residuals at u = 0
	slack  float64   // the part of half a step by which residuals may exceed it
	count  float64   // outputs

	kept  []constraint
	known map[key]bool
	left  map[key]bool // windows that are left out

	point     []float64 // u
	residual  float64   // its largest residual, in half steps
	least     float64   // no u has a smaller one
	leftOut   int
	explained bool
	ends      []*end
	tight     []int // of kept: those that keep least from falling
}

// limit bounds each variable: a kernel within half a step of Y is no farther from the
// best fit than that fit from Y, and half a step.
func (p *problem) limit() float64 { return boxLimit + 2*p.rms/p.length }

// constraint is what a window says: |r0 − gᵀu| ≤ t, if the residual is at most t half
// steps. An output that was clipped limits one side.
//
// Both sides count from the start. The most violated windows may all be violated alike,
// and far away there is a point that satisfies them all.
type constraint struct {
	key
	g            []float64
	r0           float64
	below, above bool
}

const (
	// addFirst and addEach are the windows that one reading adds: so many, and so many
	// for each unknown.
	addFirst = 60
	addEach  = 6
	// looseShare is how far above its lower bound the largest residual may lie at the
	// end, if it is above half a step.
	looseShare = 0.005
	// boxLimit bounds each variable, in half steps: see limit.
	boxLimit = 4
	// programSteps bounds a linear program, for each variable.
	programSteps = 60
)

// unknowns returns w = origin + V u.
func (p *problem) unknowns() []float64 { return p.at(p.point) }

func (p *problem) at(u []float64) []float64 {
	w := append([]float64(nil), p.origin...)
	for i, column := range p.scale {
		f := p.length * p.roots[i] * u[i]
		for j := range w {
			w[j] += f * p.eigen[j*p.n+column]
		}
	}
	return w
}

// gradient returns Vᵀa: what a linear function of the unknowns is of u.
func (p *problem) gradient(a []float64, unit float64) []float64 {
	g := make([]float64, p.r)
	for i, column := range p.scale {
		for j, v := range a {
			g[i] += v * p.eigen[j*p.n+column]
		}
		g[i] *= p.length * p.roots[i] / unit
	}
	return g
}

// keep adds the inequality of a window that is violated at the point.
func (p *problem) keep(w window) bool { return p.keepAt(w, p.point) }

// keepAt adds the inequality of a window with its residual at u.
func (p *problem) keepAt(w window, u []float64) bool {
	if p.known[w.key] || p.left[w.key] {
		return false
	}
	p.known[w.key] = true
	g := p.gradient(w.a, w.half)
	p.kept = append(p.kept, constraint{w.key, g, w.residual + numeric.Dot(g, u), w.below, w.above})
	return true
}

// addTo adds the inequalities of a window to a program: in r variables with residuals up
// to limit, or in one more, t, if limit is 0.
func (k constraint) addTo(set *rows, limit float64, row []float64) {
	if limit == 0 {
		row[len(k.g)] = -1
	}
	for _, s := range [2]float64{1, -1} {
		if s > 0 && !k.above || s < 0 && !k.below {
			continue
		}
		for i, v := range k.g {
			row[i] = -s * v
		}
		set.add(row, limit-s*k.r0)
	}
}

// improve takes what a reading about the point found, and moves the point to the least
// maximal residual of all windows kept. It reports whether the images must be read
// again.
func (p *problem) improve(f found, last bool) (again bool, err error) {
	if p.length == 0 {
		p.length = f.lengths // the variables are 0, in any unit
	}
	p.residual, p.leftOut = f.largest, f.violated
	allowed := min(int(leftOutShare*float64(f.count)), leftOutMost)
	p.explained = f.largest <= 1+p.slack && f.violated <= allowed
	if p.explained {
		return false, nil
	}
	if p.least > 1+p.slack && f.largest <= p.least*(1+looseShare) {
		p.explained = f.largest <= explainedResidual && len(p.left) <= allowed
		p.leftOut = len(p.left)
		return false, nil
	}
	// If a fit leaves all outputs within half a step, least squares does so to most, unless
	// clipped outputs mislead it.
	if last || len(p.kept) == 0 && f.clipped < f.count/100 && 2*f.violated > f.count {
		return false, nil
	}
	slices.SortStableFunc(f.windows, func(a, b window) int { return cmp.Compare(math.Abs(b.residual), math.Abs(a.residual)) })
	added := 0
	for _, w := range f.windows {
		if added == addFirst+addEach*p.r {
			break
		}
		if p.keep(w) {
			added++
		}
	}
	if added == 0 {
		return false, nil
	}
	for {
		if err := p.minimax(); err != nil {
			return false, err
		}
		if p.least <= explainedResidual {
			return true, nil
		}
		if len(p.left) >= allowed {
			p.residual = p.least
			return false, nil
		}
		if !p.leaveOut() {
			return false, nil
		}
	}
}

// minimax moves the point to the smallest t for which every constraint kept holds.
func (p *problem) minimax() error {
	set := &rows{n: p.r + 1}
	set.addBox(p.r, p.limit())
	// Variable r is t, with −t maximised and t ≥ 0. The others have a tiny price, so that
	// the first steps find a vertex of windows.
	const price = 1e-9
	c, e := make([]float64, p.r+1), make([]float64, p.r+1)
	for i := range p.r {
		c[i] = price
	}
	c[p.r], e[p.r] = -1, -1
	set.add(e, 0)
	start := append(corner(c[:p.r]), len(set.b)-1)
	of := make([]int, len(set.b)) // the constraint of each row
	for i, k := range p.kept {
		k.addTo(set, 0, e)
		for len(of) < len(set.b) {
			of = append(of, i)
		}
	}
	q := newProgram(set, c, start)
	if err := q.solve(programSteps * (p.r + 2)); err != nil && !errors.Is(err, errSteps) {
		return err // even then t is a lower bound
	}
	copy(p.point, q.z[:p.r])
	p.least = math.Max(0, q.z[p.r])
	p.tight = p.tight[:0]
	for i, k := range q.basis {
		if k > 2*p.r && q.prices[i] > tightPrice/float64(p.r+1) {
			p.tight = append(p.tight, of[k])
		}
	}
	return nil
}

// tightPrice is the price, over the mean price, from which a constraint counts as one
// that keeps t from falling.
const tightPrice = 0.1

// leaveOut drops the window that makes the inequalities contradict each other: of those
// with a large price, the one with the largest residual of the best fit.
func (p *problem) leaveOut() bool {
	worst := -1
	for _, i := range p.tight {
		if worst < 0 || math.Abs(p.kept[i].r0) > math.Abs(p.kept[worst].r0) {
			worst = i
		}
	}
	if worst < 0 {
		return false
	}
	out := p.kept[worst].key
	p.left[out] = true
	p.kept = slices.DeleteFunc(p.kept, func(k constraint) bool { return k.key == out })
	return true
}

// determined reports which unknowns the images determine.
func (p *problem) determined() []bool {
	list := make([]bool, p.n)
	for j := range list {
		share := 0.0
		for _, column := range p.scale {
			v := p.eigen[j*p.n+column]
			share += v * v
		}
		list[j] = 1-share <= normal.UndeterminedShare
	}
	return list
}
