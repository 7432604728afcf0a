// Package detect finds how Y was made of X: which padding, border, stride, shift,
// kernel size and bias, and whether in linear RGB. It compares the fits of all
// candidates by the Bayesian information criterion.
package detect

import (
	"context"
	"errors"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/solve"
)

// Detect tries how Y was made of X: paddings and borders, with and without bias,
// the strides that the sizes speak for, a shift, and linear light where the values are those of a picture (0 to 1),
// for a kernel of the size given or, where Spec.Kernel is zero, of whichever
// explains most. The dilation and channels are those of the Spec, and its stride
// where it is not 1.
func Detect(ctx context.Context, inputs []train.Input, s train.Spec) (*Detection, error) {
	if len(inputs) == 0 {
		return nil, errors.New("no pair of images is given")
	}
	pair, done, err := inputs[0].Open()
	if err != nil {
		return nil, inputs[0].Wrap(err)
	}
	d := &detector{inputs: inputs, spec: s, x: pair.X.Shape(), y: pair.Y.Shape()}
	d.linear = []bool{false}
	px, err := train.InUnitRange(pair.X)
	py := false
	if err == nil && px {
		py, err = train.InUnitRange(pair.Y)
	}
	done()
	if err != nil {
		return nil, inputs[0].Wrap(err)
	}
	if d.single, err = singleStep(inputs); err != nil {
		return nil, err
	}
	if px && py {
		d.linear = append(d.linear, true)
	}
	d.spec.Bias, d.spec.Background, d.spec.Options.Convolve = true, 0, false
	given := d.spec.Options.Padding
	for _, stride := range d.strides() {
		d.spec.Options.Stride = stride
		for _, mode := range []corr.PaddingMode{corr.Valid, corr.Same, corr.Full, corr.Explicit} {
			d.spec.Options.Padding = given
			if err := d.tryPadding(ctx, mode); err != nil {
				return nil, err
			}
		}
	}
	if len(d.rows) == 0 {
		return nil, d.noWay()
	}
	return ranked(d.rows, d.single), nil
}

// detector is a detection under way.
type detector struct {
	inputs   []train.Input
	spec     train.Spec
	x, y     tensor.Shape
	linear   []bool
	rows     []Candidate
	least    float64 // the residual that is rounding
	single   float64 // see singleStep
	notTried string  // why a kernel that leads from x to y was not tried
}

// found is a hypothesis with its kernel.
type Candidate struct {
	Hypothesis
	result solve.Result
	fit    *normal.Equations
	known  bool    // the kernel's size was given
	left   float64 // the share of Y's variance that is not explained: 1 - R2, without its rounding
}

var borders = []corr.BorderMode{corr.Zeros, corr.Replicate, corr.Reflect, corr.Symmetric, corr.Circular}

// padding tries one mode of padding, where the sizes of the images admit it.
func (d *detector) tryPadding(ctx context.Context, mode corr.PaddingMode) error {
	s := d.spec
	if mode != s.Options.Padding.Mode {
		if mode == corr.Explicit {
			return nil // only where it was given
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
	for _, light := range d.linear {
		if err := d.tryBorders(ctx, s, whole, light, pads); err != nil {
			return err
		}
	}
	return nil
}

// shiftReach is how far from its usual place a kernel of known size is looked
// for.
const shiftReach = 4

// same tries padding same. First the block of taps that explains most is found
// from the windows that see no border, then the borders are compared with it.
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
	for _, light := range d.linear {
		b, err := d.findTaps(ctx, s, known, light)
		if err != nil {
			return err
		}
		blocks = append(blocks, b)
		least = math.Min(least, b.unexplained)
	}
	for i, light := range d.linear {
		s.Kernel = blocks[i].whole
		// Of light that is far off, one border says as much as all.
		several := blocks[i].unexplained <= lightFactor*least
		if err := d.tryBorders(ctx, s, blocks[i], light, several); err != nil {
			return err
		}
	}
	return nil
}

// lightFactor is how much more of Y's variance one kind of light may leave
// unexplained than the other and still be tried with every border.
const lightFactor = 25

// block is the taps that explain most, the centred kernel around them, and the
// share of Y's variance that they leave.
type taps struct {
	normal.Block
	whole       corr.Size
	unexplained float64
	tried       corr.Size
	atEnd       bool
}

// in are the inputs, in linear light or not.
func (d *detector) inputsIn(light bool) []train.Input {
	if !light {
		return d.inputs
	}
	var list []train.Input
	for _, in := range d.inputs {
		list = append(list, train.InLinearRGB(in))
	}
	return list
}

// block finds the taps that explain most, and the smallest centred kernel around
// them.
func (d *detector) findTaps(ctx context.Context, s train.Spec, known corr.Size, light bool) (taps, error) {
	most := corr.Size{H: odd(max(1, d.x.H/3)), W: odd(max(1, d.x.W/3))}
	support := corr.Size{H: min(most.H, supports[1]), W: min(most.W, supports[1])}
	if known != (corr.Size{}) {
		support = corr.Size{H: max(known.H, min(most.H, odd(known.H)+2*shiftReach)), W: max(known.W, min(most.W, odd(known.W)+2*shiftReach))}
	}
	s.Kernel = support
	inputs, within := train.Borderless(d.inputsIn(light), s)
	set, err := accumulate.Pairs(ctx, inputs, within, accumulate.Options{})
	var none *train.NoWindowsError
	if errors.As(err, &none) { // an image of borders only
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
func (d *detector) tryBorders(ctx context.Context, s train.Spec, b taps, light, several bool) error {
	list := borders
	if !several {
		list = borders[:1]
	}
	for _, border := range list {
		s.Options.Border = corr.Border{Mode: border}
		set, err := accumulate.Pairs(ctx, d.inputsIn(light), s, accumulate.Options{})
		if err != nil {
			return err
		}
		for _, bias := range []bool{false, true} {
			b.Background = bias
			if err := d.measure(ctx, set, b, light); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure adds one hypothesis: the fit of a part of what was gathered.
func (d *detector) measure(ctx context.Context, set *accumulate.Set, b taps, light bool) error {
	p := b.Block
	sub := set.Part(p)
	r := solve.LeastSquares(sub, train.Sum)
	n := float64(sub.Windows())
	f := Candidate{Hypothesis{Options: set.Layout().Spec.Options, Kernel: p.Size, Bias: p.Background, LinearRGB: light, Windows: sub.Windows(), Tried: b.tried, AtEnd: b.atEnd}, r, sub, d.spec.Kernel != corr.Size{}, 0}
	usual := normal.CentredBlock(set.Layout().Spec.Kernel, p.Size, p.Background)
	f.ShiftY, f.ShiftX = p.Top-usual.Top, p.Left-usual.Left
	sum := r.Loss
	f.left = sum / sub.Variation()
	f.R2 = 1 - f.left
	if light {
		var err error
		if sum, err = d.storedLoss(ctx, set, p, r); err != nil {
			return err
		}
	}
	f.RMS = math.Sqrt(sum / n)
	if !light {
		d.least = max(roundingRMS(sub), d.single/math.Sqrt(12)) // light is measured in stored values, too
	}
	f.Score = bic(sub, f.RMS, d.least)
	d.rows = append(d.rows, f)
	return nil
}

// stored is Σ r² of a fit in linear light in stored values.
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
