package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/predict"
)

// diffReport is the report of a difference, as JSON.
type diffReport struct {
	Convolved string `json:"convolved"` // template or image
	*varyReport
	Cells []cellReport `json:"cells"`
}

// cellReport is a predict.Cell without NaN, which JSON does not have.
type cellReport struct {
	Row          int      `json:"row"`
	Column       int      `json:"column"`
	Outputs      int      `json:"outputs"`
	RMS          *float64 `json:"rms"`
	RMSOverNoise *float64 `json:"rms_over_noise"`
	Chi2         *float64 `json:"chi2"`
	Outliers     int      `json:"outliers"`
}

// run fits, subtracts, writes all files or none, and prints the cells.
func (d *differ) run(ctx context.Context, l *learner) error {
	in, swapped, l, err := d.open(ctx, l)
	if err != nil {
		return err
	}
	if in, err = d.weigh(ctx, l, in); err != nil {
		return err
	}
	pair, done, err := in.Open()
	if err != nil {
		return asData(err)
	}
	defer done()
	r, k, err := l.fitVary(ctx, pair.Inside(l.inside))
	if err != nil {
		return err
	}
	if d.kernel != "" {
		if err := l.writeVarying(k); err != nil {
			return err
		}
	}
	m := l.modelOf(tensor.Kernel{}, nil)
	if m.Varying = k; l.spec.Background > 0 {
		m.Background = [][]float64{r.Background}
	}
	diff, variances, err := d.compute(ctx, l, m, r.Counts, swapped)
	if err != nil {
		return err
	}
	if d.decorrelate {
		if diff, variances, err = d.whiten(ctx, l, m, diff, variances); err != nil {
			return err
		}
	}
	if err := d.write(ctx, l, diff, variances, swapped); err != nil {
		return err
	}
	cells := predict.Cells(diff, variances, d.cells.H, d.cells.W)
	rep := l.reportOf(r)
	if !d.quiet {
		fmt.Fprintln(d.stderr, directionLine(swapped))
		l.printVary(r, rep)
	}
	if d.report != "" {
		if err := d.writeReport(rep, cells, swapped); err != nil {
			return err
		}
	}
	if err := l.files.Commit(); err != nil {
		return err
	}
	return d.print(cells)
}

// settledDifference is the share of the largest tap below which no tap moves any more:
// a star of 10⁶ counts leaves less than one count.
const settledDifference = 5e-7

// open reads the pair in the direction that is asked for, or that suits it.
func (d *differ) open(ctx context.Context, l *learner) (in train.Input, swapped bool, of *learner, err error) {
	read := func(l *learner) (train.Input, error) {
		l.settled = settledDifference
		l.inside = corr.Size{H: d.size.H / 2, W: d.size.W / 2}
		inputs, err := l.inputs(ctx)
		if err == nil {
			err = d.checkPair(inputs[0])
		}
		if err == nil {
			inputs, err = l.settle(ctx, inputs)
		}
		if err != nil {
			return train.Input{}, err
		}
		l.only = inputs[0]
		return inputs[0], nil
	}
	if d.direction != directionWords[2] {
		if in, err = read(l); err != nil || d.direction == directionWords[1] {
			return in, false, l, err
		}
	}
	back := newLearner(d.app, l.swapped())
	inBack, err := read(back)
	if err != nil || d.direction == directionWords[2] {
		return inBack, true, back, err
	}
	end := l.beat("direction")
	defer end()
	forth, err := spreadOf(ctx, l, in)
	if err != nil {
		return in, false, l, err
	}
	other, err := spreadOf(ctx, back, inBack)
	if err == nil && other < forth {
		return inBack, true, back, nil
	}
	return in, false, l, err
}

// checkPair refuses images of different sizes, of several planes, and too small ones.
func (d *differ) checkPair(in train.Input) error {
	pair, done, err := in.Open()
	if err != nil {
		return asData(err)
	}
	defer done()
	x, y := pair.X.Shape(), pair.Y.Shape()
	switch {
	case x != y:
		return badData("move one onto the other with convkit align -o, or cut them", "T and I must show the same pixels, but one is %v and the other %v", x, y)
	case x.Planes() != 1:
		return badData("add --gray, or pick one with --page", "diff takes images of one plane, and these are %v", x)
	case x.H < d.size.H || x.W < d.size.W:
		return badData("give a smaller --kernel-size", "images of %v are smaller than the kernel of %v", x, d.size)
	}
	return asData(pair.Check())
}

// spreadOf returns Σk²/(Σk)² of one kernel for the whole field: the noise that it passes.
// It is below one for a blur, and large if the kernel has to sharpen.
func spreadOf(ctx context.Context, l *learner, in train.Input) (float64, error) {
	m, err := l.firstFit(ctx, in)
	if err != nil {
		return 0, err
	}
	sum, squares := 0.0, 0.0
	for _, v := range m.Kernel.Taps {
		sum, squares = sum+v, squares+v*v
	}
	return squares / (sum * sum), nil
}

// weigh gives the pair its variances. Those of the image that is not convolved are
// estimated if they are not given, or all outputs weigh the same if that fails.
func (d *differ) weigh(ctx context.Context, l *learner, in train.Input) (train.Input, error) {
	guess := l.variance == "" && !l.counts.given()
	if guess {
		l.counts = countNoise{gain: &choice[float64]{auto: true}, readNoise: &choice[float64]{auto: true}}
	}
	weighed, err := l.estimateVariances(ctx, in)
	if guess && errors.Is(err, errNoiseOpen) && !d.decorrelate {
		l.counts = countNoise{}
		l.note("the noise cannot be estimated, and all outputs weigh the same: give --variance, or --gain and --read-noise")
		return in, nil
	}
	return weighed, err
}

