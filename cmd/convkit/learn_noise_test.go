package main

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/convkit/convkit/internal/train/diagnose"
)

// noiseReport is what the tests of this file read of a report.
type noiseReport struct {
	Errors      [][]float64     `json:"standard_error"`
	Kind        string          `json:"error_kind"`
	Diagnostics []diagnose.Test `json:"diagnostics"`
	XNoise      struct {
		Sigma float64
		Held  int
		Check *struct{ Sigma, Pull float64 }
	} `json:"x_noise"`
}

// learnReport runs learn on x.csv and y.csv of a folder, and returns its taps and its
// report.
func learnReport(t *testing.T, dir string, args ...string) (taps [][]float64, rep noiseReport) {
	t.Helper()
	args = append([]string{"learn", filepath.Join(dir, "x.csv"), filepath.Join(dir, "y.csv"), "--kernel-size", "3", "--padding", "same", "--border", "circular",
		"--digits", "17", "--report", filepath.Join(dir, "report.json"), "-o", filepath.Join(dir, "k.json")}, args...)
	convkit(t, args...)
	readJSON(t, dir, "k.json", &taps)
	readJSON(t, dir, "report.json", &rep)
	return taps, rep
}

// blurred is the mean of each number, twice itself, and its four neighbours, in a
// circular matrix.
func blurred(m [][]float64) [][]float64 {
	h, w := len(m), len(m[0])
	return matrixOf(h, w, func(y, x int) float64 {
		return (2*m[y][x] + m[(y+1)%h][x] + m[(y+h-1)%h][x] + m[y][(x+1)%w] + m[y][(x+w-1)%w]) / 6
	})
}

// plus is the kernel of blurred.
var plus = []float64{0, 1. / 6, 0, 1. / 6, 2. / 6, 1. / 6, 0, 1. / 6, 0}

// TestNoiseOfX: a fit that ignores the noise of X is off by many of its errors, which the
// check tells. With the noise given as a number, as a map, or estimated, all taps are
// within three errors.
func TestNoiseOfX(t *testing.T) {
	const sigma, size = 0.3, 100
	dir, r := t.TempDir(), rand.New(rand.NewPCG(1, 2))
	grain := func(int, int) float64 { return r.NormFloat64() }
	x := blurred(matrixOf(size, size, grain))
	y := blurred(x)
	noise := func(m [][]float64, sigma float64) [][]float64 {
		return matrixOf(size, size, func(i, j int) float64 { return m[i][j] + sigma*r.NormFloat64() })
	}
	writeMatrix(t, dir, "x.csv", noise(x, sigma))
	writeMatrix(t, dir, "y.csv", noise(y, sigma/10))
	writeMatrix(t, dir, "sigma.csv", matrixOf(size, size, func(int, int) float64 { return sigma }))
	taps, rep := learnReport(t, dir)
	if d := math.Abs(taps[1][1] - plus[4]); d < 3*rep.Errors[1][1] {
		t.Errorf("without the correction the middle is off by %.3g, its error is %.3g", d, rep.Errors[1][1])
	}
	if c := rep.XNoise.Check; c == nil || c.Pull < 3 || math.Abs(c.Sigma-sigma) > sigma/3 {
		t.Errorf("the check says %+v", c)
	}
	for _, how := range []string{"0.3", filepath.Join(dir, "sigma.csv"), "auto"} {
		taps, rep = learnReport(t, dir, "--x-noise", how)
		if rep.Kind != "x_noise" || math.Abs(rep.XNoise.Sigma-sigma) > sigma/10 {
			t.Errorf("--x-noise %s: errors %s, %+v", how, rep.Kind, rep.XNoise)
		}
		for i, v := range flatten(taps) {
			if e := flatten(rep.Errors)[i]; !(math.Abs(v-plus[i]) <= 3*e) || e > 0.1 {
				t.Errorf("--x-noise %s: tap %d is %.4f ± %.2g, not %.4f", how, i, v, e, plus[i])
			}
		}
	}
}

// TestErrorsOption: correlated noise fails its test and widens the errors, unless they
// are asked for as if it were independent.
func TestErrorsOption(t *testing.T) {
	const size = 100
	dir, r := t.TempDir(), rand.New(rand.NewPCG(3, 4))
	grain := func(int, int) float64 { return r.NormFloat64() }
	x := blurred(blurred(matrixOf(size, size, grain)))
	y, noise := blurred(x), blurred(blurred(matrixOf(size, size, grain)))
	writeMatrix(t, dir, "x.csv", x)
	writeMatrix(t, dir, "y.csv", matrixOf(size, size, func(i, j int) float64 { return y[i][j] + 0.1*noise[i][j] }))
	errors := map[string][]float64{}
	for _, kind := range []string{"auto", "independent", "sandwich"} {
		_, rep := learnReport(t, dir, "--errors", kind)
		errors[kind] = flatten(rep.Errors)
		if !diagnose.Fails(rep.Diagnostics, diagnose.Correlation) {
			t.Errorf("--errors %s: the correlation is not found: %+v", kind, rep.Diagnostics)
		}
		if want := map[string]string{"auto": "sandwich"}[kind]; rep.Kind != want && rep.Kind != kind {
			t.Errorf("--errors %s: errors are %s", kind, rep.Kind)
		}
	}
	wider := 0
	for i, e := range errors["auto"] {
		if want := max(errors["independent"][i], errors["sandwich"][i]); e != want {
			t.Errorf("tap %d: auto %g, the larger of both %g", i, e, want)
		}
		if e > errors["independent"][i] {
			wider++
		}
	}
	if wider == 0 {
		t.Error("no error is wider than for independent noise")
	}
}
