package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/convkit/convkit/internal/report"
	"github.com/convkit/convkit/internal/tensor"
	fit "github.com/convkit/convkit/internal/train/report"
)

// figure draws the kernel with the standard errors of its taps, and how a descent found
// it.
func (l *learner) figure(k tensor.Kernel, errors []float64) *report.Figure {
	name := "kernel"
	if !l.toStdout() {
		name = shownName(l.output)
	}
	if len(errors) != len(k.Taps) { // of a kernel that --detect moved
		errors = nil
	}
	l.losses.Name = l.descent.Optimizer.String()
	return report.Kernels([]report.Kernel{{Name: name, Kernel: k, Errors: errors}}).WithLosses(l.losses)
}

// plot draws the kernel into the set of outputs.
func (l *learner) plot(k tensor.Kernel, errors []float64) error {
	format, err := figureFormat(l.plotFile)
	if err != nil {
		return err
	}
	return l.files.Write(l.plotFile, func(w io.Writer) error { return l.figure(k, errors).Write(w, format) })
}

// writePage writes the report as a page for a browser.
func (l *learner) writePage(w io.Writer, k tensor.Kernel, rep *fit.Report) error {
	var full bytes.Buffer
	if err := writeReport(&full, rep); err != nil {
		return err
	}
	var words []string
	if line := rep.Unfinished(); line != "" {
		words = append(words, line)
	}
	if rep.LooksLike != nil {
		words = append(words, "looks like "+*rep.LooksLike)
	}
	return report.FitPage{
		Title:   "Report of a fit",
		Command: shellLine(append([]string{"convkit"}, l.args...)),
		Words:   append(words, rep.Words()...),
		JSON:    full.Bytes(),
		Figure:  l.figure(k, rep.Errors),
	}.Write(w)
}

// shellLine writes words as a shell reads them.
func shellLine(words []string) string {
	var quoted []string
	for _, w := range words {
		plain := strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%") == ""
		if !plain || w == "" {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		quoted = append(quoted, w)
	}
	return strings.Join(quoted, " ")
}
