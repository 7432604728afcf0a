package intervals

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/traintest"
)

var spec3 = train.Spec{Kernel: corr.Size{H: 3, W: 3}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Reflect}}}

// scene returns a picture of n x n values from 0.1 to 0.9, rounded to steps: noise of all
// scales, blurred by sigma.
func scene(t testing.TB, n int, sigma, step float64, r *rand.Rand) *tensor.Dense[float64] {
	t.Helper()
	d := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: n, W: n})
	for size := 1; size < n; size *= 2 {
		cells := n/size + 2
		grid := make([]float64, cells*cells)
		for i := range grid {
			grid[i] = r.NormFloat64() * float64(size)
		}
		for i := range d.Data {
			y, x := float64(i/n)/float64(size), float64(i%n)/float64(size)
			y0, x0 := int(y), int(x)
			fy, fx := y-float64(y0), x-float64(x0)
			at := y0*cells + x0
			d.Data[i] += (1-fy)*((1-fx)*grid[at]+fx*grid[at+1]) + fy*((1-fx)*grid[at+cells]+fx*grid[at+cells+1])
		}
	}
	if sigma > 0 {
		reach := int(4*sigma + 0.5)
		g := make([]float64, 2*reach+1)
		sum := 0.0
		for i := range g {
			g[i] = math.Exp(-float64((i-reach)*(i-reach)) / (2 * sigma * sigma))
			sum += g[i]
		}
		for i := range g {
			g[i] /= sum
		}
		d = run(t, d, tensor.Matrix(1, len(g), g...))
		d = run(t, d, tensor.Matrix(len(g), 1, g...))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range d.Data {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	for i, v := range d.Data {
		d.Data[i] = toGrid(0.1+0.8*(v-low)/(high-low), step)
	}
	return d
}

func toGrid(v, step float64) float64 {
	if step == 0 {
		return v
	}
	return math.Round(v/step) * step
}

func run(t testing.TB, x *tensor.Dense[float64], k tensor.Kernel) *tensor.Dense[float64] {
	t.Helper()
	p, err := corr.NewPlan[float64](x.Shape(), k, spec3.Options, corr.Config{Method: corr.Direct})
	if err != nil {
		t.Fatal(err)
	}
	y := tensor.NewDense[float64](p.Out())
	if err := p.Run(t.Context(), x, y); err != nil {
		t.Fatal(err)
	}
	return y
}

// pair is a picture, what a kernel makes of it, rounded, and the unknowns of that kernel.
type pair struct {
	x, y  *tensor.Dense[float64]
	spec  train.Spec
	truth []float64
}

// drawn returns a pair with a random kernel of k x k taps that add up to sum. step 0
// rounds Y to float32.
func drawn(t testing.TB, n, k int, sigma, stepX, step, sum float64, bias bool, r *rand.Rand) pair {
	t.Helper()
	p := pair{x: scene(t, n, sigma, stepX, r), spec: spec3}
	p.spec.Kernel, p.spec.Bias = corr.Size{H: k, W: k}, bias
	total := 0.0
	for range k * k {
		p.truth = append(p.truth, r.Float64())
		total += p.truth[len(p.truth)-1]
	}
	for i := range p.truth {
		p.truth[i] *= sum / total
	}
	p.y = run(t, p.x, tensor.Matrix(k, k, append([]float64(nil), p.truth...)...))
	add := 0.0
	if bias {
		add = 0.2
		p.truth = append(p.truth, add)
	}
	for i, v := range p.y.Data {
		if p.y.Data[i] = toGrid(v+add, step); step == 0 {
			p.y.Data[i] = float64(float32(v + add))
		}
	}
	return p
}

func (p pair) fit(t testing.TB, o Options) (best []float64, f *Fit) {
	t.Helper()
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(train.Pair{X: p.x, Y: p.y})}, p.spec, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, err = Solve(t.Context(), set, o); err != nil {
		t.Fatal(err)
	}
	return set.Best()[0], f
}

