package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// Hypothesis is a way in which Y may have been made of X, and how well the best
// kernel of that kind explains it.
type Hypothesis struct {
	Options corr.Options // padding, border, stride, dilation
	Kernel  corr.Size
	Bias    bool
	Light   bool // both images were taken to linear light (sRGB) first
	// ShiftY and ShiftX are how many rows below and columns right of its usual
	// place the kernel stands: by how much X was shifted up and left besides.
	ShiftY, ShiftX int

	Windows int
	RMS     float64 // of the residuals, in stored values
	R2      float64
	// Score is N ln RMS² + n ln N for N outputs and n unknowns, the Bayesian
	// information criterion: the odds between two are exp(difference/2).
	Score float64
}

// String gives the hypothesis in the words of the flags.
func (h Hypothesis) String() string {
	s := fmt.Sprintf("padding %v", h.Options.Padding)
	if h.Options.Padding.Mode != corr.Valid {
		s += fmt.Sprintf(", border %v", h.Options.Border)
	}
	if h.Options.Convolve {
		s += ", convolution"
	}
	s += fmt.Sprintf(", kernel %v", h.Kernel)
	if h.ShiftY != 0 || h.ShiftX != 0 {
		s += fmt.Sprintf(" shifted by %d,%d", h.ShiftY, h.ShiftX)
	}
	if h.Bias {
		s += ", bias"
	}
	if h.Light {
		s += ", linear light"
	}
	return s
}

// Detection is what Detect found: the hypotheses, best first, each with what it
// leaves unexplained, and how sure the first is, in words. After the best stands
// its twin by convolution, which explains as much by the kernel turned about.
type Detection struct {
	Rows []Hypothesis
	Sure string
	Best Result // the kernel of the first
}

// Detect tries how Y was made of X: paddings and borders, with and without bias,
// a shift, and linear light where the values are those of a picture (0 to 1),
// for a kernel of the size given or, where Spec.Kernel is zero, of whichever
// explains most. The stride, dilation and channels are those of the Spec.
func Detect(ctx context.Context, inputs []Input, s Spec) (*Detection, error) {
	if len(inputs) == 0 {
		return nil, errors.New("there is no pair of images to learn from")
	}
	pair, done, err := inputs[0].Open()
	if err != nil {
		return nil, inputs[0].wrap(err)
	}
	d := &detector{inputs: inputs, spec: s, x: pair.X.Shape(), y: pair.Y.Shape()}
	d.lights = []bool{false}
	px, err := picture(pair.X)
	py := false
	if err == nil && px {
		py, err = picture(pair.Y)
	}
	done()
	if err != nil {
		return nil, inputs[0].wrap(err)
	}
	if px && py {
		d.lights = append(d.lights, true)
	}
	d.spec.Bias, d.spec.Background, d.spec.Options.Convolve = true, 0, false
	for _, mode := range []corr.PaddingMode{corr.Valid, corr.Same, corr.Full, corr.Explicit} {
		if err := d.padding(ctx, mode); err != nil {
			return nil, err
		}
	}
	return d.finish()
}

// detector is a detection under way.
type detector struct {
	inputs []Input
	spec   Spec
	x, y   tensor.Shape
	lights []bool
	rows   []found
}

// found is a hypothesis with its kernel.
type found struct {
	Hypothesis
	result Result
}

var borders = []corr.BorderMode{corr.Zeros, corr.Replicate, corr.Reflect, corr.Symmetric, corr.Circular}

// padding tries one mode of padding, where the sizes of the images admit it.
func (d *detector) padding(ctx context.Context, mode corr.PaddingMode) error {
	s := d.spec
	if mode != s.Options.Padding.Mode {
		if mode == corr.Explicit {
			return nil // only where it was given
		}
		s.Options.Padding = corr.Padding{Mode: mode}
	}
	if mode == corr.Same {
		return d.same(ctx, s)
	}
	if s.Kernel == (corr.Size{}) {
		hs, ws := sizes(d.x.H, d.y.H, vertical(s.Options)), sizes(d.x.W, d.y.W, horizontal(s.Options))
		if hs.none() || ws.none() {
			return nil
		}
		s.Kernel = corr.Size{H: hs.high, W: ws.high} // the others are parts of it
	}
	if !d.fits(s) {
		return nil
	}
	whole := part{size: s.Kernel}
	for _, light := range d.lights {
		if err := d.tryBorders(ctx, s, whole, light, mode != corr.Valid); err != nil {
			return err
		}
	}
	return nil
}

