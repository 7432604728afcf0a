package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/photon"
	"github.com/convkit/convkit/internal/train/predict"
	"github.com/convkit/convkit/internal/train/solve"
)

// countNoise is what --gain and --read-noise say: a number, or auto. nil: not given.
type countNoise struct{ gain, readNoise *choice[float64] }

func (n countNoise) given() bool { return n.gain != nil || n.readNoise != nil }

// known returns what is given as numbers.
func (n countNoise) known() (k photon.Known) {
	if n.gain != nil && !n.gain.auto {
		k.Gain = &n.gain.value
	}
	if n.readNoise != nil && !n.readNoise.auto {
		k.ReadNoise = &n.readNoise.value
	}
	return k
}

// countReport is the noise of Y in a report.
type countReport struct {
	Gain      float64  `json:"gain"`
	ReadNoise float64  `json:"read_noise"`
	Estimated []string `json:"estimated"`
}

func (r *countReport) words() string {
	line := fmt.Sprintf("variances of Y from a first fit: gain %.4g, read noise %.4g", r.Gain, r.ReadNoise)
	for i, name := range r.Estimated {
		line += []string{"; estimated from the residuals: ", " and "}[i] + name
	}
	return line
}

// checkGain refuses what does not go with variances from counts.
func (l *learnCheck) checkGain() error {
	if l.images.xVariance != "" {
		switch {
		case l.variance == "" && !l.counts.given():
			return usage("add --variance, or --gain and --read-noise", "--x-variance needs the variance of Y")
		case l.xNoise.any():
			return usage("leave --x-variance out", "--x-noise and --x-variance do not go together: the noise of X is its variance, too")
		}
	}
	if !l.counts.given() && l.images.xVariance == "" {
		return nil
	}
	what := "x-variance"
	for _, name := range []string{"read-noise", "gain"} {
		if l.given(name) {
			what = name
		}
	}
	for _, name := range []string{"weights", "detect", "align"} {
		if l.given(name) {
			return usage("leave one of them out", "--%s and --%s do not go together", what, name)
		}
	}
	switch {
	case l.counts.given() && l.variance != "":
		return usage("leave one of them out", "--%s and --variance do not go together", what)
	case l.chosen.source == fromList || l.chosen.source == fromFolders:
		return usage("give the variances of each pair in the list", "--%s is for one pair", what)
	}
	return nil
}

// absolute reports whether outputs weigh one over their variances.
func (l *learner) absolute() bool {
	return l.variance != "" || l.listedVariances || l.counts.given()
}

// estimateVariances returns the pair with variances that follow from a first fit: of the
// counts of Y, and of the noise of X through the kernel. The weights come from its
// prediction and not from Y: an output that is high by chance would weigh less.
//
// The first fit has one kernel for the whole field. It is off by less than the noise,
// and the variance by a small share of itself.
func (l *learner) estimateVariances(ctx context.Context, in train.Input) (train.Input, error) {
	if !l.counts.given() && l.images.xVariance == "" {
		return in, nil
	}
	pair, done, err := in.Open()
	if err != nil {
		return in, err
	}
	defer done()
	var m *predict.Model
	end := l.beat("first fit")
	m, err = l.firstFit(ctx, in)
	end()
	if err != nil {
		return in, err
	}
	if l.counts.given() {
		if err := l.countVariances(ctx, m, &pair); err != nil {
			return in, err
		}
		l.only = train.One(pair)
	}
	if l.images.xVariance == "" {
		return train.One(pair), nil
	}
	x, err := l.variancesOfX(ctx, pair)
	if err != nil {
		return in, err
	}
	all := predict.NewMap(pair.Y.Shape())
	if err := m.Squared().Run(ctx, x, predict.Rows(all, predict.PlusVariance(pair))); err != nil {
		return in, asData(err)
	}
	pair.Weights, pair.Weight = train.InverseVariances(all), 0
	return train.One(pair), nil
}

// firstFit fits one kernel, with the weights that the pair has. It is no robust fit: to
// one, bright sources would be outliers, as long as their noise is not known.
func (l *learner) firstFit(ctx context.Context, in train.Input) (*predict.Model, error) {
	inputs, spec := []train.Input{in}, l.spec
	if l.inside != (corr.Size{}) {
		inputs, spec = train.Borderless(inputs, spec)
	}
	set, err := accumulate.Pairs(ctx, inputs, spec, accumulate.Options{Rescale: true, Single: true, TapsOnly: l.constraints.None()})
	if err != nil {
		return nil, asData(err)
	}
	r, err := solve.Constrained(set.Equations, l.constraints, l.descent.Loss)
	if err != nil {
		return nil, asData(err)
	}
	return l.modelOf(r.Kernel, r.Background), nil
}

// errNoiseOpen says that the noise of Y cannot be estimated.
var errNoiseOpen = errors.New("the residuals of a first fit do not tell the noise of Y")

// countVariances gives a pair the variances of its counts.
func (l *learner) countVariances(ctx context.Context, m *predict.Model, pair *train.Pair) error {
	counts := predict.NewMap(pair.Y.Shape())
	if err := m.Fits(pair.X.Shape(), pair.Y.Shape()); err != nil {
		return asData(err)
	}
	if err := m.Run(ctx, pair.X, counts); err != nil {
		return err
	}
	known := l.counts.known()
	r := &countReport{Estimated: []string{}}
	var values, residuals []float64
	if known.Gain == nil || known.ReadNoise == nil {
		var err error
		if values, residuals, err = predict.Samples(ctx, pair.WithoutExcludedX().Inside(l.inside), counts); err != nil {
			return err
		}
	}
	n, ok := photon.Estimate(values, residuals, known)
	if !ok {
		return badData("give both --gain and --read-noise as numbers, or --variance", "%w", errNoiseOpen)
	}
	if known.Gain == nil {
		r.Estimated = append(r.Estimated, "gain")
	}
	if known.ReadNoise == nil {
		r.Estimated = append(r.Estimated, "read noise")
	}
	r.Gain, r.ReadNoise = n.Gain, n.ReadNoise
	l.countNoise = r
	counts.Replace(n.Variance)
	pair.Weights, pair.Weight = train.InverseVariances(tensor.Source[float64](counts)), 0
	return nil
}
