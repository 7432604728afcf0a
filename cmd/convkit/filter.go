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

// one filters one image into one output.
func (f *filter) one(ctx context.Context, img *imageio.Image, to string) error {
	f.warnVanishing(img)
	f = f.inUnits(img)
	if err := f.readMaps(ctx); err != nil {
		return err
	}
	if imageio.MakesPixels(to, f.write.Format, f.write.Depth) && !f.calibration.given() {
		f, img = f.onStored(img)
	}
	single := img.Kind() == imageio.Pixels && !(f.edges != nil && f.edges.Doubles())
	if single && img.Values() == imageio.RawValues && f.outgrows(max(img.Full(), math.Abs(f.geometry.Border.Value))) {
		single = false
	}
	single = single && !f.calibration.given() // its results are no whole pixels
	if f.precision != "auto" {
		single = f.precision == "float32"
	}
	if single {
		return through[float32](ctx, f, img, to)
	}
	return through[float64](ctx, f, img, to)
}

// through plans, computes and writes in arithmetic T.
func through[T tensor.Float](ctx context.Context, f *filter, img *imageio.Image, to string) error {
	p, err := await(ctx, func() (runner[T], error) { return plan[T](f, img) })
	if err == nil {
		err = f.checkSize(p.Out())
	}
	if err != nil {
		return err
	}
	f.logVerbose("plan %s", p.Describe())
	at, write := p.Origin(), f.write
	if f.geometry.Padding.Mode == corr.Same {
		at.Top, at.Left = 0, 0 // also where an odd row is shared out otherwise
	}
	write.Like, write.AlphaAt = img, imageio.AlphaWindow(at)
	write.Files = &f.files
	write.KeepCards = f.geometry.Stride == corr.Size{H: 1, W: 1}
	w, err := imageio.Create(to, f.stdout, p.Out(), write)
	if err != nil {
		return err
	}
	defer w.Abort()
	if w.LeavesCards() {
		f.note("%s: the header of the input is left out, since a stride makes its coordinates wrong", to)
	}
	src, err := calibrate(&f.calibration, imageio.Rows[T](img))
	if err != nil {
		return err
	}
	if err := warnNaN(ctx, f, img, src); err != nil {
		return err
	}
	if f.span != nil {
		w.SetRange(f.span[0], f.span[1])
	} else if w.NeedsRange() {
		if err := f.timed("range", func() error { return p.Run(ctx, src, imageio.RangeSink[T](w)) }); err != nil {
			return err
		}
	}
	m := f.newMeter("correlating", p.Out().Planes()*p.Out().H)
	sink := imageio.SinkOf[T](w)
	if f.halvesToEven(img, w) {
		sink = imageio.EvenHalves(sink)
	}
	if m != nil {
		sink = metered[T]{sink, m}
	}
	if err := f.timed("compute", func() error { return p.Run(ctx, src, sink) }); err != nil {
		return err
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
