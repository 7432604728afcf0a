package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
)

// TestInterruptedReport: a kernel is there although its report was interrupted.
func TestInterruptedReport(t *testing.T) {
	var stderr bytes.Buffer
	dir := t.TempDir()
	a := &app{maxPixels: 1 << 20, stdout: newResults(io.Discard), stderr: &console{w: &stderr}}
	l := newLearner(a, &learnOptions{
		target: textbookTarget, digits: -1, logEvery: 1,
		output: filepath.Join(dir, "k.csv"), format: "csv", reportFile: filepath.Join(dir, "r.json"),
	})
	p, err := l.single(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.spec.Kernel = corr.Size{H: 1, W: 2}
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(p)}, l.spec, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l.descent.Epochs = 10
	r, err := descent.Descend(t.Context(), set.Equations, l.descent, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, hint := classify(l.withHint(l.finish(ctx, set.Equations, r, r.Kernel)))
	if code != exit.Interrupted || !strings.Contains(hint, "the kernel was written, its report was not") {
		t.Errorf("code %d, hint %q", code, hint)
	}
	if text, err := os.ReadFile(l.output); err != nil || !strings.Contains(string(text), ",") {
		t.Errorf("kernel %q, %v", text, err)
	}
	if _, err := os.Stat(l.reportFile); err == nil {
		t.Error("there is a report, though it was interrupted")
	}
}