const (
	step8  = 1.0 / 255
	step16 = 1.0 / 65535
	// endTolerance is what rounding of float64 may leave of an end, of numbers near one.
	endTolerance = 1e-9
	// programShare bounds ends and residuals against gonum's programs over all windows:
	// the readings stop when ends move by less.
	programShare = 0.1
)

// TestSolve: the true kernel lies within the intervals, and the fit is far nearer to it
// than that of least squares, which smooth pictures mislead.
func TestSolve(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 1))
	for _, c := range []struct {
		name               string
		k                  int
		sigma, stepX, step float64
		sum                float64
		bias               bool
		changed            int // pixels of Y
	}{
		{"8 bits", 3, 0, step8, step8, 1, false, 0},
		{"smooth", 3, 2, step8, step8, 1, false, 0},
		{"very smooth", 3, 8, step8, step8, 1, false, 0},
		{"scaled by .01", 3, 1, step8, step8, 0.01, false, 0},
		{"scaled by .1", 3, 2, step8, step8, 0.1, false, 0},
		{"bias", 3, 2, step8, step8, 0.5, true, 0},
		{"float32", 3, 2, step8, 0, 1, false, 0},
		{"16 bits", 3, 2, step16, step16, 1, false, 0},
		{"from 16 to 8 bits", 3, 2, step16, step8, 1, false, 0},
		{"X not on a grid", 3, 2, 0, step8, 1, false, 0},
		{"changed pixels", 3, 2, step8, step8, 1, false, 9},
		{"5x5", 5, 2, step8, step8, 1, false, 0},
	} {
		p := drawn(t, 100, c.k, c.sigma, c.stepX, c.step, c.sum, c.bias, r)
		for range c.changed {
			p.y.Data[r.IntN(len(p.y.Data))] += 5 * step8
		}
		best, f := p.fit(t, Options{Step: c.step, Bounds: true})
		if !f.Explained || f.Residual > 0.5+endTolerance || f.LeftOut > c.changed || c.changed > 0 && f.LeftOut == 0 {
			t.Errorf("%s: %+v", c.name, f)
			continue
		}
		worstBest, worst := 0.0, 0.0
		for i, v := range p.truth {
			if low, high := f.Low[0][i], f.High[0][i]; !(v >= low-endTolerance && v <= high+endTolerance) || f.Unknowns[0][i] < low-endTolerance || f.Unknowns[0][i] > high+endTolerance {
				t.Errorf("%s: unknown %d is %v, fitted as %v within %v and %v", c.name, i, v, f.Unknowns[0][i], low, high)
			}
			worstBest, worst = math.Max(worstBest, math.Abs(best[i]-v)), math.Max(worst, math.Abs(f.Unknowns[0][i]-v))
		}
		if worst > worstBest {
			t.Errorf("%s: the fit is off by %.2g, least squares by %.2g", c.name, worst, worstBest)
		}
	}
}

// TestSolveNot: noise of half a step, a tone curve and a median are not explained.
func TestSolveNot(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	p := drawn(t, 60, 3, 1, step8, step8, 1, false, r)
	noisy, curve, median := tensor.NewDense[float64](p.y.Shape()), tensor.NewDense[float64](p.y.Shape()), tensor.NewDense[float64](p.y.Shape())
	for i, v := range p.y.Data {
		noisy.Data[i] = toGrid(v+0.7*step8*r.NormFloat64(), step8)
		curve.Data[i] = toGrid(math.Pow(p.x.Data[i], 1/1.4), step8)
		window := append([]float64(nil), p.x.Data[max(0, i-1):min(len(p.x.Data), i+2)]...)
		slices.Sort(window)
		median.Data[i] = window[len(window)/2]
	}
	for name, y := range map[string]*tensor.Dense[float64]{"noise": noisy, "curve": curve, "median": median} {
		q := p
		q.y = y
		if _, f := q.fit(t, Options{Step: step8, Bounds: true}); f.Explained || f.Residual <= 0.53 || f.Unknowns != nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestSolveExact: what is left as it is has no error of least squares, and the interval
// that rounding allows.
func TestSolveExact(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 1))
	p := drawn(t, 60, 3, 1, step8, step8, 1, false, r)
	p.y = p.x
	best, f := p.fit(t, Options{Step: step8, Bounds: true})
	if !f.Explained || f.Residual > endTolerance {
		t.Fatalf("%+v", f)
	}
	for i, v := range f.Unknowns[0] {
		if width := f.High[0][i] - f.Low[0][i]; math.Abs(v-best[i]) > endTolerance || width < 1e-3 || width > 1 {
			t.Errorf("unknown %d is %v, between %v and %v", i, v, f.Low[0][i], f.High[0][i])
		}
	}
}

