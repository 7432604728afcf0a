package main

import (
	"context"
	"math"

	"github.com/convkit/convkit/internal/align"
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/detect"
)

// aligned takes the whole part of the shift of Y against X out of a pair. What a
// centred kernel does with the pair's sizes and padding is no shift.
func (l *learner) aligned(ctx context.Context, p train.Pair, f pairFiles) (train.Pair, error) {
	s, err := align.Find(ctx, p.X, p.Y, align.Options{MaxShift: -1, EitherSign: true, Threads: l.threads})
	if err != nil {
		return p, asData(err)
	}
	in, out := p.X.Shape(), p.Y.Shape()
	if !l.related(in, out) {
		return l.overlap(ctx, p, f, s)
	}
	restY := offset(in.H, out.H, l.spec.Options.Padding, l.spec.Options.Padding.Top, l.spec.Options.Padding.Bottom)
	restX := offset(in.W, out.W, l.spec.Options.Padding, l.spec.Options.Padding.Left, l.spec.Options.Padding.Right)
	y, x := int(math.Round(s.Y-restY)), int(math.Round(s.X-restX))
	place := placeOf(f)
	dy, dx, err := l.correction(ctx, p, y+int(math.Floor(restY)), x+int(math.Floor(restX)))
	if err != nil {
		return p, asData(err)
	}
	y, x = y+dy, x+dx
	l.noteOnce("align "+f.place, "%sY moves onto X by %s,%s (rows down, columns right): %d,%d is taken out, the rest is left to the kernel", place, rounded(s.Y-restY, 2, -1), rounded(s.X-restX, 2, -1), y, x)
	if y == 0 && x == 0 {
		return p, nil
	}
	var ok bool
	mask := p.Mask
	if mask != nil {
		_, mask, _ = align.Undo(p.X, mask, y, x)
	}
	weights := p.Weights
	if weights != nil {
		_, weights, _ = align.Undo(p.X, weights, y, x)
	}
	if p.X, p.Y, ok = align.Undo(p.X, p.Y, y, x); !ok {
		return p, badData("", "%sX and Y do not overlap once the shift is undone", place)
	}
	p.Mask, p.Weights = mask, weights
	return p.Inside(l.margin(y, x)), nil
}

// corrections is how often a shift is corrected, while it moves as far as a correction
// can: a derivative of a smooth image peaks pixels away.
const corrections = 6

// correction returns by how much a whole shift, which moves Y onto X, is off: the fit of
// a kernel of the size that is learned tells.
func (l *learner) correction(ctx context.Context, p train.Pair, y, x int) (dy, dx int, err error) {
	for range corrections {
		a, b, err := l.correctOnce(ctx, p, y+dy, x+dx)
		if err != nil {
			return 0, 0, err
		}
		dy, dx = dy+a, dx+b
		if max(a, -a, b, -b) < detect.WholeShiftReach {
			break
		}
	}
	return dy, dx, nil
}

// correctOnce is correction with one fit.
func (l *learner) correctOnce(ctx context.Context, p train.Pair, y, x int) (dy, dx int, err error) {
	size, o := l.size, l.spec.Options
	if o.Dilation.H > 1 || o.Dilation.W > 1 {
		return 0, 0, nil
	}
	if in, out := p.X.Shape(), p.Y.Shape(); size == (corr.Size{}) {
		if size, err = train.KernelSize(in.H, in.W, out.H, out.W, o); err != nil || max(size.H, size.W) > hugeSize {
			size = corr.Size{H: unknownSize - 1, W: unknownSize - 1}
		}
	}
	if size.H*size.W > hugeSize*hugeSize {
		return 0, 0, nil // such a fit takes as long as the one that follows
	}
	q, ok := p, false
	if q.X, q.Y, ok = align.Undo(p.X, p.Y, y, x); !ok {
		return 0, 0, nil
	}
	if p.Mask != nil {
		_, q.Mask, _ = align.Undo(p.X, p.Mask, y, x)
	}
	if p.Weights != nil {
		_, q.Weights, _ = align.Undo(p.X, p.Weights, y, x)
	}
	// Images of different sizes are cut to what both show.
	xs, ys := q.X.Shape(), q.Y.Shape()
	h, w := min(xs.H, ys.H), min(xs.W, ys.W)
	q.X, q.Y = align.Cut(q.X, 0, 0, h, w), align.Cut(q.Y, 0, 0, h, w)
	if q.Mask != nil {
		q.Mask = align.Cut(q.Mask, 0, 0, h, w)
	}
	if q.Weights != nil {
		q.Weights = align.Cut(q.Weights, 0, 0, h, w)
	}
	spec := l.spec
	spec.Threads = l.threads
	if l.channelsFound && xs.C != ys.C {
		spec.Channels = train.Mix
	}
	return detect.WholeShift(ctx, q, size, spec)
}

