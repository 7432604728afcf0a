package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// weightedFit is a fit with weights that numpy does as well.
type weightedFit struct {
	Padding, Border string // of learn
	Pad             string // mode of numpy.pad; "" without padding
	Bias, Absolute  bool
	Pattern         string
}

// The tolerances against numpy, of taps and of standard errors, as shares of the
// largest.
const (
	numpyTaps   = 1e-9
	numpyErrors = 1e-6
)

// TestWeightedNumPy compares weighted fits with numpy's least squares over rows
// multiplied by the roots of their weights.
func TestWeightedNumPy(t *testing.T) {
	name := program(t, []string{"yes", "-c", "import numpy; print('yes')"}, "python3", "/usr/bin/python3")
	var fits []weightedFit
	for i, pattern := range []string{"scattered", "upper half", "left half", "stripes", "all", "ratios", "wide"} {
		for j, g := range [][3]string{{"valid", "zeros", ""}, {"same", "zeros", "constant"}, {"same", "reflect", "reflect"}, {"same", "symmetric", "symmetric"}, {"same", "replicate", "edge"}, {"same", "circular", "wrap"}} {
			fits = append(fits, weightedFit{Padding: g[0], Border: g[1], Pad: g[2], Bias: (i+j)%2 == 0, Absolute: (i+j)%3 == 0, Pattern: pattern})
		}
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	const h, w = 46, 52
	x := matrixOf(h, w, func(int, int) float64 { return 3 + r.NormFloat64() })
	writeMatrix(t, dir, "x.csv", x)
	for i, f := range fits {
		m, n := h, w
		if f.Pad == "" {
			m, n = h-4, w-4
		}
		writeMatrix(t, dir, fmt.Sprintf("y%d.csv", i), matrixOf(m, n, func(int, int) float64 { return r.NormFloat64() }))
		writeMatrix(t, dir, fmt.Sprintf("w%d.csv", i), matrixOf(m, n, f.weights(r, m, n)))
	}
	writeJSON(t, dir, "fits.json", fits)
	var theirs []struct{ Taps, Errors []float64 }
	if err := json.Unmarshal([]byte(output(t, dir, name, "-c", numpyFits)), &theirs); err != nil {
		t.Fatal(err)
	}
	for i, f := range fits {
		t.Run(fmt.Sprintf("%s %s %s", f.Padding, f.Border, f.Pattern), func(t *testing.T) {
			flag := "--weights"
			if f.Absolute {
				flag = "--variance"
			}
			args := []string{"learn", filepath.Join(dir, "x.csv"), filepath.Join(dir, fmt.Sprintf("y%d.csv", i)), flag, filepath.Join(dir, fmt.Sprintf("w%d.csv", i)),
				"--kernel-size", "5", "--padding", f.Padding, "--border", f.Border, "--optimizer", "exact", "--digits", "17", "--report", filepath.Join(dir, "report.json"), "-o", filepath.Join(dir, "k.json"), "-q"}
			if f.Bias {
				args = append(args, "--bias")
			}
			convkit(t, args...)
			var taps [][]float64
			var k any = &taps
			if f.Bias { // else the kernel is a matrix
				k = &struct{ Kernel *[][]float64 }{&taps}
			}
			var rep struct {
				Errors [][]float64 `json:"standard_error"`
			}
			readJSON(t, dir, "k.json", k)
			readJSON(t, dir, "report.json", &rep)
			closeTo(t, "tap", flatten(taps), theirs[i].Taps[:25], numpyTaps)
			closeTo(t, "standard error", flatten(rep.Errors), theirs[i].Errors[:25], numpyErrors)
		})
	}
}

// weights are the numbers of a map: weights, or variances.
func (f weightedFit) weights(r *rand.Rand, h, w int) func(y, x int) float64 {
	return func(y, x int) float64 {
		keep := true
		switch f.Pattern {
		case "scattered":
			keep = r.IntN(2) == 0
		case "upper half":
			keep = y < h/2
		case "left half":
			keep = x < w/2
		case "stripes":
			keep = (x+y)/4%2 == 0
		case "ratios":
			return math.Exp(r.NormFloat64())
		case "wide":
			return math.Exp(5 * r.NormFloat64())
		}
		switch {
		case keep:
			return 1.5
		case r.IntN(2) == 0:
			return math.NaN()
		}
		return 0
	}
}

// numpyFits prints the taps and standard errors of all fits.
const numpyFits = `
import json, numpy as np
from numpy.lib.stride_tricks import sliding_window_view
x = np.loadtxt('x.csv', delimiter=',')
out = []
for i, f in enumerate(json.load(open('fits.json'))):
    y, w = np.loadtxt('y%d.csv' % i, delimiter=',').ravel(), np.loadtxt('w%d.csv' % i, delimiter=',').ravel()
    p = np.pad(x, 2, mode=f['Pad']) if f['Pad'] else x
    a = sliding_window_view(p, (5, 5)).reshape(-1, 25)
    if f['Bias']:
        a = np.hstack([a, np.ones((len(a), 1))])
    keep = np.isfinite(w) & (w > 0)
    a, y, w = a[keep], y[keep], w[keep]
    if f['Absolute']:
        w = 1 / w
    r = np.sqrt(w)
    k = np.linalg.lstsq(a * r[:, None], y * r, rcond=None)[0]
    s2 = np.sum(w * (y - a @ k) ** 2) / (len(y) - len(k))
    if f['Absolute']:
        s2 = max(1, s2)
    e = np.sqrt(s2 * np.diag(np.linalg.inv(a.T @ (a * w[:, None]))))
    out.append({'Taps': list(k), 'Errors': list(e)})
print(json.dumps(out))
`

func matrixOf(h, w int, f func(y, x int) float64) [][]float64 {
	m := make([][]float64, h)
	for y := range m {
		for x := range w {
			m[y] = append(m[y], f(y, x))
		}
	}
	return m
}

func writeMatrix(t *testing.T, dir, name string, m [][]float64) {
	t.Helper()
	var b strings.Builder
	for _, row := range m {
		for x, v := range row {
			if x > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%.17g", v)
		}
		b.WriteByte('\n')
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

func writeJSON(t *testing.T, dir, name string, v any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), data, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readJSON(t *testing.T, dir, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func flatten(m [][]float64) (list []float64) {
	for _, row := range m {
		list = append(list, row...)
	}
	return list
}

func closeTo(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d numbers, want %d", len(got), len(want))
	}
	most := 0.0
	for _, v := range want {
		most = math.Max(most, math.Abs(v))
	}
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= tolerance*most) {
			t.Errorf("%s %d is %.17g, want %.17g", what, i, got[i], v)
		}
	}
}
