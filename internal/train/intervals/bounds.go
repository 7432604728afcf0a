package intervals

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/numeric"
)

const (
	// settledShare is the part of the widths of all intervals by which another reading
	// must narrow them to be worth it.
	settledShare = 0.05
	// boundWork is the number of products that one reading for the intervals may take.
	// Larger images are then read in part, which makes the intervals no less true.
	boundWork = 5e8
	// eachExtreme is the number of windows that one reading adds for each end of an
	// interval.
	eachExtreme = 3
)

// bounds finds the interval of each unknown.
func (s *search) bounds(ctx context.Context, fit *Fit) error {
	last := math.Inf(1)
	for pass := range boundPasses {
		total := 0.0
		for _, p := range s.problems {
			if err := p.extremes(s.set.Layout().Spec.Threads); err != nil {
				return err
			}
			total += p.widths()
		}
		if pass == boundPasses-1 || total >= last*(1-settledShare) {
			break
		}
		last = total
		more, err := s.narrow(ctx, pass)
		if err != nil {
			return err
		}
		fit.Passes++
		if !more {
			break
		}
	}
	for _, p := range s.problems {
		low, high := p.intervals()
		fit.Low, fit.High = append(fit.Low, low), append(fit.High, high)
	}
	return nil
}

// extremes solves two linear programs for each unknown: its largest and its smallest
// value over the constraints kept.
func (p *problem) extremes(threads int) error {
	set := &rows{n: p.r}
	set.addBox(p.r, p.limit())
	row, limit := make([]float64, p.r), p.allowed()
	for _, k := range p.kept {
		k.addTo(set, limit, row)
	}
	if p.ends == nil {
		for j := range p.n {
			for _, sign := range []float64{1, -1} {
				a := make([]float64, p.n)
				a[j] = sign
				c := p.gradient(a, 1)
				if size := math.Sqrt(numeric.Dot(c, c)); size > 0 {
					floats.Scale(1/size, c)
				}
				p.ends = append(p.ends, &end{c: c, basis: corner(c)})
			}
		}
	}
	if threads <= 0 {
		threads = 2
	}
	errs := make([]error, len(p.ends))
	var wait sync.WaitGroup
	for t := range threads {
		wait.Go(func() {
			for i := t; i < len(p.ends); i += threads {
				errs[i] = p.ends[i].solve(set)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// allowed is the largest residual of a kernel that counts as possible, in half steps.
func (p *problem) allowed() float64 {
	if p.residual > 1+p.slack {
		return explainedResidual
	}
	return 1 + arithmetic
}

// end is one end of the interval of an unknown.
type end struct {
	c     []float64 // direction of u
	basis []int     // of the last program, with which the next one begins
	u     []float64 // where the unknown is extreme, or beyond
}

// solve finds the end. A program that takes too many steps leaves a wider interval.
func (e *end) solve(set *rows) error {
	q := newProgram(set, e.c, e.basis)
	if err := q.solve(programSteps * set.n); err != nil && !errors.Is(err, errSteps) {
		return err
	}
	e.basis, e.u = q.basis, q.z
	return nil
}

// widths returns the sum of the intervals' widths, in units of u.
func (p *problem) widths() float64 {
	total := 0.0
	for _, e := range p.ends {
		total += numeric.Dot(e.c, e.u)
	}
	return total
}

// intervals returns the ends as values of the unknowns.
func (p *problem) intervals() (low, high []float64) {
	seen := p.determined()
	for j := range p.n {
		most, least := math.Inf(1), math.Inf(-1)
		if seen[j] {
			most, least = p.at(p.ends[2*j].u)[j], p.at(p.ends[2*j+1].u)[j]
		}
		low, high = append(low, least), append(high, most)
	}
	return low, high
}

// narrow reads the images for the windows that the ends of the intervals violate, and
// keeps them.
func (s *search) narrow(ctx context.Context, pass int) (more bool, err error) {
	origin := make([][]float64, len(s.problems))
	w := &narrower{search: s, pass: pass, found: make([][][]window, len(s.problems))}
	ends, outputs := 0, 0.0
	for i, p := range s.problems {
		origin[i] = p.unknowns()
		w.found[i] = make([][]window, len(p.ends))
		var steps [][]float64
		for _, e := range p.ends {
			d := p.at(e.u)
			floats.Sub(d, origin[i])
			steps = append(steps, d)
		}
		w.steps = append(w.steps, steps)
		ends, outputs = max(ends, len(p.ends)*p.n), outputs+p.count
	}
	w.every = 1 + int(float64(ends)*outputs/boundWork)
	if _, err := s.set.Scan(ctx, accumulate.Request{Origin: origin, Observer: w, LossOnly: true}); err != nil {
		return false, err
	}
	for i, p := range s.problems {
		for j, list := range w.found[i] {
			slices.SortStableFunc(list, func(a, b window) int { return cmp.Compare(math.Abs(b.residual), math.Abs(a.residual)) })
			for _, v := range list[:min(eachExtreme, len(list))] {
				more = p.keepAt(v, p.ends[j].u) || more
			}
		}
	}
	return more, nil
}

// narrower collects the windows that the ends of the intervals violate most.
type narrower struct {
	*search
	pass, every int
	pair        int
	steps       [][][]float64 // for each problem and end: the unknowns less those of the point
	found       [][][]window  // by problem and end
}

func (w *narrower) BeginPair(train.Pair, corr.Geometry) {}
func (w *narrower) EndPair(float64)                     { w.pair++ }
func (w *narrower) Rows() accumulate.ObserverRows       { return &narrowerRows{narrower: w} }

// narrowerRows is the part of a narrower that belongs to one goroutine.
type narrowerRows struct {
	*narrower
	part      []located
	residuals []float64
	halves    []float64
}

type located struct {
	problem, end int
	window
}

func (w *narrowerRows) Begin() { w.part = w.part[:0] }

func (w *narrowerRows) Commit() {
	for _, l := range w.part {
		w.found[l.problem][l.end] = append(w.found[l.problem][l.end], l.window)
	}
}

// Row finds, for each end, the most violated window of a row.
func (w *narrowerRows) Row(r *accumulate.ObservedRow) error {
	if (r.Y+w.pass)%w.every != 0 {
		return nil
	}
	c, l := r.System+r.K, w.set.Layout()
	p := w.problems[c]
	w.halves = append(w.halves[:0], r.Outputs...)
	for i, y := range r.Outputs {
		w.halves[i], _, _ = w.options.half(y)
	}
	for j, step := range w.steps[c] {
		w.residuals = append(w.residuals[:0], r.Residuals...)
		floats.AddConst(-r.Mean*numeric.Sum(step[:l.Taps()]), w.residuals)
		for t, d := range step {
			floats.AddScaled(w.residuals, -d, r.Windows[t][:len(w.residuals)])
		}
		at, most := -1, p.allowed()+looseShare
		for i, v := range w.residuals {
			if size := math.Abs(v); size > most*w.halves[i] && r.Used[i] {
				_, below, above := w.options.half(r.Outputs[i])
				if (v < 0 && below || v > 0 && above) && !p.left[key{w.pair, r.Plane, r.Y, i}] {
					at, most = i, size/w.halves[i]
				}
			}
		}
		if at >= 0 {
			w.part = append(w.part, located{c, j, w.window(r, w.pair, at, w.residuals[at])})
		}
	}
	return nil
}