// checkGuess warns where the fit does not speak for the shift that was taken out.
// The images alone cannot tell: a kernel that leaves little but edges makes the
// best shift look unsure, too.
func (l *learner) checkGuess(r2 float64) {
	if l.align && r2 < 0.1 {
		l.warn("the shift that was undone is a guess, and the fit explains little: X and Y may show different things, or one is rotated or mirrored")
	}
}

func placeOf(f pairFiles) string {
	if f.place == "" {
		return ""
	}
	return f.place + ": "
}

// related reports whether the sizes are those of an image and what a kernel made of
// it: with padding same equal ones, else those of the kernel that was asked for or
// of some kernel that is not huge.
func (l *learner) related(in, out tensor.Shape) bool {
	o := l.spec.Options
	if l.size != (corr.Size{}) {
		g, err := geometry.New(in.H, in.W, l.size, o)
		return err == nil && g.OutH == out.H && g.OutW == out.W
	}
	if o.Padding.Mode == corr.Same {
		return in.H == out.H && in.W == out.W
	}
	k, err := train.KernelSize(in.H, in.W, out.H, out.W, o)
	return err == nil && max(k.H, k.W) <= hugeSize
}

// hugeSize is the side above which a kernel that only two sizes speak for is taken
// for a difference of what two images show.
const hugeSize = 31

// overlap leaves of a pair what both show, of X with the taps around it that
// padding valid needs.
func (l *learner) overlap(ctx context.Context, p train.Pair, f pairFiles, s align.Shift) (train.Pair, error) {
	in, out, place := p.X.Shape(), p.Y.Shape(), placeOf(f)
	y, x := int(math.Round(s.Y)), int(math.Round(s.X))
	dy, dx, err := l.correction(ctx, p, y, x)
	if err != nil {
		return p, asData(err)
	}
	y, x = y+dy, x+dx
	var reach corr.Size // of the kernel, less 1
	switch mode := l.spec.Options.Padding.Mode; {
	case mode == corr.Valid && l.size != (corr.Size{}):
		d := l.spec.Options.Dilation
		reach = corr.Size{H: (l.size.H - 1) * max(1, d.H), W: (l.size.W - 1) * max(1, d.W)}
	case mode == corr.Full || mode == corr.Explicit:
		return p, badData("give --padding same or valid; --align then cuts both images to what they share", "%sX is %dx%d and Y %dx%d, which --padding %v does not explain", place, in.H, in.W, out.H, out.W, l.spec.Options.Padding)
	}
	y0, h := shared(in.H, out.H, y, reach.H)
	x0, w := shared(in.W, out.W, x, reach.W)
	if h <= 0 || w <= 0 {
		return p, badData("", "%sX and Y do not overlap once the shift is undone", place)
	}
	l.noteOnce("align "+f.place, "%sX is %dx%d and Y %dx%d; Y moves onto X by %s,%s (rows down, columns right), and the %dx%d of it that X shows, too, are used", place, in.H, in.W, out.H, out.W, rounded(s.Y, 2, -1), rounded(s.X, 2, -1), h, w)
	p.X = align.Cut(p.X, y0+y-reach.H/2, x0+x-reach.W/2, h+reach.H, w+reach.W)
	p.Y = align.Cut(p.Y, y0, x0, h, w)
	if p.Mask != nil {
		p.Mask = align.Cut(p.Mask, y0, x0, h, w)
	}
	if p.Weights != nil {
		p.Weights = align.Cut(p.Weights, y0, x0, h, w)
	}
	return p.Inside(l.margin(1, 1)), nil
}

// shared is the first and the number of the n elements of an axis of Y of which
// the m of X, where they lie by d further on, show the whole window.
func shared(m, n, d, reach int) (first, count int) {
	before := reach / 2
	first = max(0, before-d)
	return first, min(n, m-(reach-before)-d) - first
}

// offset is how far a centred kernel's output lies from the input it is made of:
// (k-1)/2 less the padding before, where the sizes tell k.
func offset(in, out int, p corr.Padding, before, after int) float64 {
	switch p.Mode {
	case corr.Same:
		return 0
	case corr.Full:
		return -float64(out-in) / 2
	}
	return float64(in-out+before+after)/2 - float64(before)
}

// unknownSize is how far the border may reach into Y where the kernel's size is
// not known yet.
const unknownSize = 8

// margin is where outputs see what was added around X: at the ends where X was
// cut, that is not what it was made with.
func (l *learner) margin(y, x int) corr.Size {
	m := corr.Size{H: unknownSize, W: unknownSize}
	if l.size != (corr.Size{}) {
		d := l.spec.Options.Dilation
		m = corr.Size{H: (l.size.H - 1) * max(1, d.H), W: (l.size.W - 1) * max(1, d.W)}
	}
	if p := l.spec.Options.Padding; p.Mode == corr.Explicit {
		m = corr.Size{H: max(p.Top, p.Bottom), W: max(p.Left, p.Right)}
	} else if p.Mode == corr.Valid {
		m = corr.Size{}
	}
	if y == 0 {
		m.H = 0
	}
	if x == 0 {
		m.W = 0
	}
	return m
}
