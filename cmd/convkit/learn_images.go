package main

import (
	"context"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/predict"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
)

// fitImages are the images of a fit that are asked for.
type fitImages struct {
	residual, prediction, covariance string // files; "": none
	excludedNaN                      bool   // outputs that did not count are NaN
	variance                         bool   // of the residual, as a part of its file
	xVariance                        string // a file, a number, or "": X has no noise
}

func (o fitImages) files() []string { return []string{o.residual, o.prediction, o.covariance} }

// given reports whether an image is asked for.
func (o fitImages) given() bool { return o.residual != "" || o.prediction != "" }

// excludedWords are the values of --residual-excluded.
var excludedWords = []string{"value", "nan"}

// variancePart is the name of the part of a file that has variances.
const variancePart = "VARIANCE"

// checkImages refuses images of a fit that cannot be had.
func (l *learnCheck) checkImages() error {
	o, given := l.images, slices.DeleteFunc([]string{"residual", "prediction", "covariance"}, func(name string) bool { return !l.given(name) })
	switch {
	case l.given("residual-excluded") && !o.given():
		return usage("add --residual FILE", "--residual-excluded is for the images of --residual and --prediction")
	case o.variance && o.residual == "":
		return usage("add --residual FILE.fits", "--residual-variance is a second image in the file of --residual")
	case o.variance && l.variance == "" && !l.counts.given():
		return usage("add --variance FILE|V, or --gain and --read-noise", "--residual-variance needs the variance of Y")
	case len(given) == 0:
		return nil
	case l.chosen.source == fromList || l.chosen.source == fromFolders:
		return usage("give X and Y, or apply the kernel with convkit corr", "--%s is for one pair of images", given[0])
	case l.detect:
		return usage("first --detect, then fit with what it found", "--detect and --%s do not go together", given[0])
	case l.align:
		return usage("align the images first: convkit align X Y -o FILE", "--align and --%s do not go together", given[0])
	}
	streams := 0
	for _, name := range append(o.files(), l.chosen.output) {
		if name == "-" {
			streams++
		}
	}
	if l.chosen.output == "" {
		streams++
	}
	if streams > 1 {
		return usage("write the kernel to a file with -o FILE", "standard output can have one of the kernel and the images of the fit")
	}
	for i, a := range o.files() {
		for _, b := range append(o.files()[i+1:], l.output, l.reportFile, l.plotFile, l.logFile) {
			if sameFile(a, b) {
				return usage("", "%s cannot be two outputs at once", a)
			}
		}
	}
	return nil
}

// modelOf returns the model of a fitted kernel with its background, by plane.
func (l *learner) modelOf(k tensor.Kernel, background [][]float64) *predict.Model {
	return &predict.Model{Kernel: k, Background: background, Degree: l.spec.Background, Options: l.spec.Options, Threads: l.threads}
}

// writeImages writes the residual and the prediction, into the set of outputs. counts
// says which outputs the fit excluded.
func (l *learner) writeImages(ctx context.Context, m *predict.Model, counts train.Counts) error {
	if !l.images.given() {
		return nil
	}
	pair, done, err := l.countedPair(counts)
	if err != nil {
		return err
	}
	defer done()
	if err := m.Fits(pair.X.Shape(), pair.Y.Shape()); err != nil {
		return asData(err)
	}
	if to := l.images.prediction; to != "" {
		if err := l.writeImage(ctx, to, m, pair, nil, imageio.MapClip); err != nil {
			return err
		}
	}
	if to := l.images.residual; to != "" {
		return l.writeImage(ctx, to, m, pair, predict.From(pair.Y), imageio.MapSigned)
	}
	return nil
}

// countedPair returns the pair with what the fit excluded of it, as counts say.
func (l *learner) countedPair(counts train.Counts) (train.Pair, func(), error) {
	pair, done, err := l.only.Open()
	if counts.Saturated == 0 {
		pair.Range = nil // the fit needed what may be clipped
	}
	if counts.SeeExcluded == 0 {
		pair.XLimit = nil
	}
	return pair, done, err
}

