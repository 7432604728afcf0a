package detect

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
)

// SizeTrial is a kernel size that was tried.
type SizeTrial struct {
	Kernel     corr.Size
	HeldOutRMS float64 // of a fit without the held-out windows
	// Score is N ln(HeldOutRMS²) + n ln N for N outputs and n unknowns: the held-out
	// error, with the penalty for each tap of the Bayesian information criterion. A
	// size is better by half the difference in natural units.
	Score float64
	// Ring is the row or column of taps by which the size differs from the chosen one,
	// with the test of whether it is zero; nil for the chosen size, and where sizes were
	// compared by Score alone.
	Ring *Ring
}

// LargestTried returns the largest height and width among trials; zero for fewer than
// two trials.
func LargestTried(trials []SizeTrial) (largest corr.Size) {
	for _, t := range trials {
		largest.H, largest.W = max(largest.H, t.Kernel.H), max(largest.W, t.Kernel.W)
	}
	if len(trials) < 2 {
		return corr.Size{}
	}
	return largest
}

// largestSupport is the side of the largest kernel that is fitted to find the size.
const largestSupport = 33

// supports are the sides of the kernels that are tried where a fit leaves taps
// undetermined: the support grows while the best size reaches its edge.
var supports = []int{7, 15, 31}

// exactShare is the share of Y's RMS at which a residual is rounding.
const exactShare = 1e-13

// ChooseSize finds the size of the kernel. With padding same it fits a kernel of up to
// 33x33 and takes rows and columns off its outside while they are zero within their
// errors. With another padding, and where such a fit leaves taps undetermined, it
// compares sizes by the error on held-out windows, with a charge for each tap: those that
// the sizes of the images admit. Spec.Kernel is ignored.
//
// Errors: no inputs, a *train.SizeError if no size fits, too few outputs.
func ChooseSize(ctx context.Context, inputs []train.Input, s train.Spec) (corr.Size, []SizeTrial, error) {
	if len(inputs) == 0 {
		return corr.Size{}, nil, errors.New("no pair of images is given")
	}
	pair, done, err := inputs[0].Open()
	if err != nil {
		return corr.Size{}, nil, inputs[0].Wrap(err)
	}
	x, y := pair.X.Shape(), pair.Y.Shape()
	done()
	if s.Options.Padding.Mode == corr.Same {
		return growSize(ctx, inputs, s, corr.Size{H: x.H, W: x.W})
	}
	hs, ws := train.KernelRange(x.H, x.W, y.H, y.W, s.Options)
	if hs.None() || ws.None() {
		_, err := train.KernelSize(x.H, x.W, y.H, y.W, s.Options)
		return corr.Size{}, nil, err
	}
	var c chooser
	for h := hs.Low; h <= min(hs.High, hs.Low+supports[2]); h++ {
		for w := ws.Low; w <= min(ws.High, ws.Low+supports[2]); w++ {
			s.Kernel = corr.Size{H: h, W: w}
			if hs.One() && ws.One() {
				return s.Kernel, nil, nil
			}
			set, err := accumulate.Pairs(ctx, inputs, s, accumulate.Options{})
			if err != nil {
				return corr.Size{}, nil, err
			}
			c.try(set.Equations)
		}
	}
	return c.best.Kernel, c.trials, nil
}

// growSize is ChooseSize for padding same: it peels a fit of a large kernel. If the
// images are too small for a square one, a size that reaches its edge is looked for
// again in a kernel that is longer along that axis and narrower along the other.
func growSize(ctx context.Context, inputs []train.Input, s train.Spec, image corr.Size) (corr.Size, []SizeTrial, error) {
	limit := corr.Size{H: min(largestSupport, odd(image.H)), W: min(largestSupport, odd(image.W))}
	room := func(k corr.Size) bool {
		return 4*k.H*k.W <= len(inputs)*(image.H-k.H+1)*(image.W-k.W+1)
	}
	side := largestSupport
	for side > 1 && !room(corr.Size{H: min(side, limit.H), W: min(side, limit.W)}) {
		side -= 2
	}
	s.Kernel = corr.Size{H: min(side, limit.H), W: min(side, limit.W)}
	size, trials, err := peelSize(ctx, inputs, s)
	if err != nil {
		return corr.Size{}, nil, err
	}
	if trials == nil {
		return compareSizes(ctx, inputs, s, image)
	}
	long := s.Kernel
	switch {
	case size.H >= s.Kernel.H-1 && s.Kernel.H < limit.H && size.W < s.Kernel.W-1:
		long = corr.Size{H: limit.H, W: size.W + 2 - size.W%2}
		for long.H > s.Kernel.H && !room(long) {
			long.H -= 2
		}
	case size.W >= s.Kernel.W-1 && s.Kernel.W < limit.W && size.H < s.Kernel.H-1:
		long = corr.Size{H: size.H + 2 - size.H%2, W: limit.W}
		for long.W > s.Kernel.W && !room(long) {
			long.W -= 2
		}
	}
	if long == s.Kernel {
		return size, trials, nil
	}
	s.Kernel = long
	if longer, more, err := peelSize(ctx, inputs, s); err != nil || more != nil {
		return longer, more, err
	}
	return size, trials, nil
}

