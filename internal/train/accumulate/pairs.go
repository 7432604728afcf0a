// Package accumulate reads pairs of images and makes their normal equations.
//
// Bands of rows are summed in parallel and added in order, so that no result depends
// on the number of threads. G comes from sums by lag (lag.go) where stride and
// dilation are 1, through spectra for large kernels (spectral.go), else from one
// window after the other (batch.go).
//
// Set.Scan reads the images again about given unknowns: for residuals, for weighted
// sums, and for robust fits.
package accumulate

import (
	"context"
	"errors"
	"fmt"

	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/gram"
	"github.com/convkit/convkit/internal/train/normal"
)

// cancelledBelow is the share of the diagonal of G that must remain after the
// excluded windows are subtracted from the sums over all. Below it, the used windows
// are summed one by one.
const cancelledBelow = 1e-3

// Images returns the equations of a pair of images: y is what the unknown kernel
// makes of x. It is OnePair with every window.
func Images(ctx context.Context, x, y tensor.Source[float64], s train.Spec) (*normal.Equations, error) {
	return OnePair(ctx, train.Pair{X: x, Y: y}, s)
}

// OnePair returns the equations of a pair. If that loses digits, the images are read
// again for the residual itself: see Set.refine.
//
// Bands have a fixed size and are added in order, so the result does not depend on
// the number of threads. If no window is used, the error is a *train.NoWindowsError.
func OnePair(ctx context.Context, pair train.Pair, s train.Spec) (*normal.Equations, error) {
	set, err := Pairs(ctx, []train.Input{train.One(pair)}, s, Options{})
	if err != nil {
		return nil, err
	}
	return set.Equations, nil
}

// once reads the pair once, for sums about the origin zero.
func (s *Set) once(ctx context.Context, pair train.Pair, single bool) (*normal.Equations, error) {
	p, err := newScan(pair, s.spec)
	if err != nil {
		return nil, err
	}
	p.progress = s.progress
	if err := p.choose(ctx, single, s.tapsOnly); err != nil {
		return nil, err
	}
	st := normal.New(p.layout)
	if err := p.run(ctx, st); err != nil {
		return nil, err
	}
	s.unweighted = s.unweighted || p.way.unweighted
	if p.imprecise(st) {
		return s.once(ctx, pair, false)
	}
	if p.way.precision == gram.Single {
		st.SumSingle()
	}
	if st.Counts().Used == 0 {
		return nil, &train.NoWindowsError{Counts: st.Counts()}
	}
	if p.byLag() && !(st.Trace() >= cancelledBelow*(st.Trace()+p.removed)) {
		p.lags, p.way, p.removed = nil, way{}, 0
		p.setTile(0)
		st = normal.New(p.layout)
		st.SumDirectly()
		if err := p.run(ctx, st); err != nil {
			return nil, err
		}
	}
	if pair.Weight != 0 {
		st.Weigh(pair.Weight)
	}
	return p.hide(st), nil
}

// Set is the equations of many pairs for one kernel, with the inputs.
type Set struct {
	*normal.Equations
	Inputs   []train.Input    // those that were summed
	Failures []*train.Failure // those that were skipped
	// Kept is the number of pairs whose saturated outputs are used, because too few
	// others remain.
	Kept int
	// SeeSaturated is the number of used outputs that see saturated pixels of X, because
	// too few others remain.
	SeeSaturated int

	spec   train.Spec
	single bool // sums may be in float32
	// tapsOnly: G may be that of all windows, and the taps come from conjugate
	// gradients. unweighted: that of some pair is.
	tapsOnly, unweighted bool

	progress func(done, total int)
}

// Options say how many pairs are summed.
type Options struct {
	// Rescale computes in other units if squares would leave the range of float64.
	// Without it that is an error, because learning rates would leave the range too.
	Rescale bool
	// Single allows float32 for the sums of large fits, if no standard error changes
	// by more than a thousandth. Taps keep their digits, because the images are read
	// again. The losses of a descent would not.
	Single bool
	// TapsOnly makes equations from which taps and loss follow, and nothing else: G may
	// be that of all windows without their weights. It is for fits without constraints.
	TapsOnly  bool
	KeepGoing bool // skip pairs that cannot be read or do not fit the others
	// Progress, which may be nil, is called after each pair. err is the reason
	// why the pair was skipped.
	Progress func(done, total int, name string, err error)
	// Bands, which may be nil, is called after each band of a pair, in this reading
	// and in all later ones of the set.
	Bands func(done, total int)
}

