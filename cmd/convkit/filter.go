package main

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/edges"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// filter is what corr and edges share: images through an operator into files.
type filter struct {
	*app
	output    string
	method    corr.Method
	precision string
	geometry  corr.Options
	like      geometry.Convention // the tool that the geometry follows, if any
	read      imageio.ReadOptions
	write     imageio.WriteOptions
	operation
	span        *[2]float64 // what a picture shows of the result, where that is known
	batch       batch
	calibration calibration

	opaque, transparent int // inputs without alpha and with it
}

// stack is the images that become one output: the pages of an album, in order.
type stack struct {
	len  int
	read func(i int) (*imageio.Image, error)
}

// one filters a stack, most often of one image, into one output.
func (f *filter) one(ctx context.Context, s stack, to string) error {
	first, err := s.read(0)
	if err != nil {
		return err
	}
	s = s.startingWith(first)
	if err := f.readMaps(ctx); err != nil {
		return err
	}
	single := first.Kind() == imageio.Pixels && !(f.edges != nil && f.edges.Doubles())
	if single && first.Values() == imageio.RawValues && f.outgrows(max(first.Full(), math.Abs(f.geometry.Border.Value))) {
		single = false
	}
	single = single && !f.calibration.given() // its results are no whole pixels
	if f.precision != "auto" {
		single = f.precision == "float32"
	}
	if single {
		return through[float32](ctx, f, s, to)
	}
	return through[float64](ctx, f, s, to)
}

// startingWith returns the same stack whose first image has been read already.
func (s stack) startingWith(first *imageio.Image) stack {
	read := s.read
	s.read = func(i int) (*imageio.Image, error) {
		if i > 0 {
			first = nil
		}
		if first != nil {
			return first, nil
		}
		return read(i)
	}
	return s
}

// page is one image of a stack, made ready in arithmetic T.
type page[T tensor.Float] struct {
	*filter // with kernels in the units of the image
	img     *imageio.Image
	src     tensor.Source[T] // its rows, calibrated
	plan    runner[T]
}

// newPage reads image i of a stack and plans it. If it is like the page before,
// that one's plan serves it too.
func newPage[T tensor.Float](ctx context.Context, f *filter, s stack, i int, to string, before *page[T]) (*page[T], error) {
	img, err := s.read(i)
	if err != nil {
		return nil, err
	}
	f.warnVanishing(img)
	g := f.inUnits(img)
	if imageio.MakesPixels(to, f.write.Format, f.write.Depth) && !f.calibration.given() {
		g, img = g.onStored(img)
	}
	src, err := calibrate(&f.calibration, imageio.Rows[T](img))
	if err != nil {
		return nil, err
	}
	if before != nil && alike(before.img, img) {
		return &page[T]{g, img, src, before.plan}, nil
	}
	p, err := await(ctx, func() (runner[T], error) { return plan[T](g, img) })
	if err == nil {
		err = f.checkSize(p.Out())
	}
	if err != nil {
		return nil, err
	}
	f.logVerbose("plan %s", p.Describe())
	return &page[T]{g, img, src, p}, nil
}

// alike reports whether two images differ in their values only.
func alike(a, b *imageio.Image) bool {
	return a.Shape() == b.Shape() && a.Kind() == b.Kind() && a.Full() == b.Full() && a.Values() == b.Values() && a.InSteps() == b.InSteps() && a.HasAlpha() == b.HasAlpha()
}

// create begins the output of a stack, whose first page is p.
func (p *page[T]) create(to string, pages int) (*imageio.Writer, error) {
	at, write := p.plan.Origin(), p.write
	if p.geometry.Padding.Mode == corr.Same {
		at.Top, at.Left = 0, 0 // also where an odd row is shared out otherwise
	}
	write.Like, write.AlphaAt = p.img, imageio.AlphaWindow(at)
	write.Files, write.Pages = &p.files, pages
	write.KeepCards = p.geometry.Stride == corr.Size{H: 1, W: 1}
	w, err := imageio.Create(to, p.stdout, p.plan.Out(), write)
	if err == nil && w.LeavesCards() {
		p.note("%s: the header of the input is left out, since a stride makes its coordinates wrong", to)
	}
	return w, err
}

// run computes the page into the writer.
func (p *page[T]) run(ctx context.Context, w *imageio.Writer, m *meter) error {
	sink := imageio.SinkOf[T](w)
	if p.halvesToEven(p.img, w) {
		sink = imageio.EvenHalves(sink)
	}
	if m != nil {
		sink = metered[T]{sink, m}
	}
	return p.timed("compute", func() error { return p.plan.Run(ctx, p.src, sink) })
}

