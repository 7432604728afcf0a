package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
)

// finish writes the kernel, the log and the report, all or none. The report of a
// large kernel takes its time: an interruption leaves it out, and the kernel is there.
func (l *learner) finish(ctx context.Context, s *normal.Equations, r solve.Result, k tensor.Kernel) error {
	if err := l.writeKernel(k); err != nil {
		return err
	}
	if err := l.writeImages(ctx, l.modelOf(k, r.Background), s.Counts()); err != nil {
		return err
	}
	if !l.wantsReport() {
		if err := l.files.Commit(); err != nil {
			return err
		}
	}
	var report *report.Report
	err := l.timed("report", func() (err error) {
		report, err = l.report(ctx, s, r)
		return err
	})
	if errors.Is(err, context.Canceled) {
		if err := l.files.Commit(); err != nil {
			return err
		}
		return &failure{code: exit.Interrupted, err: err, hint: "the kernel was written, its report was not"}
	}
	if report != nil { // it is not where nobody wants one
		l.checkGuess(float64(report.R2))
	}
	if err != nil || !l.wantsReport() {
		return err
	}
	if l.reportFile != "" {
		write := func(w io.Writer) error { return writeReport(w, report) }
		if strings.ToLower(filepath.Ext(l.reportFile)) == ".html" {
			write = func(w io.Writer) error { return l.writePage(w, k, report) }
		}
		if err := l.files.Write(l.reportFile, write); err != nil {
			return err
		}
	}
	if l.plotFile != "" {
		if err := l.plot(k, report.Errors); err != nil {
			return err
		}
	}
	if l.images.covariance != "" {
		list, err := l.covariances(s, r, report)
		if err != nil {
			return err
		}
		if err := l.writeCovariance(s.Layout().Unknowns(), list...); err != nil {
			return err
		}
	}
	return l.files.Commit()
}

// writeKernel writes the result, a file into the set of outputs. What no matrix can
// hold becomes JSON.
func (l *learner) writeKernel(k tensor.Kernel) error {
	for _, v := range append(k.Taps[:len(k.Taps):len(k.Taps)], k.Bias...) {
		if finite(v) == nil {
			return badData("the values, or --ridge, --smooth or --sum, are too large or too small for float64: scale them", "the kernel is not finite and was not written")
		}
	}
	if k.Mixes && len(k.Bias) == 0 && l.format != "npy" {
		// Channels come in one form, whether or not a bias was learned.
		k.Bias = make([]float64, k.Out)
	}
	if l.toStdout() {
		return l.printKernel(k, l.format, l.digits)
	}
	return l.files.Write(l.output, func(w io.Writer) error { return kernel.Encode(w, k, l.format, l.digits) })
}

// stopped ends a fit that failed. One that was interrupted leaves the kernel
// reached so far. Its log shows how it failed, and is written in any case.
func (l *learner) stopped(err error, reached solve.Result) error {
	leaves := errors.Is(err, context.Canceled) && len(reached.Kernel.Taps) > 0
	if leaves {
		if e := l.writeKernel(reached.Kernel); e != nil {
			return e
		}
	}
	if e := l.files.Commit(); e != nil {
		return e
	}
	if !leaves {
		return err
	}
	hint := "the kernel reached so far was written"
	if l.descent.Optimizer != descent.Exact {
		hint = fmt.Sprintf("the kernel reached after %d epochs was written", reached.Epochs)
	}
	return &failure{code: exit.Interrupted, err: err, hint: hint + l.goOn()}
}

// goOn says how a kernel that was reached is taken up again, where a fit begins
// with one.
func (l *learner) goOn() string {
	if l.descent.Optimizer == descent.Exact {
		return ""
	}
	return ": give it to --init to go on"
}

// withHint tells of --keep-going where one pair of many ended the run, and of an
// interruption that left nothing.
func (l *learner) withHint(err error) error {
	var bad *train.Failure
	code, hint := classify(err)
	if code == exit.Interrupted && hint == "" {
		return &failure{code: code, err: err, hint: "nothing was written: no kernel had been reached yet"}
	}
	if code != exit.Data || l.keepGoing || !errors.As(err, &bad) {
		return err
	}
	if hint != "" && !strings.HasSuffix(hint, "?") {
		hint += ";"
	}
	return &failure{code: code, err: err, hint: strings.TrimSpace(hint + " --keep-going skips pairs that cannot be used, and counts them")}
}
