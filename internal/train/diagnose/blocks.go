package diagnose

import (
	"context"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"gonum.org/v1/gonum/mat"
)

// The covariance of a fit is G⁻¹ M G⁻¹, with M the covariance of the gradient Σ a r. For
// independent noise of variance σ² it is σ²G. Where noise differs over the field, or is
// correlated up to some distance, it is estimated from blocks b of outputs,
//
//	M = Σ_b g_b g_bᵀ    g_b = Σ_{t in b} a_t r_t / (1 − h_b)
//
// with h_b = tr G_b/tr G the share of the block in the fit, which draws its residuals to
// zero (Liang and Zeger, Biometrika 73, 1986; Bell and McCaffrey, Survey Methodology 28,
// 2002). Larger blocks hold correlations of a longer reach, smaller ones have more
// numbers to average. Of several sizes, that with the largest errors is taken.

const (
	// mostBlocks and mostNumbers bound the blocks of a pair, and their gradients.
	mostBlocks  = 4096
	mostNumbers = 1 << 22
	// leastBlocks of a size give a variance to a quarter of itself.
	leastBlocks = 30
	// sizes of blocks are tried, each twice the one before.
	blockSizes = 3
	// mostShare bounds h.
	mostShare = 0.5
)

// Meat is an estimate of the covariance of the gradients: an n x n matrix for each
// output of each system, in the unknowns of centred sums where the system has them.
type Meat [][]*mat.SymDense

// Extra is what windows add to the gradients besides a r.
type Extra interface {
	BeginPair(p train.Pair, g corr.Geometry)
	// Rows returns the state of one goroutine.
	Rows() ExtraRows
}

// ExtraRows is the part of an Extra that belongs to one goroutine.
type ExtraRows interface {
	// Add adds the part of the outputs [from, to) of a row to a gradient.
	Add(r *accumulate.ObservedRow, from, to int, gradient []float64) error
}

// Blocks reads the images once for the residuals of given unknowns, by output channel,
// and returns M. extra may be nil. ok is false if there are too few blocks.
func Blocks(ctx context.Context, set *accumulate.Set, w [][]float64, extra Extra) (m Meat, ok bool, err error) {
	l := set.Layout()
	o := &blockObserver{systems: set.Systems(), taps: l.Taps(), n: l.Unknowns(), extra: extra}
	for s := range o.sums {
		o.sums[s].meat = newMeat(len(o.systems), l.Outputs(), o.n)
	}
	if _, err := set.Scan(ctx, accumulate.Request{Origin: w, Observer: o, LossOnly: true}); err != nil {
		return nil, false, err
	}
	best, most := -1, 0.0
	for s := range o.sums {
		if size := o.relative(o.sums[s].meat); o.sums[s].blocks >= leastBlocks && size > most {
			best, most = s, size
		}
	}
	if best < 0 {
		return nil, false, nil
	}
	return o.sums[best].meat, true, nil
}

func newMeat(systems, outputs, n int) Meat {
	m := make(Meat, systems)
	for i := range m {
		for range outputs {
			m[i] = append(m[i], mat.NewSymDense(n, nil))
		}
	}
	return m
}

// relative returns tr G⁻¹M, from some of its diagonal.
func (o *blockObserver) relative(m Meat) float64 {
	total := 0.0
	for i := range o.systems {
		sys := o.systems[i].Centred()
		for _, list := range m[i] {
			for c := 0; c < o.n; c += (o.n + mostSolved - 1) / mostSolved {
				column := make([]float64, o.n)
				for r := range column {
					column[r] = list.At(r, c)
				}
				total += sys.Solve(column)[c]
			}
		}
	}
	return total
}

// mostSolved is the number of equations that are solved to compare two sizes.
const mostSolved = 64