// through plans, computes and writes a stack in arithmetic T, page by page.
func through[T tensor.Float](ctx context.Context, f *filter, s stack, to string) error {
	p, err := newPage[T](ctx, f, s, 0, to, nil)
	if err != nil {
		return err
	}
	w, err := p.create(to, s.len)
	if err != nil {
		return err
	}
	defer w.Abort()
	if f.span != nil {
		w.SetRange(f.span[0], f.span[1])
	} else if w.NeedsRange() {
		if err := f.timed("range", func() error { return findRange(ctx, p, w, s, to) }); err != nil {
			return err
		}
	}
	m := f.newMeter("correlating", s.len*p.plan.Out().Planes()*p.plan.Out().H)
	for i := range s.len {
		if i > 0 {
			if p, err = newPage(ctx, f, s, i, to, p); err != nil {
				return err
			}
			if err := w.NextPage(p.plan.Out(), p.img); err != nil {
				return err
			}
		}
		if err := warnNaN(ctx, f, p.img, p.src); err != nil {
			return err
		}
		if err := p.run(ctx, w, m); err != nil {
			return err
		}
	}
	m.end()
	if err := f.timed("write", func() error {
		if err := w.Close(); err != nil {
			return err
		}
		return f.files.Commit()
	}); err != nil {
		return err
	}
	file := ""
	if isTemplate(f.output) || isFolder(f.output) || f.batch.inPlace {
		file = to
	}
	f.warnLosses(file, w)
	return nil
}

// findRange finds the smallest and the largest number of the results of all pages,
// of which p is the first.
func findRange[T tensor.Float](ctx context.Context, p *page[T], w *imageio.Writer, s stack, to string) (err error) {
	f, lo, hi := p.filter, math.Inf(1), math.Inf(-1)
	for i := range s.len {
		if i > 0 {
			if p, err = newPage(ctx, f, s, i, to, p); err != nil {
				return err
			}
		}
		if err := p.plan.Run(ctx, p.src, imageio.RangeSink[T](w)); err != nil {
			return err
		}
		a, b := w.Range()
		lo, hi = min(lo, a), max(hi, b)
	}
	w.SetRange(lo, hi)
	return nil
}

// warnNaN says, once, that canny finds nothing where the data are NaN, which no
// result shows. Whole numbers have none.
func warnNaN[T tensor.Float](ctx context.Context, f *filter, img *imageio.Image, src tensor.Source[T]) error {
	if f.edges == nil || f.edges.Operator != "canny" || img.Kind() == imageio.Pixels || img.Step() > 0 {
		return nil
	}
	nans, err := await(ctx, func() (int64, error) { return edges.CountNaN(ctx, src) })
	if err != nil || nans == 0 {
		return err
	}
	if _, told := f.told.LoadOrStore("canny nan", true); !told {
		f.warn("%d of %d values are NaN: no edges are found there or within reach of the blur", nans, img.Shape().Len())
	}
	return nil
}

// clippedShare is the share of clipped pixels that is worth a warning.
const clippedShare = 0.001

// widerThan says what holds more than the pixels that are written.
func widerThan(w *imageio.Writer) string {
	if w.Values() == imageio.RawValues && w.Depth() == 16 {
		return "or a format of numbers: -o FILE.npy"
	}
	return "or for whole numbers beyond 1 --values raw --depth 16"
}

// otherMaps are the mappings that may clip less than the one that did.
func otherMaps(used imageio.Mapping) string {
	return strings.Join(slices.DeleteFunc([]string{"abs", "rescale", "signed"}, func(name string) bool { return name == used.String() }), ", ")
}

// keepsNaN says how NaN can be kept.
func keepsNaN(w *imageio.Writer) string {
	if f, ok := imageio.FormatNamed(w.Format()); ok && f.Kind == imageio.Numbers {
		return "leave --depth out to keep them"
	}
	return "convkit formats lists the formats that hold NaN"
}

// warnLosses tells what of a result is not in its file, which of many it names.
func (a *app) warnLosses(file string, w *imageio.Writer) {
	if file != "" {
		file += ": "
	}
	if infinite, total := w.Beyond(); infinite > 0 {
		a.warn("%s%d of %d numbers are beyond the range of float32 and were written as Inf; .npy and .fits can hold them", file, infinite, total)
	}
	if w.LosesAlpha() {
		a.warn("%salpha is left out: %s cannot hold it, png and tif can; --alpha drop silences this", file, w.Format())
	}
	changed, total := w.Clipped()
	nans := w.NaNs()
	if nans > 0 {
		a.warn("%s%d of %d pixels are NaN and were written as 0; %s", file, nans, total, keepsNaN(w))
	}
	if changed -= nans; float64(changed) > clippedShare*float64(total) {
		a.warn("%s%d of %d pixels (%.1f %%) were outside the range and were clipped; choose another --map (%s), %s", file, changed, total, 100*float64(changed)/float64(total), otherMaps(w.Map()), widerThan(w))
	}
}
