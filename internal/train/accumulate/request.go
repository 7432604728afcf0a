package accumulate

import (
	"context"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
)

// Request says what one more reading of all inputs sums.
type Request struct {
	// Origin has the unknowns, by output channel, about which residuals are taken.
	Origin [][]float64
	// Stored takes the residuals of stored values, if Y is in linear RGB.
	Stored bool
	// Residuals replaces the residuals and weighs the windows; nil: neither.
	Residuals Residuals
	// Observer sees the residuals, before Residuals replaces them; nil: nobody.
	Observer Observer
	// Sample sums G over one tile of so many, times so many, if it goes through
	// tiles and there are enough. Steps toward a minimum need no more.
	Sample int
	// Accurate keeps G in double precision if standard errors need it.
	Accurate bool
	// LossOnly leaves the gradients out.
	LossOnly bool
}

// Scan reads all inputs once more, and returns their sums about o.Origin: gradient,
// loss and moments. The matrix is summed only if o.Residuals is weighted; its windows
// then have the weights that ResidualRows.Row returns.
func (s *Set) Scan(ctx context.Context, o Request) (*normal.Equations, error) {
	total := normal.New(s.Layout())
	total.SetOrigin(o.Origin)
	for _, in := range s.Inputs {
		st, err := s.scanInput(ctx, in, o)
		if err != nil {
			return nil, in.Wrap(err)
		}
		for i := range total.Systems() {
			total.Systems()[i].Add(&st.Systems()[i])
			total.HeldOutSystems()[i].Add(&st.HeldOutSystems()[i])
		}
		total.AddCounts(st.Counts())
	}
	return total, nil
}

func (s *Set) scanInput(ctx context.Context, in train.Input, o Request) (*normal.Equations, error) {
	pair, done, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := newScan(pair, s.spec)
	if err != nil {
		return nil, err
	}
	p.origin, p.stored, p.residuals, p.observer = o.Origin, o.Stored, o.Residuals, o.Observer
	switch {
	case s.SummedDirectly(): // a tile's error is a share of all that is in it
		p.way = way{}
		p.setTile(0)
	case p.weighted():
		p.way = way{}
		c := s.Counts()
		if err := p.weigh(float64(c.Used)/float64(c.Total()), s.single && p.large()); err != nil {
			return nil, err
		}
	}
	if p.residuals != nil {
		p.residuals.BeginPair()
	}
	if p.observer != nil {
		p.observer.BeginPair(pair, p.g)
	}
	p.lossOnly, p.progress = o.LossOnly, s.progress
	p.setSample(o.Sample)
	st := normal.New(p.layout)
	if err := p.run(ctx, st); err != nil {
		return nil, err
	}
	if o.Accurate && p.imprecise(st) {
		double := *s
		double.single = false
		return double.scanInput(ctx, in, o)
	}
	weight := 1.0
	if pair.Weight != 0 {
		weight = pair.Weight
		st.Weigh(weight)
	}
	if p.residuals != nil {
		p.residuals.EndPair(weight)
	}
	if p.observer != nil {
		p.observer.EndPair(weight)
	}
	return p.hide(st), nil
}
