package train

import (
	"context"
	"errors"
	"fmt"
)

// Input is a pair that is opened when it is its turn, so that of many pairs one
// at a time is in memory.
type Input struct {
	Name string
	// Open gives the pair, and a function that is called when it has been read.
	// A fit may open an input several times.
	Open func() (p Pair, done func(), err error)
}

// One is the input of a pair that is there already.
func One(p Pair) Input {
	return Input{Open: func() (Pair, func(), error) { return p, func() {}, nil }}
}

// Failure is a pair that could not be summed.
type Failure struct {
	Name string
	Err  error
}

func (f *Failure) Error() string { return f.Name + ": " + f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

// Set is the sums of many pairs for one kernel, and the inputs they are of.
type Set struct {
	*Statistics
	Inputs   []Input    // those that were summed
	Failures []*Failure // those that were skipped
	// Kept is the number of pairs whose saturated outputs count all the same,
	// since too few others were left.
	Kept int
	spec Spec
}

// SetOptions are how many pairs are summed.
type SetOptions struct {
	// Rescale computes in other units where squares would leave the range of
	// numbers; without it that is an error. Rates of descent would leave it, too.
	Rescale   bool
	KeepGoing bool // skip pairs that cannot be read or do not fit the others
	// Progress, which may be nil, is called after each pair; err is the reason
	// why it was skipped.
	Progress func(done, total int, name string, err error)
}

// GatherSet sums up all inputs for one kernel. The first that fails ends it,
// with a *Failure, unless KeepGoing is set; then it fails where none is left. A
// cancelled context ends it with the context's error and the set of the pairs
// that were summed before, nil where there are none.
func GatherSet(ctx context.Context, inputs []Input, s Spec, o SetOptions) (*Set, error) {
	set := &Set{spec: s}
	for i, in := range inputs {
		st, in, err := set.one(ctx, in)
		if err == nil && set.Statistics != nil {
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
			return nil, in.wrap(err)
		case err != nil:
			set.Failures = append(set.Failures, &Failure{in.Name, err})
			continue
		case set.Statistics == nil:
			set.Statistics = st
		}
		set.Inputs = append(set.Inputs, in)
	}
	if set.Statistics == nil {
		if len(set.Failures) > 0 {
			return nil, fmt.Errorf("none of the %d pairs can be used; the first: %w", len(inputs), set.Failures[0])
		}
		return nil, fmt.Errorf("there is no pair of images to learn from")
	}
	if within, err := set.within(ctx, o.Rescale); err != nil || within != set {
		return within, err
	}
	if err := set.refine(ctx); err != nil {
		if ctx.Err() != nil {
			return set, err
		}
		return nil, err
	}
	return set, nil
}

func (s *Set) orNil() *Set {
	if s.Statistics == nil {
		return nil
	}
	return s
}

func (in Input) wrap(err error) error {
	if in.Name == "" {
		return err
	}
	return &Failure{in.Name, err}
}

// enoughWindows is the number of outputs for each unknown below which saturated
// ones are not left out: a drawing in black and white has no others.
const enoughWindows = 4

// one sums up one input, and returns it as it was summed.
func (s *Set) one(ctx context.Context, in Input) (*Statistics, Input, error) {
	pair, done, err := in.Open()
	if err != nil {
		return nil, in, err
	}
	defer done()
	st, err := gatherOnce(ctx, pair, s.spec)
	var none *NoWindowsError
	switch {
	case pair.Range == nil:
		return st, in, err
	case err == nil && (st.counts.Saturated == 0 || st.counts.Used >= enoughWindows*st.Unknowns()):
		return st, in, nil
	case err != nil && (!errors.As(err, &none) || none.Counts.Saturated == 0):
		return nil, in, err
	}
	pair.Range = nil
	if st, err = gatherOnce(ctx, pair, s.spec); err != nil {
		return nil, in, err
	}
	s.Kept++
	return st, withoutRange(in), nil
}

// withoutRange is the input whose saturated outputs count.
func withoutRange(in Input) Input {
	open := in.Open
	in.Open = func() (Pair, func(), error) {
		p, done, err := open()
		p.Range = nil
		return p, done, err
	}
	return in
}

// Scan says what one more reading of all inputs sums.
type Scan struct {
	// Origin is the unknowns, by output channel, about which residuals are taken.
	Origin [][]float64
	// Stored takes the residuals of stored values, where Y is in linear RGB.
	Stored bool
	// Residuals replaces the residuals and weighs the windows; nil: they count as they are.
	Residuals Residuals
}

// Scan reads all inputs once more, and returns their sums about o.Origin. G is
// summed only where o.Residuals weighs the windows.
func (s *Set) Scan(ctx context.Context, o Scan) (*Statistics, error) {
	total := newStatistics(s.layout)
	total.setOrigin(o.Origin)
	for _, in := range s.Inputs {
		st, err := s.scanInput(ctx, in, o)
		if err != nil {
			return nil, in.wrap(err)
		}
		for i := range total.systems {
			total.systems[i].add(&st.systems[i])
			total.held[i].add(&st.held[i])
		}
		total.addCounts(st.Counts())
	}
	return total, nil
}

func (s *Set) scanInput(ctx context.Context, in Input, o Scan) (*Statistics, error) {
	pair, done, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := newPass(pair, s.spec)
	if err != nil {
		return nil, err
	}
	p.origin, p.stored, p.residuals = o.Origin, o.Stored, o.Residuals
	if s.apart { // a tile's error is a share of all that is in it
		p.setTile(0)
	}
	if p.residuals != nil {
		p.residuals.BeginPair()
	}
	st := newStatistics(p.layout)
	if err := p.run(ctx, st); err != nil {
		return nil, err
	}
	weight := 1.0
	if pair.Weight != 0 {
		weight = pair.Weight
		st.weigh(weight)
	}
	if p.residuals != nil {
		p.residuals.EndPair(weight)
	}
	return st, nil
}
