package main

import (
	"context"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// emit writes rows that are there already into a file: their correlation with
// the number 1, which converts and formats them on all threads. The file waits for
// a.files.Commit.
func emit[T tensor.Float](ctx context.Context, a *app, src tensor.Source[T], to string, o imageio.WriteOptions) error {
	if to == "-" {
		if err := a.checkStream(o.Format); err != nil {
			return err
		}
	}
	p, err := corr.NewPlan[T](src.Shape(), tensor.Matrix(1, 1, 1), corr.Options{}, corr.Config{Threads: a.threads})
	if err != nil {
		return err
	}
	o.Files = &a.files
	w, err := imageio.Create(to, a.stdout, p.Out(), o)
	if err != nil {
		return err
	}
	defer w.Abort()
	if w.NeedsRange() {
		if err := p.Run(ctx, src, imageio.RangeSink[T](w)); err != nil {
			return err
		}
	}
	if err := a.timed("write", func() error {
		if err := p.Run(ctx, src, imageio.SinkOf[T](w)); err != nil {
			return err
		}
		return w.Close()
	}); err != nil {
		return err
	}
	a.warnLosses("", w)
	return nil
}

// checkFile refuses, before the work, a file that could not be written after it.
func checkFile(path string) error {
	if path == "" || path == "-" {
		return nil
	}
	if _, err := imageio.FormatOf(path); err != nil {
		return err
	}
	return checkFolder(path)
}
