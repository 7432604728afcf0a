// Package detect finds how Y was made of X: which padding, border, stride, shift,
// kernel size and bias, and whether in linear RGB. It compares the fits of all
// candidates by the Bayesian information criterion.
package detect

import (
	"context"
	"errors"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Detect finds how Y was made of X. It tries paddings and borders, with and without
// bias, the strides that the sizes allow, shifts, and linear RGB if all values lie
// between 0 and 1. The kernel has the size of the Spec; if that is zero, the size that
// explains most. Dilation and channels are those of the Spec, and its stride if that is
// not 1.
//
// linearRGB says that linear RGB may be tried: corr can compute in it.
//
// If nothing fits the sizes, the error is a *train.SizeError.
func Detect(ctx context.Context, inputs []train.Input, s train.Spec, linearRGB bool) (*Detection, error) {
	if len(inputs) == 0 {
		return nil, errors.New("no pair of images is given")
	}
	pair, done, err := inputs[0].Open()
	if err != nil {
		return nil, inputs[0].Wrap(err)
	}
	d := &detector{inputs: inputs, spec: s, x: pair.X.Shape(), y: pair.Y.Shape()}
	d.linearRGB = []bool{false}
	px, err := train.InUnitRange(pair.X)
	py := false
	if err == nil && px {
		py, err = train.InUnitRange(pair.Y)
	}
	done()
	if err != nil {
		return nil, inputs[0].Wrap(err)
	}
	if d.float32Step, err = float32Step(inputs); err != nil {
		return nil, err
	}
	if px && py && linearRGB {
		d.linearRGB = append(d.linearRGB, true)
	}
	d.spec.Bias, d.spec.Background, d.spec.Options.Convolve = true, 0, false
	given := d.spec.Options.Padding
	for _, stride := range d.strides() {
		d.spec.Options.Stride = stride
		for _, mode := range []geometry.PaddingMode{corr.Valid, corr.Same, corr.Full, corr.Explicit} {
			d.spec.Options.Padding = given
			if err := d.tryPadding(ctx, mode); err != nil {
				return nil, err
			}
		}
	}
	if len(d.rows) == 0 {
		return nil, d.noCandidate()
	}
	return ranked(d.rows, d.float32Step), nil
}

// detector is a detection in progress.
type detector struct {
	inputs      []train.Input
	spec        train.Spec
	x, y        tensor.Shape
	linearRGB   []bool
	rows        []Candidate
	least       float64 // the residual that counts as rounding
	float32Step float64 // see float32Step
	notTried    string  // why a kernel that fits the sizes was not tried
}

// Candidate is a hypothesis with its kernel.
type Candidate struct {
	Hypothesis
	result        solve.Result
	fit           *normal.Equations
	known         bool       // the kernel's size was given
	spec          train.Spec // with the kernel around the taps that were found
	residualShare float64    // share of Y's variance that is not explained: 1 − R2, without its rounding
}

var borders = []corr.BorderMode{corr.Zeros, corr.Replicate, corr.Reflect, corr.Symmetric, corr.Circular}

// tryPadding tries one mode of padding, if the sizes of the images admit it.
func (d *detector) tryPadding(ctx context.Context, mode geometry.PaddingMode) error {
	s := d.spec
	if mode != s.Options.Padding.Mode {
		if mode == corr.Explicit {
			return nil // only if it was given
		}
		s.Options.Padding = corr.Padding{Mode: mode}
	}
	if mode == corr.Same {
		return d.trySame(ctx, s)
	}
	if s.Kernel == (corr.Size{}) {
		hs, ws := train.KernelRange(d.x.H, d.x.W, d.y.H, d.y.W, s.Options)
		if hs.None() || ws.None() {
			return nil
		}
		s.Kernel = corr.Size{H: hs.High, W: ws.High} // the others are parts of it
	}
	if !d.fits(s) || d.tooLarge(s) {
		return nil
	}
	whole := taps{Block: normal.Block{Size: s.Kernel}}
	pads := mode != corr.Valid && s.Kernel != corr.Size{H: 1, W: 1}
	for _, linearRGB := range d.linearRGB {
		if err := d.tryBorders(ctx, s, whole, linearRGB, pads); err != nil {
			return err
		}
	}
	return nil
}

// shiftReach is the largest shift at which a kernel of known size is searched.
const shiftReach = 4

// trySame tries padding same. First the taps that explain most are found from the
// windows that see no border. Then the borders are compared with those taps.
func (d *detector) trySame(ctx context.Context, s train.Spec) error {
	known := s.Kernel
	if known == (corr.Size{}) {
		s.Kernel = corr.Size{H: 1, W: 1}
	}
	if !d.fits(s) {
		return nil
	}
	var blocks []taps
	least := math.Inf(1)
	for _, linearRGB := range d.linearRGB {
		b, err := d.findTaps(ctx, s, known, linearRGB)
		if err != nil {
			return err
		}
		blocks = append(blocks, b)
		least = math.Min(least, b.unexplained)
	}
	for i, linearRGB := range d.linearRGB {
		s.Kernel = blocks[i].whole
		// If this scale of values is far off, one border says as much as all.
		several := blocks[i].unexplained <= rgbFactor*least
		if err := d.tryBorders(ctx, s, blocks[i], linearRGB, several); err != nil {
			return err
		}
	}
	return nil
}

// rgbFactor is how much more of Y's variance stored values or linear RGB may leave than
// the other, and still be tried with every border.
const rgbFactor = 25

// taps is the block of taps that explains most, the centred kernel around it, and the
// share of Y's variance that it leaves.
type taps struct {
	normal.Block
	whole       corr.Size
	unexplained float64
	tried       corr.Size
	atEnd       bool
}

// inputsIn returns the inputs, in linear RGB or as stored.
func (d *detector) inputsIn(linearRGB bool) []train.Input {
	if !linearRGB {
		return d.inputs
	}
	var list []train.Input
	for _, in := range d.inputs {
		list = append(list, train.InLinearRGB(in))
	}
	return list
}

// findTaps finds the taps that explain most, and the smallest centred kernel around
// them.
func (d *detector) findTaps(ctx context.Context, s train.Spec, known corr.Size, linearRGB bool) (taps, error) {
	most := corr.Size{H: odd(max(1, d.x.H/3)), W: odd(max(1, d.x.W/3))}
	support := corr.Size{H: min(most.H, supports[1]), W: min(most.W, supports[1])}
	if known != (corr.Size{}) {
		support = corr.Size{H: max(known.H, min(most.H, odd(known.H)+2*shiftReach)), W: max(known.W, min(most.W, odd(known.W)+2*shiftReach))}
	}
	s.Kernel = support
	inputs, within := train.Borderless(d.inputsIn(linearRGB), s)
	set, err := accumulate.Pairs(ctx, inputs, within, accumulate.Options{})
	var none *train.NoWindowsError
	if errors.As(err, &none) { // all windows see the border
		return taps{Block: normal.CentredBlock(support, support, true), whole: support}, nil
	}
	if err != nil {
		return taps{}, err
	}
	best := normal.Block{Size: support, Background: true}
	if known == (corr.Size{}) {
		best = trim(set.Equations, best)
	} else {
		best = bestPlace(set.Equations, known)
	}
	sub := set.Part(best)
	left := 1 - sub.R2(sub.LossAt(sub.Best()))
	end := atEnd(best, support, known)
	around, best := best.Around(support)
	return taps{Block: best, whole: around, unexplained: left, tried: support, atEnd: end}, nil
}

// tryBorders compares the borders, with and without a bias.
func (d *detector) tryBorders(ctx context.Context, s train.Spec, b taps, linearRGB, several bool) error {
	list := borders
	if !several {
		list = borders[:1]
	}
	var all []corr.Border
	for _, mode := range list {
		all = append(all, corr.Border{Mode: mode})
	}
	if several && !linearRGB {
		v, ok, err := d.constantBorder(ctx, s, b)
		if err != nil {
			return err
		}
		if ok && v != 0 {
			all = append(all, corr.Border{Mode: corr.Constant, Value: v})
		}
	}
	for _, border := range all {
		s.Options.Border = border
		set, err := accumulate.Pairs(ctx, d.inputsIn(linearRGB), s, accumulate.Options{})
		if err != nil {
			return err
		}
		for _, bias := range []bool{false, true} {
			b.Background = bias
			if err := d.measure(ctx, set, b, linearRGB); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure adds one hypothesis: the fit of a part of the sums.
func (d *detector) measure(ctx context.Context, set *accumulate.Set, b taps, linearRGB bool) error {
	p := b.Block
	sub := set.Part(p)
	r := solve.LeastSquares(sub, train.Sum)
	n := float64(sub.Windows())
	f := Candidate{Hypothesis: Hypothesis{Options: set.Layout().Spec.Options, Kernel: p.Size, Bias: p.Background, LinearRGB: linearRGB, Windows: sub.Windows(), Tried: b.tried, AtEnd: b.atEnd}, result: r, fit: sub, known: d.spec.Kernel != corr.Size{}, spec: set.Layout().Spec}
	usual := normal.CentredBlock(set.Layout().Spec.Kernel, p.Size, p.Background)
	f.ShiftY, f.ShiftX = p.Top-usual.Top, p.Left-usual.Left
	sum := r.Loss
	f.residualShare = sum / sub.Variation()
	f.R2 = 1 - f.residualShare
	if linearRGB {
		var err error
		if sum, err = d.storedLoss(ctx, set, p, r); err != nil {
			return err
		}
	}
	f.RMS = math.Sqrt(sum / n)
	if !linearRGB {
		d.least = max(roundingRMS(sub), d.float32Step/math.Sqrt(12)) // linear RGB is measured in stored values, too
	}
	f.Score = bic(sub, f.RMS, d.least)
	if f.Options.Border.Mode == corr.Constant { // its value is an unknown, too
		f.Score += math.Log(n)
	}
	d.rows = append(d.rows, f)
	return nil
}

// storedLoss returns Σ r² in stored values of a fit in linear RGB.
func (d *detector) storedLoss(ctx context.Context, set *accumulate.Set, p normal.Block, r solve.Result) (float64, error) {
	keep := p.Unknowns(set.Layout())
	var origin [][]float64
	for _, w := range r.Unknowns {
		all := make([]float64, set.Layout().Unknowns())
		for i, a := range keep {
			all[a] = w[i]
		}
		origin = append(origin, all)
	}
	st, err := set.Scan(ctx, accumulate.Request{Origin: origin, Stored: true})
	if err != nil {
		return 0, err
	}
	return st.LossAtOrigin(), nil
}