// compute returns the difference, and its variances; nil if they are not known.
func (d *differ) compute(ctx context.Context, l *learner, m *predict.Model, counts train.Counts, swapped bool) (diff, variances *predict.Map, err error) {
	pair, done, err := l.countedPair(counts)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	x := pair.X
	var sink tensor.Sink[float64]
	diff = predict.NewMap(pair.Y.Shape())
	sink = predict.Rows(diff, predict.NaNNear(pair.Y.Shape(), l.inside))
	if swapped {
		sink = predict.Rows(sink, predict.Negative)
	}
	if d.excludedNaN {
		x, sink = pair.WithoutExcludedX().X, predict.Rows(sink, predict.WithoutExcluded(pair))
	}
	if err := l.timed("difference", func() error { return m.Run(ctx, x, predict.Rows(sink, predict.From(pair.Y))) }); err != nil {
		return nil, nil, asData(err)
	}
	if !l.absolute() {
		return diff, nil, nil
	}
	variances = predict.NewMap(pair.Y.Shape())
	err = l.runVariances(ctx, m, pair, predict.Rows(predict.Rows(variances, predict.NaNLike(diff)), predict.PlusVariance(pair)))
	return diff, variances, asData(err)
}

// whiten applies the kernel that makes the noise white, for the kernel in the middle of
// the field and the medians of the variances.
func (d *differ) whiten(ctx context.Context, l *learner, m *predict.Model, diff, variances *predict.Map) (white, after *predict.Map, err error) {
	pair, done, err := l.only.Open()
	if err != nil {
		return nil, nil, err
	}
	defer done()
	x, err := l.variancesOfX(ctx, pair)
	if err != nil {
		return nil, nil, err
	}
	ofX, ofY := predict.NewMap(x.Shape()), predict.NewMap(diff.Shape())
	if err := predict.Copy(x, ofX); err != nil {
		return nil, nil, err
	}
	if err := predict.Copy(train.Constant(diff.Shape(), 0), predict.Rows(ofY, predict.PlusVariance(pair))); err != nil {
		return nil, nil, err
	}
	k := m.Varying.At(m.Varying.Field.H/2, m.Varying.Field.W/2)
	s := 0.0
	for _, v := range k.Taps {
		s += v
	}
	c := predict.Decorrelating(k, ofY.Median(), ofX.Median())
	o := corr.Options{Padding: geometry.Padding{Mode: geometry.Same}, Border: geometry.Border{Mode: geometry.Constant, Value: math.NaN()}}
	p, err := corr.NewPlan[float64](diff.Shape(), c, o, corr.Config{Threads: l.threads})
	if err != nil {
		return nil, nil, err
	}
	white = predict.NewMap(diff.Shape())
	if err := l.timed("decorrelate", func() error { return p.Run(ctx, diff, white) }); err != nil {
		return nil, nil, err
	}
	after = predict.NewMap(diff.Shape())
	return white, after, predict.Copy(predict.Scaled(ofX, s*s), predict.Rows(predict.Rows(after, predict.NaNLike(white)), predict.PlusVariance(pair)))
}

// write writes the difference, and the variances as a part of a FITS file.
func (d *differ) write(ctx context.Context, l *learner, diff, variances *predict.Map, swapped bool) error {
	o := imageio.WriteOptions{Digits: -1, Map: imageio.MapSigned, Files: &l.files, KeepCards: true}
	image := l.y
	if swapped {
		image = l.x
	}
	like, err := l.readOne(ctx, image)
	if err != nil {
		return err
	}
	if o.Values = like.Values(); like.Kind() == imageio.Numbers {
		o.Like = like
	}
	f, err := imageio.FormatOf(d.output)
	if err != nil {
		return err
	}
	if variances != nil && f == "fits" {
		o.Parts = []string{variancePart}
	}
	w, err := imageio.Create(d.output, l.stdout, diff.Shape(), o)
	if err != nil {
		return err
	}
	defer w.Abort()
	put := func(m *predict.Map) error {
		p, err := corr.NewPlan[float32](m.Shape(), tensor.Matrix(1, 1, 1), corr.Options{}, corr.Config{Method: corr.Direct, Threads: l.threads})
		if err != nil {
			return err
		}
		return p.Run(ctx, m.Single(), imageio.SinkOf[float32](w))
	}
	if err := put(diff); err != nil {
		return err
	}
	if o.Parts != nil {
		if err := w.NextPage(variances.Shape(), o.Like); err != nil {
			return err
		}
		if err := put(variances); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	l.warnLosses(d.output, w)
	return nil
}

func (d *differ) writeReport(rep *varyReport, cells []predict.Cell, swapped bool) error {
	r := diffReport{Convolved: directionWords[1], varyReport: rep}
	if swapped {
		r.Convolved = directionWords[2]
	}
	for _, c := range cells {
		r.Cells = append(r.Cells, cellReport{c.Row, c.Column, c.Outputs, finite(c.RMS), finite(c.RMSOverNoise), finite(c.Chi2), c.Outliers})
	}
	return d.files.Write(d.report, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	})
}

// print writes the table of the cells. A figure that is not known is empty.
func (d *differ) print(cells []predict.Cell) error {
	number := func(v float64) string {
		if finite(v) == nil {
			return ""
		}
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	b := []byte(cellHeader + "\n")
	for _, c := range cells {
		b = fmt.Appendf(b, "%d,%d,%d,%s,%s,%s,%d\n", c.Row, c.Column, c.Outputs, number(c.RMS), number(c.RMSOverNoise), number(c.Chi2), c.Outliers)
	}
	_, err := d.stdout.Write(b)
	return err
}

const cellHeader = "row,column,outputs,rms,rms_over_noise,chi2,outliers"