// fits tells whether the geometry leads from x to y.
func (d *detector) fits(s Spec) bool {
	g, err := corr.NewGeometry(d.x.H, d.x.W, s.Kernel, s.Options)
	return err == nil && g.OutH == d.y.H && g.OutW == d.y.W
}

// shiftReach is how far from its usual place a kernel of known size is looked
// for.
const shiftReach = 4

// same tries padding same. First the block of taps that explains most is found
// from the windows that see no border, then the borders are compared with it.
func (d *detector) same(ctx context.Context, s Spec) error {
	known := s.Kernel
	if known == (corr.Size{}) {
		s.Kernel = corr.Size{H: 1, W: 1}
	}
	if !d.fits(s) {
		return nil
	}
	for _, light := range d.lights {
		whole, block, err := d.block(ctx, s, known, light)
		if err != nil {
			return err
		}
		s.Kernel = whole
		if err := d.tryBorders(ctx, s, block, light, true); err != nil {
			return err
		}
	}
	return nil
}

// block finds the taps that explain most, and the centred kernel around them.
func (d *detector) block(ctx context.Context, s Spec, known corr.Size, light bool) (corr.Size, part, error) {
	most := corr.Size{H: odd(max(1, d.x.H/3)), W: odd(max(1, d.x.W/3))}
	support := corr.Size{H: min(most.H, supports[1]), W: min(most.W, supports[1])}
	if known != (corr.Size{}) {
		support = corr.Size{H: max(known.H, min(most.H, odd(known.H)+2*shiftReach)), W: max(known.W, min(most.W, odd(known.W)+2*shiftReach))}
	}
	s.Kernel = support
	set, err := GatherSet(ctx, d.in(light, corr.Size{H: (support.H + 1) / 2, W: (support.W + 1) / 2}), s, SetOptions{})
	var none *NoWindowsError
	if errors.As(err, &none) { // an image of borders only
		return support, centred(support, support, true), nil
	}
	if err != nil {
		return support, part{}, err
	}
	best := part{size: support, background: true}
	if known == (corr.Size{}) {
		best = trim(set.Statistics, best)
	} else {
		best = place(set.Statistics, known)
	}
	return support, best, nil
}

// in are the inputs, in linear light or not, without the outputs within margin
// of an edge.
func (d *detector) in(light bool, margin corr.Size) []Input {
	var list []Input
	for _, in := range d.inputs {
		if light {
			in = inLight(in)
		}
		if margin != (corr.Size{}) {
			in = inside(in, margin)
		}
		list = append(list, in)
	}
	return list
}

// inside masks the outputs within margin of an edge.
func inside(in Input, margin corr.Size) Input {
	open := in.Open
	in.Open = func() (Pair, func(), error) {
		p, done, err := open()
		if err == nil {
			p.Mask = interior{p.Y.Shape(), margin, p.Mask}
		}
		return p, done, err
	}
	return in
}

// interior is a mask that is zero within margin of an edge, elsewhere that of
// mask, or one.
type interior struct {
	shape  tensor.Shape
	margin corr.Size
	mask   tensor.Source[float64]
}

func (m interior) Shape() tensor.Shape { return m.shape }

func (m interior) Row(p, y int, buf []float64) ([]float64, error) {
	buf = buf[:m.shape.W]
	for i := range buf {
		buf[i] = 1
	}
	if m.mask != nil {
		row, err := m.mask.Row(p%m.mask.Shape().Planes(), y, buf)
		if err != nil {
			return nil, err
		}
		copy(buf, row)
	}
	for i := range buf {
		if y < m.margin.H || y >= m.shape.H-m.margin.H || i < m.margin.W || i >= m.shape.W-m.margin.W {
			buf[i] = 0
		}
	}
	return buf, nil
}

