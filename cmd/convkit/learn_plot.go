package main

import (
	"io"

	"github.com/convkit/convkit/internal/report"
	"github.com/convkit/convkit/internal/tensor"
)

// plot draws the kernel with the standard errors of its taps, and how a descent found
// it, into the set of outputs.
func (l *learner) plot(k tensor.Kernel, errors []float64) error {
	format, err := figureFormat(l.plotFile)
	if err != nil {
		return err
	}
	name := "kernel"
	if !l.toStdout() {
		name = shownName(l.output)
	}
	if len(errors) != len(k.Taps) { // of a kernel that --detect moved
		errors = nil
	}
	l.losses.Name = l.descent.Optimizer.String()
	f := report.Kernels([]report.Kernel{{Name: name, Kernel: k, Errors: errors}}).WithLosses(l.losses)
	return l.files.Write(l.plotFile, func(w io.Writer) error { return f.Write(w, format) })
}
