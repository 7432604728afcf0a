package intervals

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// programTolerance bounds optima of well-scaled programs of a few variables against
// gonum's, whose own tolerance is 1e-10.
const programTolerance = 1e-7

// TestProgram: optima agree with gonum's simplex method, also if rows come later.
func TestProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n <= 6; n++ {
		for range 20 {
			set := &rows{n: n}
			set.addBox(n, 3)
			c := make([]float64, n)
			for j := range c {
				c[j] = r.NormFloat64()
			}
			p := newProgram(set, c, corner(c))
			for _, more := range []int{0, 5, 40} {
				for range more {
					g := make([]float64, n)
					for j := range g {
						g[j] = r.NormFloat64()
					}
					set.add(g, r.Float64())
				}
				if err := p.solve(1000); err != nil {
					t.Fatal(err)
				}
				if got, want := p.bound(), gonumOptimum(t, set, c); math.Abs(got-want) > programTolerance {
					t.Errorf("%d variables, %d rows: %v, want %v", n, len(set.b), got, want)
				}
			}
		}
	}
}

// gonumOptimum returns max c z subject to the rows, which is min b y with gᵀ y = c and
// y ≥ 0 (the theorem of duality).
func gonumOptimum(t *testing.T, r *rows, c []float64) float64 {
	t.Helper()
	transposed := mat.DenseCopyOf(mat.NewDense(len(r.b), r.n, append([]float64(nil), r.g...)).T())
	v, _, err := lp.Simplex(append([]float64(nil), r.b...), transposed, c, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestProgramInfeasible: rows that exclude each other are told.
func TestProgramInfeasible(t *testing.T) {
	set := &rows{n: 2}
	set.addBox(2, 5)
	set.add([]float64{1, 1}, -1)
	set.add([]float64{-1, -1}, 0.5)
	if err := newProgram(set, []float64{1, 0.5}, corner([]float64{1, 0.5})).solve(100); err != errInfeasible {
		t.Errorf("got %v", err)
	}
}

// TestProgramBound: a program that ran out of steps has a bound above the optimum.
func TestProgramBound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	set := &rows{n: 5}
	set.addBox(5, 3)
	for range 60 {
		g := make([]float64, 5)
		for j := range g {
			g[j] = r.NormFloat64()
		}
		set.add(g, r.Float64())
	}
	c := []float64{1, 2, -1, 0.5, 0.25}
	want := gonumOptimum(t, set, c)
	last := math.Inf(1)
	for steps := range 12 {
		p := newProgram(set, c, corner(c))
		err := p.solve(steps)
		if err != nil && err != errSteps {
			t.Fatal(err)
		}
		if b := p.bound(); b < want-programTolerance || b > last+programTolerance {
			t.Errorf("after %d steps the bound is %v, before it %v, the optimum %v", steps, b, last, want)
		} else {
			last = b
		}
	}
}