// writeImage writes what f makes of a prediction, and its variance if that is asked for.
func (l *learner) writeImage(ctx context.Context, to string, m *predict.Model, pair train.Pair, f predict.RowFunc, mapping imageio.Mapping) error {
	o := imageio.WriteOptions{Digits: l.digits, Map: mapping, Files: &l.files, KeepCards: true}
	if y := l.imageY; y != nil && y.Kind() == imageio.Numbers {
		o.Like = y
	} else if y != nil {
		o.Values = y.Values()
	}
	if f != nil && l.images.variance {
		o.Parts = []string{variancePart}
	}
	w, err := imageio.Create(to, l.stdout, pair.Y.Shape(), o)
	if err != nil {
		return err
	}
	defer w.Abort()
	x := pair.X
	if l.images.excludedNaN {
		x = pair.WithoutExcludedX().X
	}
	sink := func(f predict.RowFunc) tensor.Sink[float64] {
		sink := imageio.SinkOf[float64](w)
		if l.images.excludedNaN {
			sink = predict.Rows(sink, predict.WithoutExcluded(pair))
		}
		if f != nil {
			sink = predict.Rows(sink, f)
		}
		return sink
	}
	if err := l.timed("image", func() error { return m.Run(ctx, x, sink(f)) }); err != nil {
		return err
	}
	if o.Parts != nil {
		if err := w.NextPage(pair.Y.Shape(), o.Like); err != nil {
			return err
		}
		if err := l.runVariances(ctx, m, pair, sink(predict.PlusVariance(pair))); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	l.warnLosses(to, w)
	return nil
}

// runVariances gives the variance of the prediction to a sink.
func (l *learner) runVariances(ctx context.Context, m *predict.Model, pair train.Pair, sink tensor.Sink[float64]) error {
	x, err := l.variancesOfX(ctx, pair)
	if err != nil {
		return err
	}
	return l.timed("variance", func() error { return m.Squared().Run(ctx, x, sink) })
}

// variancesOfX returns the variance of each value of X.
func (l *learner) variancesOfX(ctx context.Context, pair train.Pair) (tensor.Source[float64], error) {
	v, isNumber := varianceNumber(l.images.xVariance)
	switch {
	case pair.XVariances != nil:
		return pair.XVariances, nil
	case isNumber || l.images.xVariance == "":
		return train.Constant(pair.X.Shape(), v), nil
	}
	m, err := l.readMap(ctx, "x-variance", l.images.xVariance, pair.X.Shape())
	if err != nil {
		return nil, err
	}
	p := train.Pair{X: pair.X, Y: pair.Y, XVariances: m}
	if err := p.Check(); err != nil {
		return nil, asData(err)
	}
	return predict.Planes(m, pair.X.Shape().C), nil
}

// writeCovariance writes a covariance of n unknowns for each output.
func (l *learner) writeCovariance(n int, list ...[]float64) error {
	s := tensor.Shape{N: 1, C: len(list), H: n, W: n}
	w, err := imageio.Create(l.images.covariance, l.stdout, s, imageio.WriteOptions{Digits: l.digits, Files: &l.files})
	if err != nil {
		return err
	}
	defer w.Abort()
	plan, err := corr.NewPlan[float64](s, tensor.Matrix(1, 1, 1), corr.Options{}, corr.Config{Method: corr.Direct, Threads: l.threads})
	if err != nil {
		return err
	}
	if err := plan.Run(context.Background(), tensor.FromData(s, slices.Concat(list...)), imageio.SinkOf[float64](w)); err != nil {
		return err
	}
	return w.Close()
}

// covariances returns those of the unknowns of a report: taps in the order of the
// kernel's file, then the background.
func (l *learner) covariances(s *normal.Equations, r solve.Result, rep *report.Report) ([][]float64, error) {
	se := rep.UnknownErrors
	if rep.Unfinished() != "" { // the errors of the best fit are not those of these taps
		for i, e := range se {
			se[i] = slices.Repeat([]float64{math.NaN()}, len(e))
		}
	}
	list, err := solve.Covariances(s, r, l.constraints.InUnits(s.Layout().Spec.Units), se)
	if err != nil {
		return nil, asData(err)
	}
	layout := s.Layout()
	units := layout.FromUnits(slices.Repeat([]float64{1}, layout.Unknowns()))
	for _, m := range list {
		n := len(units)
		for i := range n {
			for j := range n {
				m[i*n+j] *= units[i] * units[j]
				if math.IsInf(m[i*n+j], 0) {
					m[i*n+j] = math.NaN()
				}
			}
		}
	}
	if l.spec.Options.Convolve {
		blocks := slices.Repeat([]int{l.spec.Kernel.H * l.spec.Kernel.W}, layout.Inputs())
		for i, m := range list {
			list[i] = predict.Flipped(m, len(units), blocks)
		}
	}
	return list, nil
}
