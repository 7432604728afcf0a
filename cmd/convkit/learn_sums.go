package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
)

// witnesses is how many pairs are looked at to find the size of the kernel: with
// three, one that is wrong is outvoted.
const witnesses = 3

// settle finds what the images themselves say: the size of the kernel, and
// whether channels are mixed. It returns the pairs that are left.
func (l *learner) settle(ctx context.Context, inputs []train.Input) ([]train.Input, error) {
	l.spec.Kernel = l.size
	votes := witnesses
	if l.size != (corr.Size{}) || l.sizeByError {
		votes = 1
	}
	var sizes []corr.Size
	var first error
	for i, in := range inputs {
		if len(sizes) == votes {
			break
		}
		size, err := l.sizeOf(in, len(sizes) == 0)
		switch {
		case err == nil:
			sizes = append(sizes, size)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case first == nil:
			first = err
		}
		if err != nil && !l.keepGoing && i == 0 {
			return nil, err
		}
	}
	if sizes == nil {
		if len(inputs) > 1 {
			return nil, fmt.Errorf("none of the %d pairs can be used; the first: %w", len(inputs), first)
		}
		return nil, first
	}
	l.extras = extrasOf(l.spec, l.planes)
	if err := l.checkExtras(l.extras); err != nil {
		return nil, err
	}
	if l.sizeByError {
		return l.chooseSize(ctx, inputs)
	}
	if l.size == (corr.Size{}) {
		l.spec.Kernel = sizes[0]
		if len(sizes) == witnesses && sizes[1] == sizes[2] {
			l.spec.Kernel = sizes[1]
		}
		switch n := l.spec.Kernel.H * l.spec.Kernel.W; {
		case n >= l.outputs && n > 1:
			l.note("the sizes say that the kernel is %v, of no fewer taps (%d) than Y has pixels (%d): if every second pixel was kept, give --stride 2 --padding same and a --kernel-size; --detect finds it out", l.spec.Kernel, n, l.outputs)
		case n == 1 && l.spec.Options.Padding.Mode == corr.Valid:
			l.note("X and Y have the same size, so padding valid leaves a 1x1 kernel; for a larger one give --detect, or --padding same and a --kernel-size")
		}
	}
	return inputs, nil
}

// sizeOf is the kernel that a pair's sizes speak for. The first that can be
// read reports whether channels are mixed.
func (l *learner) sizeOf(in train.Input, first bool) (corr.Size, error) {
	pair, done, err := in.Open()
	if err != nil {
		return corr.Size{}, in.Wrap(asData(err))
	}
	defer done()
	xs, ys := pair.X.Shape(), pair.Y.Shape()
	if first {
		l.planes, l.outputs = ys.C, ys.H*ys.W
		if l.sizeByError && !l.paddingGiven && xs.H == ys.H && xs.W == ys.W && l.spec.Options.Stride.H <= 1 && l.spec.Options.Stride.W <= 1 {
			l.spec.Options.Padding = corr.Padding{Mode: corr.Same}
			l.note("X and Y have the same size: --padding same is used, since valid would leave a 1x1 kernel")
		}
		if l.channelsFound && xs.C != ys.C {
			l.spec.Channels = train.Mix
		}
	}
	if l.size != (corr.Size{}) || l.sizeByError {
		return l.size, nil
	}
	size, err := train.KernelSize(xs.H, xs.W, ys.H, ys.W, l.spec.Options)
	if err != nil {
		return size, in.Wrap(err)
	}
	return size, nil
}

// gather sums up all pairs. Interrupted among many, it leaves the best kernel of
// those that were summed.
func (l *learner) gather(ctx context.Context, inputs []train.Input) (*accumulate.Set, error) {
	var set *accumulate.Set
	meter := l.newMeter("pairs", len(inputs))
	if len(inputs) == 1 {
		meter, l.bands = nil, l.newMeter("sums", 1)
	}
	err := l.timed("sums", func() (err error) {
		set, err = accumulate.Pairs(ctx, inputs, l.spec, accumulate.Options{KeepGoing: l.keepGoing, Rescale: l.descent.Optimizer == descent.Exact, Single: l.descent.Optimizer == descent.Exact && !l.xNoise.any(), TapsOnly: l.tapsOnly(), Bands: l.bands.set, Progress: func(done, total int, name string, err error) {
			meter.add(1)
			if name != "" {
				l.logVerbose("pair %d of %d: %s", done, total, name)
			}
			if err != nil && l.keepGoing && ctx.Err() == nil {
				l.skip(&train.Failure{Name: name, Err: err})
			}
		}})
		return err
	})
	meter.end()
	if l.robust == robust.None { // else the fit reads on
		l.bands.end()
		l.bands = nil
	}
	if err != nil && set != nil && errors.Is(err, context.Canceled) {
		if e := l.writeKernel(solve.LeastSquares(set.Equations, l.descent.Loss).Kernel); e != nil {
			return nil, e
		}
		if e := l.files.Commit(); e != nil {
			return nil, e
		}
		return nil, &failure{code: exit.Interrupted, err: err, hint: fmt.Sprintf("the best kernel of the %d pairs read so far (of %d) was written", len(set.Inputs), len(inputs)) + l.goOn()}
	}
	if errors.Is(err, normal.ErrTooSmall) || errors.Is(err, normal.ErrTooLarge) {
		return nil, badData("scale the images, or give --optimizer exact, which computes in units of its own", "%v", err)
	}
	if err != nil {
		return nil, asData(err)
	}
	if set.Kept > 0 {
		l.logVerbose("in %d of %d pairs black and white pixels of Y count: too few others are left", set.Kept, len(inputs))
	}
	return set, nil
}

// tapsOnly reports whether nobody asks for more than the taps of a plain fit.
func (l *learner) tapsOnly() bool {
	return l.quiet && !l.wantsReport() && l.descent.Optimizer == descent.Exact && l.robust == robust.None && l.constraints.None() && !l.xNoise.any() && !(l.mayRound() && l.step() > 0)
}

// failedPairs ends the count of the pairs that --keep-going left out.
const failedPairs = "pairs failed and were skipped"

// screen takes the pairs that cannot be used out, where --keep-going is given,
// names and counts them: before a search that tries many kernels, since none
// could be compared with one of other pairs.
func (l *learner) screen(ctx context.Context, inputs []train.Input) ([]train.Input, error) {
	if !l.keepGoing || len(inputs) < 2 {
		return inputs, nil
	}
	good, bad, err := train.Screen(ctx, inputs, l.spec.Options)
	if err != nil {
		return nil, err
	}
	if len(good) == 0 {
		return nil, asData(fmt.Errorf("none of the %d pairs can be used; the first: %w", len(inputs), bad[0]))
	}
	for _, f := range bad {
		l.skip(f)
	}
	return good, nil
}

// skip names and counts a pair that is left out.
func (l *learner) skip(f *train.Failure) { l.failed = append(l.failed, l.app.report(asData(f))) }

// without runs a search, and again without each pair that fails in it where
// --keep-going is given.
func (l *learner) without(ctx context.Context, inputs []train.Input, search func([]train.Input) error) ([]train.Input, error) {
	for {
		err := search(inputs)
		var bad *train.Failure
		if err == nil || !l.keepGoing || len(inputs) < 2 || ctx.Err() != nil || !errors.As(err, &bad) {
			return inputs, asData(err)
		}
		l.skip(bad)
		inputs = slices.DeleteFunc(slices.Clone(inputs), func(in train.Input) bool { return in.Name == bad.Name })
	}
}
