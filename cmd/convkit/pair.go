package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/report"
)

// pairFiles says where a pair comes from.
type pairFiles struct {
	place  string // of a pair among many: FILE:LINE (X, Y); "" of the only one
	x, y   string
	mask   string // "": none
	weight float64

	variance, weights string // "": none
	err               error  // why it cannot be used
}

// inputs returns the pairs of images: the textbook's, X and Y, or those of a
// list or of two folders. Of many pairs, each is read when it is its turn.
func (l *learner) inputs(ctx context.Context) ([]train.Input, error) {
	var list []pairFiles
	var err error
	switch l.source {
	case fromList:
		list, err = l.readPairs(ctx)
	case fromFolders:
		list, err = l.matchFolders(l.x, l.y)
	default:
		var p train.Pair
		err = l.timed("read", func() (err error) {
			p, err = l.single(ctx)
			return err
		})
		return []train.Input{train.One(p)}, err
	}
	for _, f := range list {
		files := []string{f.x, f.y, f.mask, f.weights}
		if namesVariances(f.variance) {
			files = append(files, f.variance)
		}
		if err := l.checkReplaced(l.app, files...); err != nil {
			return nil, err
		}
	}
	if all := len(list); err == nil && l.share.of > 0 {
		if list = shareOf(l.share, list); len(list) == 0 {
			return nil, badData("use fewer shares", "share %v of %d pairs has none", l.share, all)
		}
	}
	l.several = len(list) > 1
	var inputs []train.Input
	keeper := pairKeeper{pixels: keptPixels, pairs: keptPairs}
	for i, f := range list {
		read := func() (train.Pair, error) { return l.open(ctx, f) }
		read = keeper.keep(read, i == 0)
		inputs = append(inputs, train.Input{Name: f.place, Open: func() (train.Pair, func(), error) {
			p, err := read()
			return p, func() {}, err
		}})
	}
	return inputs, err
}

// Pairs stay in memory between readings up to keptPixels, and up to keptPairs since
// each may hold files open. A pair is opened for its sizes, for the sums, and again by
// fits that iterate.
const (
	keptPixels = 1 << 22
	keptPairs  = 32
)

// pairKeeper keeps pairs that were read, as long as there is room.
type pairKeeper struct{ pixels, pairs int }

// keep returns read with its result kept. A pair that is too large is read anew each
// time, except that the first one is kept from the reading of its sizes to the next.
func (k *pairKeeper) keep(read func() (train.Pair, error), first bool) func() (train.Pair, error) {
	var kept *train.Pair
	small := false
	return func() (train.Pair, error) {
		if p := kept; p != nil {
			if !small {
				kept = nil
			}
			return *p, nil
		}
		p, err := read()
		if err != nil {
			return p, err
		}
		if n := pixelsOf(p); n <= k.pixels && k.pairs > 0 {
			k.pixels -= n
			k.pairs--
			small = true
		}
		if small || first {
			kept, first = &p, false
		}
		return p, nil
	}
}

// pixelsOf returns the number of pixels of a pair and its mask.
func pixelsOf(p train.Pair) int {
	n := p.X.Shape().Len() + p.Y.Shape().Len()
	if p.Mask != nil {
		n += p.Mask.Shape().Len()
	}
	return n
}

// noteOnce is a note that is not repeated when a pair is read again, or where
// one says it for all.
func (l *learner) noteOnce(what, format string, args ...any) {
	if !l.told[what] {
		l.told[what] = true
		l.note(format, args...)
	}
}

// single is the only pair: the textbook's, or from files, or Y made from X.
func (l *learner) single(ctx context.Context) (p train.Pair, err error) {
	switch l.source {
	case fromXY:
		return l.open(ctx, pairFiles{x: l.x, y: l.y, mask: l.mask, weight: 1, variance: l.variance, weights: l.weights})
	case fromX:
		img, err := l.readOne(ctx, l.x)
		if err != nil {
			return p, err
		}
		p.X = imageio.Rows[float64](img)
	default:
		l.note("no X and Y: the textbook's example, a 6x8 image and its correlation with %s", l.target)
		p.X = textbookImage()
	}
	l.steps[0] = true
	if p.Y, err = l.make(ctx, p.X); err == nil {
		err = l.readMaps(ctx, &p, pairFiles{mask: l.mask, weight: 1, variance: l.variance, weights: l.weights})
	}
	if err == nil {
		err = l.readXMaps(ctx, &p)
	}
	return p, err
}