// peelSize peels a fit of the kernel of s. The trials are the size that is left and
// those of one row or column more or less; nil if the fit leaves taps undetermined.
func peelSize(ctx context.Context, inputs []train.Input, s train.Spec) (corr.Size, []SizeTrial, error) {
	set, err := borderlessOrAll(ctx, inputs, s)
	if err != nil {
		return corr.Size{}, nil, err
	}
	if 4*set.Unknowns() > set.Windows() {
		return corr.Size{}, nil, nil
	}
	size, rings, ok := peel(set.Equations)
	if !ok {
		return corr.Size{}, nil, nil
	}
	var c chooser
	part := func(k corr.Size, r *Ring) {
		before := len(c.trials)
		c.try(set.Part(normal.CentredBlock(s.Kernel, k, set.Layout().BackgroundTerms() > 0)))
		if len(c.trials) > before {
			c.trials[before].Ring = r
		}
	}
	part(size, nil)
	for i := range rings {
		r := &rings[i]
		switch {
		case !r.Zero():
			part(r.Inside, r)
		case i+1 == len(rings) || !rings[i+1].Zero(): // the last one that was dropped
			part(r.Outside, r)
		}
	}
	if c.trials == nil {
		return corr.Size{}, nil, nil
	}
	return size, c.trials, nil
}

// compareSizes finds the size by held-out error. One accumulation for each support
// serves all smaller kernels, which are parts of it.
func compareSizes(ctx context.Context, inputs []train.Input, s train.Spec, image corr.Size) (corr.Size, []SizeTrial, error) {
	var c chooser
	for _, support := range supports {
		c = chooser{}
		s.Kernel = corr.Size{H: min(support, odd(image.H)), W: min(support, odd(image.W))}
		set, err := borderlessOrAll(ctx, inputs, s)
		if err != nil {
			return corr.Size{}, nil, err
		}
		c.search(set.Equations)
		if c.trials == nil {
			return corr.Size{}, nil, fmt.Errorf("%d outputs are too few to find the kernel size: give --kernel-size", set.Windows())
		}
		b := c.best.Kernel
		if b.H < s.Kernel.H-1 && b.W < s.Kernel.W-1 || s.Kernel.H < support && s.Kernel.W < support {
			break
		}
	}
	return c.best.Kernel, c.trials, nil
}

// borderlessOrAll sums the outputs that see no border; they tell the size even if the
// border is not the Spec's. If there are none, it sums all.
func borderlessOrAll(ctx context.Context, inputs []train.Input, s train.Spec) (*accumulate.Set, error) {
	within, valid := train.Borderless(inputs, s)
	set, err := accumulate.Pairs(ctx, within, valid, accumulate.Options{})
	var none *train.NoWindowsError
	if errors.As(err, &none) {
		return accumulate.Pairs(ctx, inputs, s, accumulate.Options{})
	}
	return set, err
}

// odd returns the largest odd number up to n.
func odd(n int) int { return n - (n+1)%2 }

// chooser has the trials and the best of them.
type chooser struct {
	trials []SizeTrial
	best   SizeTrial
}

// search tries squares, then the heights and widths around the best of them.
func (c *chooser) search(s *normal.Equations) {
	whole := s.Layout().Spec.Kernel
	tried := map[corr.Size]bool{}
	try := func(h, w int) {
		size := corr.Size{H: min(max(h, 1), whole.H), W: min(max(w, 1), whole.W)}
		if !tried[size] && nested(s, size) {
			tried[size] = true
			c.try(s.Part(normal.CentredBlock(whole, size, s.Layout().BackgroundTerms() > 0)))
		}
	}
	for n := 1; n <= max(whole.H, whole.W); n++ {
		try(n, n)
	}
	for before := (corr.Size{}); before != c.best.Kernel; {
		before = c.best.Kernel
		for h := 1; h <= before.H; h++ {
			try(h, before.W)
		}
		for w := 1; w <= c.best.Kernel.W; w++ {
			try(c.best.Kernel.H, w)
		}
	}
}

// nested reports whether a kernel with padding same is a part of the larger one. With a
// dilation, only those of odd sizes have their taps in the same places.
func nested(s *normal.Equations, size corr.Size) bool {
	d := s.Layout().Spec.Options.Dilation
	return (d.H <= 1 || size.H%2 == 1) && (d.W <= 1 || size.W%2 == 1)
}

// try measures one size. Sizes with more unknowns than a quarter of the outputs are
// skipped.
func (c *chooser) try(s *normal.Equations) {
	n, p := float64(s.Windows()), float64(s.Unknowns())
	if 4*p > n {
		return
	}
	rms, ok := s.HeldOutRMS()
	if !ok {
		return
	}
	t := SizeTrial{Kernel: s.Layout().Spec.Kernel, HeldOutRMS: rms, Score: bic(s, rms, roundingRMS(s))}
	c.trials = append(c.trials, t)
	if len(c.trials) == 1 || t.Score < c.best.Score {
		c.best = t
	}
}

// bic returns N ln rms² + n ln N. A residual below least is rounding, and counts as
// least.
func bic(s *normal.Equations, rms, least float64) float64 {
	n := float64(s.Windows())
	return 2*n*math.Log(max(rms, least, math.SmallestNonzeroFloat64)) + float64(s.Unknowns())*math.Log(n)
}

// roundingRMS returns the residual that arithmetic leaves of an exact fit.
func roundingRMS(s *normal.Equations) float64 { return exactShare * math.Sqrt(s.Energy()/s.Weight()) }
