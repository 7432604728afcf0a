package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/psf"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/predict"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/vary"
	"github.com/convkit/convkit/internal/varying"
)

// psfPlaces is the number of places along each side of the field at which a kernel that
// varies is measured.
const psfPlaces = 3

// checkPSF refuses figures of what is no point spread function.
func (l *learnCheck) checkPSF() error {
	switch {
	case l.given("mtf") && !l.psf:
		return usage("add --psf-report", "--mtf has the frequencies of --psf-report")
	case !l.psf:
		return nil
	case l.detect:
		return usage("first --detect, then fit with what it found", "--detect and --psf-report do not go together")
	case !l.channels.auto && l.channels.value != train.Shared:
		return usage("leave --channels out, or give shared", "--psf-report measures one kernel")
	}
	return nil
}

// frequencies reads a list of frequencies in cycles per pixel.
func frequencies(s string) ([]float64, error) {
	var list []float64
	for _, word := range strings.Split(s, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil || !(v >= 0 && v <= 0.5) {
			return nil, fmt.Errorf("%q is not a list of frequencies from 0 to 0.5 cycles per pixel, like 0.1,0.25", s)
		}
		list = append(list, v)
	}
	return list, nil
}

// psfReport has the figures of a kernel as a point spread function.
type psfReport struct {
	Y           *int        `json:"y,omitempty"` // place in the field of a kernel that varies
	X           *int        `json:"x,omitempty"`
	Sum         *float64    `json:"sum"`
	ShiftY      *float64    `json:"shift_y"` // of the image, from the center of gravity
	ShiftX      *float64    `json:"shift_x"`
	Gaussian    *psfProfile `json:"gaussian"`
	Moffat      *psfProfile `json:"moffat"`
	Shares      []float64   `json:"encircled_energy"`
	Radii       []*float64  `json:"radius"`
	Frequencies []float64   `json:"frequency"`
	MTFX        []*float64  `json:"mtf_x"`
	MTFY        []*float64  `json:"mtf_y"`
}

// psfProfile is a fitted profile.
type psfProfile struct {
	Major       *float64 `json:"fwhm_major"`
	MajorError  *float64 `json:"fwhm_major_error"`
	Minor       *float64 `json:"fwhm_minor"`
	MinorError  *float64 `json:"fwhm_minor_error"`
	Angle       *float64 `json:"angle"`
	AngleError  *float64 `json:"angle_error"`
	Ellipticity *float64 `json:"ellipticity"`
	Beta        *float64 `json:"beta,omitempty"`
	BetaError   *float64 `json:"beta_error,omitempty"`
	Residual    *float64 `json:"rms"`
}

func newProfile(p *psf.Profile) *psfProfile {
	if p == nil {
		return nil
	}
	return &psfProfile{finite(p.Major.Value), finite(p.Major.Error), finite(p.Minor.Value), finite(p.Minor.Error), finite(p.Angle.Value), finite(p.Angle.Error),
		finite(p.Ellipticity()), finite(p.Beta.Value), finite(p.Beta.Error), finite(p.Residual)}
}

// measure returns the figures of a kernel that is correlated with; covariance is that of
// its taps.
func (l *learner) measure(k tensor.Kernel, covariance []float64) *psfReport {
	f := psf.Measure(k, covariance, l.mtf)
	optional := func(list []float64) (r []*float64) {
		for _, v := range list {
			r = append(r, finite(v))
		}
		return r
	}
	return &psfReport{Sum: finite(f.Sum), ShiftY: finite(-f.Y), ShiftX: finite(-f.X), Gaussian: newProfile(f.Gaussian), Moffat: newProfile(f.Moffat),
		Shares: psf.Shares, Radii: optional(f.Radii), Frequencies: l.mtf, MTFX: optional(f.MTFX), MTFY: optional(f.MTFY)}
}

// psfOf measures the kernel of a fit.
func (l *learner) psfOf(s *normal.Equations, r solve.Result, rep *report.Report) ([]*psfReport, error) {
	k := r.Kernel
	if k.Mixes || s.Layout().Inputs() != 1 {
		return nil, badData("give --gray, or --channels shared", "--psf-report measures one kernel, and planes have their own")
	}
	if l.spec.Options.Convolve {
		k = k.Flip()
	}
	var taps []float64
	list, err := l.covariances(s, r, rep)
	if err != nil {
		return nil, err
	}
	n := len(k.Taps)
	c := list[0]
	if l.spec.Options.Convolve { // to the order of correlation
		c = predict.Flipped(c, s.Layout().Unknowns(), []int{n})
	}
	taps = predict.Block(c, s.Layout().Unknowns(), n)
	if slices.ContainsFunc(taps, math.IsNaN) {
		taps = nil // some taps have no error
	}
	return []*psfReport{l.measure(k, taps)}, nil
}

// psfOfVarying measures a kernel that varies at places spread over the field.
func (l *learner) psfOfVarying(r *vary.Result) (list []*psfReport) {
	k := &varying.Kernel{Field: r.Field, H: r.Kernel.H, W: r.Kernel.W, Taps: r.Taps}
	n := k.H * k.W
	for i := range psfPlaces {
		for j := range psfPlaces {
			y, x := (2*i+1)*k.Field.H/(2*psfPlaces), (2*j+1)*k.Field.W/(2*psfPlaces)
			p := l.measure(k.At(y, x), predict.Combined(r.Covariance, r.Unknowns(), n, k.Field.At(y, x)))
			p.Y, p.X = &y, &x
			list = append(list, p)
		}
	}
	return list
}

// psfWords are the lines of a report, at most three for each place.
func psfWords(list []*psfReport) (lines []string) {
	number := func(v *float64) string {
		if v == nil {
			return "?"
		}
		return strconv.FormatFloat(math.Round(*v*1000)/1000+0, 'f', 3, 64) // never -0
	}
	for _, p := range list {
		at := "point spread function"
		if p.Y != nil {
			at = fmt.Sprintf("at %d,%d", *p.Y, *p.X)
		}
		for i, q := range []*psfProfile{p.Gaussian, p.Moffat} {
			name := []string{"Gaussian", "Moffat"}[i]
			if q == nil {
				lines = append(lines, fmt.Sprintf("%s: no %s profile fits the kernel", at, name))
				continue
			}
			line := fmt.Sprintf("%s: %s FWHM %s ± %s by %s ± %s at %s°, ellipticity %s", at, name, number(q.Major), number(q.MajorError), number(q.Minor), number(q.MinorError), number(q.Angle), number(q.Ellipticity))
			if q.Beta != nil {
				line += fmt.Sprintf(", β %s ± %s", number(q.Beta), number(q.BetaError))
			}
			lines = append(lines, line)
		}
		line := at + ": radius of"
		for i, share := range p.Shares {
			line += fmt.Sprintf(" %.0f %% %s,", 100*share, number(p.Radii[i]))
		}
		line += " MTF"
		for i, f := range p.Frequencies {
			line += fmt.Sprintf(" %g: %s/%s", f, number(p.MTFX[i]), number(p.MTFY[i]))
		}
		lines = append(lines, line+" (x/y)")
	}
	return lines
}