// open reads a pair.
func (l *learner) open(ctx context.Context, f pairFiles) (p train.Pair, err error) {
	if f.err != nil {
		return p, f.err
	}
	x, err := l.readOne(ctx, f.x)
	if err != nil {
		return p, err
	}
	y, err := l.readOne(ctx, f.y)
	if err != nil {
		return p, err
	}
	limit, err := l.countSaturated(x, f.x)
	if err != nil {
		return p, err
	}
	p = train.Pair{X: imageio.Rows[float64](x), Y: imageio.Rows[float64](y), Weight: f.weight}
	if l.images.given() {
		l.imageY = y
	}
	l.steps[y.Step()] = true
	l.noteStep(x)
	l.numbers = l.numbers || !isPicture(x) || !isPicture(y)
	if p.Range, err = l.saturation(y, f.y); err != nil {
		return p, err
	}
	if err = l.readMaps(ctx, &p, f); err == nil && l.align {
		p, err = l.aligned(ctx, p, f)
	}
	if !l.detect { // which compares fits to the same outputs
		p.XLimit = limit
	}
	if err == nil {
		err = l.readXMaps(ctx, &p)
	}
	return p, err
}

// saturation is the values of Y that may have been clipped; nil where all count.
func (l *learner) saturation(y *imageio.Image, name string) (*train.Range, error) {
	if l.saturated.keep {
		return nil, nil
	}
	low, high, why, err := y.Saturation()
	if l.saturated.above != nil {
		high, why = *l.saturated.above, "--saturation"
	}
	if err != nil || why == "" {
		return nil, err
	}
	l.clips[train.Range{Low: low, High: high}] = true
	l.logVerbose("saturated in %s: what is not between %.9g and %.9g (%s)", name, low, high, why)
	return &train.Range{Low: low, High: high}, nil
}

// countSaturated returns the value from which pixels of X may have been clipped; nil if
// none are, or all count. It remembers their number, once for each file.
func (l *learner) countSaturated(x *imageio.Image, name string) (*float64, error) {
	c, counted := l.saturatedX[name]
	if !counted {
		var err error
		if c.n, c.from, err = x.Saturated(); err != nil {
			return nil, err
		}
		l.saturatedX[name] = c
	}
	if c.n == 0 || l.saturated.keep {
		return nil, nil
	}
	return &c.from, nil
}

// clipped is the number of pixels of an X that may have been clipped, from a value on.
type clipped struct {
	n    int
	from float64
}

// warnSaturated tells of used outputs that see pixels of X which may have been clipped,
// unless the fit leaves nothing to explain: what made Y then saw X as it is.
func (l *learner) warnSaturated(rep *report.Report) {
	n, from := 0, 0.0
	for _, c := range l.saturatedX {
		if n += c.n; c.n > 0 {
			from = c.from
		}
	}
	switch {
	case n == 0 || rep.Complete():
	case l.saturated.keep || l.detect:
		l.warn("%d pixels of X are saturated (at %.9g), so the kernel may be wrong; exclude them with --x-mask", n, from)
	case l.set.SeeSaturated > 0:
		l.warn("%d outputs see saturated pixels of X (at %.9g) and are used, since too few others would remain: the kernel may be wrong; exclude some with --x-mask", l.set.SeeSaturated, from)
	}
}

// readOne reads X or Y. Alpha is no part of what the operator does, unless it
// is asked for.
func (l *learner) readOne(ctx context.Context, path string) (*imageio.Image, error) {
	img, err := l.readImage(ctx, path, l.read)
	if err == nil && img.HasAlpha() && l.read.Alpha == imageio.AlphaKeep {
		l.noteOnce("alpha", "%s has alpha, which is left out of the fit (--alpha filter takes it in)", path)
	}
	return img, err
}

// readMaps reads the mask, and the weights or variances, of a pair.
func (l *learner) readMaps(ctx context.Context, p *train.Pair, f pairFiles) (err error) {
	if f.mask != "" {
		if p.Mask, err = l.readMap(ctx, "mask", f.mask, p.Y.Shape()); err != nil {
			return err
		}
		if err := l.questionMask(f.mask, p.Mask); err != nil {
			return err
		}
	}
	switch v, isNumber := varianceNumber(f.variance); {
	case isNumber:
		p.Weight = f.weight / v
	case f.variance != "":
		if p.Weights, err = l.readMap(ctx, "variance", f.variance, p.Y.Shape()); err != nil {
			return err
		}
		p.Weights = train.InverseVariances(p.Weights)
	case f.weights != "":
		p.Weights, err = l.readMap(ctx, "weights", f.weights, p.Y.Shape())
	}
	return err
}

