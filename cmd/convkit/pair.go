package main

import (
	"context"
	"fmt"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
)

// images returns X and Y: the textbook's, or from files, or Y made from X.
func (l *learner) images(ctx context.Context, args []string) (x, y tensor.Source[float64], err error) {
	if len(args) == 0 {
		l.printedRun = l.target == ""
		if l.target == "" {
			l.target = "1,-1"
		}
		l.note("no X and Y: the textbook's example, a 6x8 image and its correlation with %s", l.target)
		x = textbookImage()
	} else {
		img, err := l.readImage(ctx, args[0], l.read)
		if err != nil {
			return nil, nil, err
		}
		x = imageio.Rows[float64](img)
	}
	if l.target != "" {
		y, err = l.make(ctx, x)
		return x, y, err
	}
	img, err := l.readImage(ctx, args[1], l.read)
	if err != nil {
		return nil, nil, err
	}
	return x, imageio.Rows[float64](img), nil
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
	if l.size == (corr.Size{}) {
		l.size = corr.Size{H: k.H, W: k.W}
	}
	p, err := corr.NewPlan[float64](x.Shape(), k, l.spec.Options, corr.Config{Threads: l.threads})
	if err != nil {
		return nil, asData(err)
	}
	y := tensor.NewDense[float64](p.Out())
	return y, p.Run(ctx, x, y)
}

// gather finds the size of the kernel and sums up the pair.
func (l *learner) gather(ctx context.Context, x, y tensor.Source[float64]) (*train.Statistics, error) {
	xs, ys := x.Shape(), y.Shape()
	l.spec.Kernel, l.spec.Threads = l.size, l.threads
	if l.channelsFound && xs.C != ys.C {
		l.spec.Channels = train.Mix
	}
	l.rich = l.spec.Bias || l.spec.Channels == train.Mix || l.spec.Channels == train.Separate && ys.C > 1
	if err := l.checkRich(); err != nil {
		return nil, err
	}
	if l.size == (corr.Size{}) {
		size, err := train.KernelSize(xs.H, xs.W, ys.H, ys.W, l.spec.Options)
		if err != nil {
			return nil, &failure{code: exitData, err: err, hint: "--kernel-size HxW says the size; --padding and --stride say how X became Y"}
		}
		l.spec.Kernel = size
	}
	var stats *train.Statistics
	err := l.timed("sums", func() (err error) {
		stats, err = train.Gather(ctx, x, y, l.spec)
		return err
	})
	return stats, asData(err)
}