// TestSolveClipped: an output at the end of its range says only that it is there or
// beyond.
func TestSolveClipped(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 1))
	p := drawn(t, 60, 3, 1, step8, step8, 1.3, false, r)
	top := toGrid(1, step8)
	clipped := 0
	for i, v := range p.y.Data {
		if v > top {
			p.y.Data[i] = top
			clipped++
		}
	}
	if clipped < 50 {
		t.Fatalf("only %d outputs are clipped", clipped)
	}
	if _, f := p.fit(t, Options{Step: step8}); f.Explained {
		t.Errorf("clipped outputs are explained: %+v", f)
	}
	_, f := p.fit(t, Options{Step: step8, Clip: &train.Range{High: top}, Bounds: true})
	if !f.Explained {
		t.Fatalf("%+v", f)
	}
	for i, v := range p.truth {
		if v < f.Low[0][i] || v > f.High[0][i] {
			t.Errorf("unknown %d is %v, not between %v and %v", i, v, f.Low[0][i], f.High[0][i])
		}
	}
}

// TestReference: residuals and intervals agree with dense programs over all windows.
func TestReference(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 1))
	for range 5 {
		p := drawn(t, 14, 3, 0, step8, step8, 1, false, r)
		a, y := traintest.Unroll(t, p.x, p.y, p.spec)
		_, f := p.fit(t, Options{Step: step8, Bounds: true})
		for i := range p.truth {
			c := make([]float64, 9)
			c[i] = 1
			high := denseEnd(t, a, y, c)
			c[i] = -1
			low := -denseEnd(t, a, y, c)
			if width := high - low; math.Abs(f.High[0][i]-high) > programShare*width || math.Abs(f.Low[0][i]-low) > programShare*width {
				t.Errorf("unknown %d lies between %v and %v, want %v and %v", i, f.Low[0][i], f.High[0][i], low, high)
			}
		}
		for i := range p.y.Data {
			p.y.Data[i] += step8 * float64(r.IntN(7)-3)
		}
		_, y = traintest.Unroll(t, p.x, p.y, p.spec)
		if _, f = p.fit(t, Options{Step: step8}); f.Explained {
			t.Errorf("explained: %+v", f)
		}
		if want := denseResidual(t, a, y); f.Residual < want*(1-looseShare)-endTolerance {
			t.Errorf("largest residual %v steps, and the least is %v", f.Residual, want)
		}
	}
}

// denseEnd returns max c w over all w within half a step of every output.
func denseEnd(t *testing.T, a [][]float64, y, c []float64) float64 {
	set := &rows{n: len(c)}
	for i, row := range a {
		set.add(row, y[i]+step8/2)
		minus := make([]float64, len(row))
		for j, v := range row {
			minus[j] = -v
		}
		set.add(minus, step8/2-y[i])
	}
	return gonumOptimum(t, set, c)
}

// denseResidual returns the least maximal residual, in steps.
func denseResidual(t *testing.T, a [][]float64, y []float64) float64 {
	n := len(a[0])
	set := &rows{n: n + 1}
	for i, row := range a {
		for _, s := range []float64{1, -1} {
			g := make([]float64, n+1)
			for j, v := range row {
				g[j] = s * v
			}
			g[n] = -1
			set.add(g, s*y[i])
		}
	}
	c := make([]float64, n+1)
	c[n] = -1
	return -gonumOptimum(t, set, c) / step8
}
