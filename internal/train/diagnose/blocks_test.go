package diagnose_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/diagnose"
	"github.com/convkit/convkit/internal/train/solve"
	"github.com/convkit/convkit/internal/train/traintest"
	"gonum.org/v1/gonum/mat"
)

// blockErrors fits a pair and returns taps and the errors by blocks.
func blockErrors(t *testing.T, p train.Pair, s train.Spec) (w, se []float64) {
	t.Helper()
	set, err := accumulate.Pairs(t.Context(), []train.Input{train.One(p)}, s, accumulate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := solve.LeastSquares(set.Equations, train.Sum)
	m, ok, err := diagnose.Blocks(t.Context(), set, r.Unknowns, nil)
	if err != nil || !ok {
		t.Fatal(err, ok)
	}
	list, err := solve.SandwichErrors(set.Equations, r, solve.Constraints{}, m)
	if err != nil {
		t.Fatal(err)
	}
	return r.Unknowns[0], list[0]
}

// TestBlockErrorsAreTheirDefinition compares them with G⁻¹MG⁻¹ from all windows, with
// M from blocks of 5x5 outputs: 40x50 outputs have too few larger ones.
func TestBlockErrorsAreTheirDefinition(t *testing.T) {
	for _, bias := range []bool{false, true} {
		for _, offset := range []float64{0, 20, 1000} {
			s := same(corr.Reflect, 3)
			s.Bias = bias
			if offset > 20 && !bias { // the definition loses its digits
				continue
			}
			x := traintest.Texture(40, 50)
			for i := range x.Data {
				x.Data[i] += offset
			}
			y := traintest.Noisy(t, x, traintest.Truth(s), s, 0.1, 1)
			_, se := blockErrors(t, train.Pair{X: x, Y: y}, s)
			want := definition(t, x, y, s, bias && offset != 0)
			for i := range se {
				traintest.Near(t, "standard error", se[i], want[i], definitionTolerance, 0)
			}
		}
	}
}

// definitionTolerance: the sums are of x less the mean of some of its rows, the
// definition's of x less the mean of all, which changes the shares of the blocks by
// a few 1e-4.
const definitionTolerance = 1e-3

func definition(t *testing.T, x, y *tensor.Dense[float64], s train.Spec, centred bool) []float64 {
	const side = 5
	a, b := traintest.Unroll(t, x, y, s)
	offset := 0.0 // of the image: the errors of the taps do not depend on it
	if centred {
		for _, row := range a {
			offset += row[0] / float64(len(a))
		}
	}
	n, width := len(a[0]), y.Shape().W
	rows := mat.NewDense(len(a), n, nil)
	for i, row := range a {
		for j, v := range row {
			if j < 9 {
				v -= offset
			}
			rows.Set(i, j, v)
		}
	}
	var g, inverse, m, left, cov mat.Dense
	g.Mul(rows.T(), rows)
	if err := inverse.Inverse(&g); err != nil {
		t.Fatal(err)
	}
	var c, w mat.VecDense
	c.MulVec(rows.T(), mat.NewVecDense(len(b), b))
	w.MulVec(&inverse, &c)
	sums, energy := map[[2]int][]float64{}, map[[2]int]float64{}
	for i := range a {
		at := [2]int{i / width / side, i % width / side}
		if sums[at] == nil {
			sums[at] = make([]float64, n)
		}
		r := b[i] - mat.Dot(rows.RowView(i), &w)
		for j := range n {
			sums[at][j] += r * rows.At(i, j)
		}
		energy[at] += rows.At(i, 4) * rows.At(i, 4)
	}
	m.ReuseAs(n, n)
	for at, v := range sums {
		f := 1 - energy[at]/g.At(4, 4)
		for i := range n {
			for j := range n {
				m.Set(i, j, m.At(i, j)+v[i]*v[j]/(f*f))
			}
		}
	}
	left.Mul(&inverse, &m)
	cov.Mul(&left, &inverse)
	if centred { // b = b' − m Σk
		for j := range n {
			v := cov.At(9, j)
			for i := range 9 {
				v -= offset * cov.At(i, j)
			}
			cov.Set(9, j, v)
		}
		v := cov.At(9, 9)
		for j := range 9 {
			v -= offset * cov.At(9, j)
		}
		cov.Set(9, 9, v)
	}
	se := make([]float64, n)
	for j := range se {
		se[j] = math.Sqrt(cov.At(j, j))
	}
	return se
}

// TestBlockErrorsHold: over many draws of noise, the mean square of (tap − truth)/error
// is near one, and few taps are outside three errors.
func TestBlockErrorsHold(t *testing.T) {
	const seeds = 60
	s := same(corr.Reflect, 3)
	x := traintest.Texture(96, 96)
	truth := traintest.Truth(s)
	clean := traintest.Apply(t, x, truth, s.Options)
	for name, noise := range map[string]func(r *rand.Rand, v float64, last *float64) float64{
		"white":      func(r *rand.Rand, _ float64, _ *float64) float64 { return r.NormFloat64() },
		"brightness": func(r *rand.Rand, v float64, _ *float64) float64 { return v * v * v * v * r.NormFloat64() },
		"correlated": func(r *rand.Rand, _ float64, last *float64) float64 {
			*last = 0.8**last + r.NormFloat64()
			return *last
		},
	} {
		square, outside, n := 0.0, 0, 0
		for seed := range uint64(seeds) {
			r, last := rand.New(rand.NewPCG(seed, 9)), 0.0
			y := tensor.NewDense[float64](clean.Shape())
			for i, v := range clean.Data {
				y.Data[i] = v + 0.05*noise(r, v, &last)
			}
			w, se := blockErrors(t, train.Pair{X: x, Y: y}, s)
			for i := range w {
				d := (w[i] - truth.Taps[i]) / se[i]
				square += d * d
				n++
				if math.Abs(d) > 3 {
					outside++
				}
			}
		}
		t.Logf("%s: mean square %.2f, %d of %d outside three errors", name, square/float64(n), outside, n)
		if mean := square / float64(n); mean < 0.7 || mean > 1.2 || float64(outside) > 0.01*float64(n) {
			t.Errorf("%s: mean square %.2f, %d of %d outside three errors", name, mean, outside, n)
		}
	}
}

// TestBlockErrorsOfThreads: the errors are the same with any number of threads.
func TestBlockErrorsOfThreads(t *testing.T) {
	s := same(corr.Reflect, 3)
	x := traintest.Grain(tensor.Shape{N: 1, C: 2, H: 150, W: 90}, 7)
	y := traintest.Grain(x.Shape(), 8)
	var first []float64
	for threads := 1; threads < 5; threads++ {
		s.Threads = threads
		_, se := blockErrors(t, train.Pair{X: x, Y: y, Weight: 2}, s)
		if first == nil {
			first = se
		}
		for i := range se {
			if se[i] != first[i] {
				t.Fatalf("%d threads give %v, one gives %v", threads, se, first)
			}
		}
	}
}
