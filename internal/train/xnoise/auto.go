package xnoise

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
)

const (
	// settled is the share of σ by which another round must move it to be worth it.
	settled = 0.02
	rounds  = 6
)

// WithUniform returns the set with noise of deviation sigma, in units of X, in each X.
func WithUniform(set *accumulate.Set, sigma float64) *accumulate.Set {
	c := *set
	c.Inputs = nil
	for _, in := range set.Inputs {
		open := in.Open
		in.Open = func() (train.Pair, func(), error) {
			p, done, err := open()
			if err == nil {
				p.XVariances = train.Constant(p.X.Shape(), sigma*sigma)
			}
			return p, done, err
		}
		c.Inputs = append(c.Inputs, in)
	}
	return &c
}

// Auto estimates σ from a check of the plain fit, and again from the residuals of each
// corrected fit, until both agree: those of the right kernel are noise alone, without
// what the blur leaves. It returns nil if there is no evidence of noise.
func Auto(ctx context.Context, set *accumulate.Set, plain *Check, known Known) (*Fit, error) {
	if plain.Sigma == 0 {
		return nil, nil
	}
	sigma := plain.Sigma
	for range rounds {
		f, err := Solve(ctx, WithUniform(set, sigma))
		if err != nil {
			return nil, err
		}
		c, err := Examine(ctx, set, f.Unknowns, f.Errors, known)
		if err != nil || c.Sigma == 0 || math.Abs(c.Sigma-sigma) < settled*sigma {
			return f, err
		}
		sigma = c.Sigma
	}
	return Solve(ctx, WithUniform(set, sigma))
}