// readXMaps reads the mask and the noise of X.
func (l *learner) readXMaps(ctx context.Context, p *train.Pair) (err error) {
	if l.xMask != "" {
		if p.XMask, err = l.readMap(ctx, "x-mask", l.xMask, p.X.Shape()); err != nil {
			return err
		}
		if err := l.questionMask(l.xMask, p.XMask); err != nil {
			return err
		}
	}
	return l.readNoise(ctx, p)
}

// questionMask tells of a mask that may be meant as weights: one of more than two
// values, as a few rows show.
func (l *learner) questionMask(path string, m tensor.Source[float64]) error {
	const rows = 32
	shape, seen := m.Shape(), map[float64]bool{}
	buf := make([]float64, shape.W)
	for i := range min(rows, shape.H) {
		row, err := m.Row(0, i*shape.H/min(rows, shape.H), buf)
		if err != nil {
			return err
		}
		for _, v := range row {
			if seen[v] = v == v; len(seen) > 3 { // NaN is a key of its own each time
				l.noteOnce("mask", "%s has more than two values, and a mask counts fully where it is not 0 or NaN: for weights use --weights, for variances --variance", path)
				return nil
			}
		}
	}
	return nil
}

// varianceOption reads --variance: a positive number, or the name of a file.
func varianceOption(s string) (string, error) {
	if v, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil && !(v > 0 && !math.IsInf(v, 0)) {
		return "", fmt.Errorf("%q: a variance is a positive number, or a file", s)
	}
	return anyText(s)
}

// varianceNumber is the variance that is given as a number.
func varianceNumber(s string) (v float64, ok bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return v, err == nil
}

// namesVariances reports whether a variance is a file.
func namesVariances(s string) bool {
	_, isNumber := varianceNumber(s)
	return s != "" && !isNumber
}

// readMap reads numbers that belong to Y, or X. A coloured map of a grey picture is made grey.
func (l *learner) readMap(ctx context.Context, what, path string, y tensor.Shape) (tensor.Source[float64], error) {
	o := l.read
	o.Values, o.Alpha, o.Gray, o.Linear, o.Select = imageio.RawValues, imageio.AlphaDrop, false, false, imageio.Selection{}
	img, err := l.readImage(ctx, path, o)
	if err == nil && img.Shape().Planes() != y.Planes() && img.Shape().C == 3 {
		o.Gray = true
		if path == "-" {
			return nil, badData("give it as a file", "the map of --%s has 3 planes, and Y %d", what, y.C)
		}
		img, err = l.readImage(ctx, path, o)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return imageio.Rows[float64](img), nil
}

// textbookImage is 6x8 ones, with zeros in the columns 2 to 5.
func textbookImage() tensor.Source[float64] {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 6, W: 8})
	for i := range x.Data {
		if c := i % 8; c < 2 || c >= 6 {
			x.Data[i] = 1
		}
	}
	return x
}

// make computes Y from X and the target.
func (l *learner) make(ctx context.Context, x tensor.Source[float64]) (tensor.Source[float64], error) {
	k, err := l.readKernel(ctx, l.target)
	if err != nil {
		return nil, fmt.Errorf("--target: %w", err)
	}
	if l.size == (corr.Size{}) && !l.sizeByError {
		l.size = corr.Size{H: k.H, W: k.W}
	}
	p, err := corr.NewPlan[float64](x.Shape(), k, l.spec.Options, corr.Config{Threads: l.threads})
	if err != nil {
		return nil, asData(err)
	}
	if err := l.checkSize(p.Out()); err != nil {
		return nil, err
	}
	y := tensor.NewDense[float64](p.Out())
	return y, p.Run(ctx, x, y)
}

// step is the distance between the values of Y, where it is the same in all
// pairs, else 0.
func (l *learner) step() float64 {
	if len(l.steps) == 1 {
		for s := range l.steps {
			return s
		}
	}
	return 0
}

// isPicture reports whether values are pixels between black and white.
func isPicture(m *imageio.Image) bool {
	_, _, ok := m.Scale()
	return ok
}