// tryBorders compares the borders, with and without a bias.
func (d *detector) tryBorders(ctx context.Context, s Spec, p part, light, several bool) error {
	list := borders
	if !several {
		list = borders[:1]
	}
	for _, b := range list {
		s.Options.Border = corr.Border{Mode: b}
		set, err := GatherSet(ctx, d.in(light, corr.Size{}), s, SetOptions{})
		if err != nil {
			return err
		}
		for _, bias := range []bool{false, true} {
			p.background = bias
			if err := d.measure(ctx, set, p, light); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure adds one hypothesis: the fit of a part of what was gathered.
func (d *detector) measure(ctx context.Context, set *Set, p part, light bool) error {
	sub := set.sub(p)
	r := Solve(sub, Sum)
	r.Stable = sub.StableRate(Descent{})
	n := float64(sub.Windows())
	f := found{Hypothesis{Options: set.spec.Options, Kernel: p.size, Bias: p.background, Light: light, Windows: sub.Windows()}, r}
	usual := centred(set.spec.Kernel, p.size, p.background)
	f.ShiftY, f.ShiftX = p.top-usual.top, p.left-usual.left
	sum, variation := r.Loss, 0.0
	for i := range sub.systems {
		for _, o := range sub.systems[i].outputs {
			variation += o.y.m2
		}
	}
	f.R2 = 1 - sum/variation
	if light {
		var err error
		if sum, err = d.stored(ctx, set, p, r); err != nil {
			return err
		}
	}
	f.RMS = math.Sqrt(sum / n)
	f.Score = sub.criterion(f.RMS)
	d.rows = append(d.rows, f)
	return nil
}

// stored is Σ r² of a fit in linear light in stored values.
func (d *detector) stored(ctx context.Context, set *Set, p part, r Result) (float64, error) {
	keep := p.unknowns(set.layout)
	var origin [][]float64
	for _, w := range r.weights {
		all := make([]float64, set.layout.unknowns())
		for i, a := range keep {
			all[a] = w[i]
		}
		origin = append(origin, all)
	}
	sum := 0.0
	err := set.read(ctx, func(p *pass) { p.origin, p.stored = origin, true }, func(st *Statistics, _ *pass) error {
		for i := range st.systems {
			for _, o := range st.systems[i].outputs {
				sum += o.loss
			}
		}
		return nil
	})
	return sum, err
}

// finish sorts the hypotheses and says how sure the best is.
func (d *detector) finish() (*Detection, error) {
	if len(d.rows) == 0 {
		return nil, fmt.Errorf("x is %dx%d and y is %dx%d: no padding leads from the one to the other%s", d.x.H, d.x.W, d.y.H, d.y.W, otherPaddings(d.x.H, d.x.W, d.y.H, d.y.W, corr.Options{Padding: corr.Padding{Mode: corr.Explicit}, Stride: d.spec.Options.Stride, Dilation: d.spec.Options.Dilation}))
	}
	sort.SliceStable(d.rows, func(i, j int) bool { return d.rows[i].Score < d.rows[j].Score })
	det := &Detection{Best: d.rows[0].result}
	for i, r := range d.rows {
		det.Rows = append(det.Rows, r.Hypothesis)
		if i == 0 {
			r.Options.Convolve = true
			det.Rows = append(det.Rows, r.Hypothesis)
		}
	}
	det.Sure = sure(det.Rows)
	return det, nil
}

// within tells whether h is o without a bias: that o explains as much says
// nothing against h.
func (h Hypothesis) within(o Hypothesis) bool {
	o.Bias = false
	return !h.Bias && h.String() == o.String()
}

// sure compares the first hypothesis with the next that is not its twin.
func sure(rows []Hypothesis) string {
	const twin = "correlation and convolution explain y alike, with kernels turned about"
	i := 2
	for i < len(rows) && rows[0].within(rows[i]) {
		i++
	}
	if i >= len(rows) {
		return "nothing else leads from x to y; " + twin
	}
	odds := (rows[i].Score - rows[0].Score) / 2 / math.Ln10
	next := rows[i].String()
	switch {
	case odds < 0.5:
		return fmt.Sprintf("the images cannot tell it from the next (%s); %s", next, twin)
	case odds < 2:
		return fmt.Sprintf("likely: %.0f to 1 against the next (%s); %s", math.Pow(10, odds), next, twin)
	case odds < 6:
		return fmt.Sprintf("all but certain: %.0f to 1 against the next (%s); %s", math.Pow(10, odds), next, twin)
	}
	return fmt.Sprintf("certain: more than a million to 1 against the next (%s); %s", next, twin)
}