// Pairs returns the equations of all inputs for one kernel. The first input that
// fails ends it with a *train.Failure. With KeepGoing it fails only if none is left.
// A cancelled context ends it with the context's error and the pairs summed so far;
// the set is nil if there are none.
func Pairs(ctx context.Context, inputs []train.Input, s train.Spec, o Options) (*Set, error) {
	set := &Set{spec: s, single: o.Single, tapsOnly: o.TapsOnly, progress: o.Bands}
	if err := memory.Need(equationsBytes(s), "a fit of %dx%d taps", s.Kernel.H, s.Kernel.W); err != nil {
		return nil, err
	}
	for i, in := range inputs {
		st, in, err := set.readInput(ctx, in)
		if err == nil && set.Equations != nil {
			err = set.Add(st)
		}
		if ctx.Err() != nil {
			return set.orNil(), ctx.Err()
		}
		if o.Progress != nil {
			o.Progress(i+1, len(inputs), in.Name, err)
		}
		switch {
		case err != nil && !o.KeepGoing:
			return nil, in.Wrap(err)
		case err != nil:
			set.Failures = append(set.Failures, &train.Failure{Name: in.Name, Err: err})
			continue
		case set.Equations == nil:
			set.Equations = st
		}
		set.Inputs = append(set.Inputs, in)
	}
	if set.Equations == nil {
		if len(set.Failures) > 0 {
			return nil, fmt.Errorf("none of the %d pairs can be used; the first: %w", len(inputs), set.Failures[0])
		}
		return nil, fmt.Errorf("no pair of images is given")
	}
	if within, err := set.rescale(ctx, o.Rescale); err != nil || within != set {
		return within, err
	}
	if set.unweighted {
		ok, err := set.conjugate(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return set, err
			}
			return nil, err
		}
		if !ok {
			o.TapsOnly = false
			return Pairs(ctx, inputs, s, o)
		}
		return set, nil
	}
	if err := set.refine(ctx); err != nil {
		if ctx.Err() != nil {
			return set, err
		}
		return nil, err
	}
	return set, nil
}

// equationsBytes is the memory of the normal equations of one channel: G of all
// windows, of those held out, of a worker, its factor and its eigenvectors, measured.
func equationsBytes(s train.Spec) int64 {
	n := memory.Times(s.Kernel.H, s.Kernel.W)
	if n > 1<<24 {
		return 1<<63 - 1
	}
	return memory.Times(int(n), int(n), 8, 6)
}

func (s *Set) orNil() *Set {
	if s.Equations == nil {
		return nil
	}
	return s
}

// enoughWindows is the number of outputs for each unknown below which saturated
// outputs are used: a drawing in black and white has no others.
const enoughWindows = 4

// readInput sums one input, and returns it as it was summed.
func (s *Set) readInput(ctx context.Context, in train.Input) (*normal.Equations, train.Input, error) {
	pair, done, err := in.Open()
	if err != nil {
		return nil, in, err
	}
	defer done()
	st, err := s.once(ctx, pair, s.single)
	if pair.XLimit != nil && !enoughBeside(st, err) {
		used := 0
		if st != nil {
			used = st.Counts().Used
		}
		pair.XLimit = nil
		in = changed(in, func(p *train.Pair) { p.XLimit = nil })
		if st, err = s.once(ctx, pair, s.single); err == nil {
			s.SeeSaturated += st.Counts().Used - used
		}
	}
	var none *train.NoWindowsError
	switch {
	case pair.Range == nil:
		return st, in, err
	case err == nil && (st.Counts().Saturated == 0 || st.Counts().Used >= enoughWindows*st.Unknowns()):
		return st, in, nil
	case err != nil && (!errors.As(err, &none) || none.Counts.Saturated == 0):
		return nil, in, err
	}
	pair.Range = nil
	if st, err = s.once(ctx, pair, s.single); err != nil {
		return nil, in, err
	}
	s.Kept++
	return st, changed(in, func(p *train.Pair) { p.Range = nil }), nil
}

// besideTaps and besideShare are the outputs for each unknown, and the share of all, that
// must remain for those that see saturated pixels of X to be excluded.
const (
	besideTaps  = 10
	besideShare = 0.5
)

// enoughBeside reports whether enough outputs see no saturated pixel of X. An error that
// has nothing to do with it counts as enough.
func enoughBeside(st *normal.Equations, err error) bool {
	var none *train.NoWindowsError
	if err != nil {
		return !errors.As(err, &none) || none.Counts.SeeExcluded == 0
	}
	c := st.Counts()
	return c.SeeExcluded == 0 || c.Used >= besideTaps*st.Unknowns() && float64(c.Used) >= besideShare*float64(c.Used+c.SeeExcluded)
}

// changed returns the input with its pairs changed.
func changed(in train.Input, change func(p *train.Pair)) train.Input {
	open := in.Open
	in.Open = func() (train.Pair, func(), error) {
		p, done, err := open()
		change(&p)
		return p, done, err
	}
	return in
}
