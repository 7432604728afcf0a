package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
)

// report says how good and how sure the result is: in words on standard error,
// and in full for machines where --report asks for it.
func (l *learner) report(ctx context.Context, s *normal.Equations, r solve.Result) (*report.Report, error) {
	o := report.Options{Loss: l.descent.Loss, Shape: l.constraints, Quantum: l.step(), Absolute: l.absolute()}
	if l.descent.Optimizer != descent.Exact {
		o.Descent = &l.descent
	}
	if l.quiet { // a kernel that is not the best one is never silent
		if line := report.Shortfall(s, r, o); line != "" {
			fmt.Fprintf(l.stderr, "convkit: warning: %s\n", line)
		}
		if !l.wantsReport() {
			return nil, nil
		}
	}
	o.Rounded = l.intervalsFit
	if err := l.examine(ctx, s, r, &o); err != nil {
		return nil, asData(err)
	}
	rep, err := report.New(ctx, s, r, o)
	if err != nil {
		return nil, asData(err)
	}
	if l.countNoise != nil {
		rep.Noise = l.countNoise
	}
	if l.psf {
		list, err := l.psfOf(s, r, rep)
		if err != nil {
			return nil, err
		}
		rep.PSF, l.psfLines = list, psfWords(list)
	}
	if z := l.padding; z.rows > 0 || z.columns > 0 {
		rep.Pad(z.rows, z.columns, z.down, z.right)
	}
	if err := l.checkNoise(r, rep); err != nil {
		return nil, asData(err)
	}
	var looks, facts []string
	if l.likeness(s, r, rep) {
		se := rep.Errors
		if rep.Unfinished() != "" { // its taps are farther from their target than any error
			se = nil
		}
		looks, facts = l.looks(r.Kernel, se)
		joined := strings.Join(looks, "; ")
		rep.LooksLike = &joined
	}
	if !l.quiet {
		l.print(r, rep, looks, facts)
	}
	return rep, nil
}

// writeReport is the report for machines.
func writeReport(w io.Writer, rep *report.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(rep)
}

// print is the report in words.
func (l *learner) print(r solve.Result, rep *report.Report, looks, facts []string) {
	say := func(format string, args ...any) { fmt.Fprintf(l.stderr, format+"\n", args...) }
	if line := rep.Unfinished(); line != "" {
		say("%s", line)
	}
	l.warnSaturated(rep)
	l.warnResiduals(rep)
	switch {
	case !l.channelsFound:
	case l.spec.Channels == train.Mix:
		say("X and Y have different numbers of planes: each plane of Y is learned as a sum over all planes of X (--channels mix)")
	case l.planes > 1:
		say("one kernel for all %d planes; --channels separate learns one each, mix a sum over all", l.planes)
	}
	shown := 0
	for i, line := range looks {
		// Of many planes, those that are like nothing known can wait.
		if len(looks) > 1 && !l.verbose && (shown == maxLooks || strings.HasSuffix(line, nameless)) {
			continue
		}
		shown++
		if plane, name, several := strings.Cut(line, ": "); several && len(looks) > 1 {
			line = plane + " looks like " + name
		} else {
			line = "looks like " + line
		}
		say("%s", line)
		if facts[i] != "" {
			say("  %s", facts[i])
		}
	}
	if shown < len(looks) {
		say("%d more planes of the kernel are described with --verbose", len(looks)-shown)
	}
	if looks == nil {
		say("the kernel gets no name: its taps are undetermined, or explain almost nothing of Y")
	}
	for _, line := range rep.Words() {
		say("%s", line)
	}
	for _, line := range l.psfLines {
		say("%s", line)
	}
	if l.countNoise != nil {
		say("%s", l.countNoise.words())
	}
	if l.several && (l.spec.Bias || len(r.Background) > 0) {
		say("all pairs share one bias or background")
	}
	if len(r.Background) > 0 {
		say("the kernel's bias is the background's constant; corr does not add the rest, which --report FILE.json lists as background and background_basis")
	}
	if !l.verbose {
		return
	}
	if len(rep.Errors) <= maxErrors && (rep.Descent == nil || rep.Descent.Converged) {
		say("standard errors:")
		fmt.Fprint(l.stderr, errorMatrix(r.Kernel, rep.Errors))
	}
	for o, b := range r.Background {
		say("background of output %d, by products of Legendre polynomials: %.6g", o, b)
	}
}

// likeness reports whether what the kernel looks like says something of what made Y:
// not where the taps are chosen among equally good ones for being small, nor where
// they explain next to nothing.
func (l *learner) likeness(s *normal.Equations, r solve.Result, rep *report.Report) bool {
	chosen := l.descent.Optimizer == descent.Exact && l.constraints.None() && r.Rank < s.Unknowns()
	return !chosen && !(rep.R2 < explainsNothing)
}

// explainsNothing is the R² below which a kernel is compared with no other.
const explainsNothing = 0.05

// nameless is what Recognize says of a kernel that is like none it knows.
const nameless = "no kernel that has a name"

const (
	maxLooks  = 4    // planes that are described without --verbose
	maxErrors = 1000 // taps whose errors are printed one by one
	maxPlanes = 64   // planes of which a likeness is looked for
)

// looks compares each plane of the kernel with the named kernels, and tells what
// else there is to see in it.
func (l *learner) looks(k tensor.Kernel, se []float64) (names, facts []string) {
	if k.Out*k.In > maxPlanes {
		return []string{nameless}, []string{""}
	}
	plane := k.H * k.W
	for p := range k.Out * k.In {
		o, i := p/k.In, p%k.In
		if l.spec.Channels == train.Separate && o != i {
			continue
		}
		one := tensor.Matrix(k.H, k.W, k.Taps[p*plane:(p+1)*plane]...)
		var errors []float64
		if se != nil {
			errors = errorsOf(se[p*plane : (p+1)*plane])
		}
		m := kernel.Recognize(one, errors)
		name := m.String()
		switch {
		case k.Out*k.In == 1:
		case l.spec.Channels == train.Separate:
			name = fmt.Sprintf("plane %d: %s", o, name)
		default:
			name = fmt.Sprintf("output %d, input %d: %s", o, i, name)
		}
		fact := ""
		if plane > 1 { // of a single tap there is nothing to say
			fact = strings.Join(m.Describe(), "; ")
		}
		names, facts = append(names, name), append(facts, fact)
	}
	return names, facts
}

// errorsOf are standard errors by which taps can be compared with others: those
// that are held count with the largest; nil where some are unknown.
func errorsOf(se []float64) []float64 {
	most := 0.0
	for _, e := range se {
		if math.IsInf(e, 0) {
			return nil
		}
		if e > most {
			most = e
		}
	}
	list := slices.Clone(se)
	for i, e := range list {
		if math.IsNaN(e) {
			list[i] = most
		}
	}
	return list
}

// errorMatrix prints the standard errors in the shape of the kernel.
func errorMatrix(k tensor.Kernel, se []float64) string {
	var b strings.Builder
	for i, e := range se {
		switch {
		case math.IsNaN(e):
			fmt.Fprintf(&b, " %10s", "held")
		case math.IsInf(e, 0):
			fmt.Fprintf(&b, " %10s", "-")
		default:
			fmt.Fprintf(&b, " %10.3g", e)
		}
		if (i+1)%k.W == 0 {
			b.WriteByte('\n')
		}
		if n := k.H * k.W; (i+1)%n == 0 && i+1 < len(se) {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
