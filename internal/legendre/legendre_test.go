package legendre

import (
	"math"
	"testing"
)

// The polynomials are those of Abramowitz and Stegun, table 22.9.
func TestAt(t *testing.T) {
	for x := range 7 {
		xi := float64(2*x+1)/7 - 1
		for i, want := range []float64{1, xi, (3*xi*xi - 1) / 2, (5*xi*xi*xi - 3*xi) / 2, (35*math.Pow(xi, 4) - 30*xi*xi + 3) / 8} {
			if got := At(i, x, 7); math.Abs(got-want) > 1e-15 {
				t.Errorf("P_%d(%g) is %.17g, want %.17g", i, xi, got, want)
			}
		}
	}
}

// Rows are those of At, and as many as Terms says.
func TestRows(t *testing.T) {
	f := Field{Degree: 3, H: 4, W: 5}
	r, row := NewRows(f), make([]float64, f.W)
	if len(Orders(3)) != f.Terms() || f.Terms() != 10 {
		t.Fatalf("%d terms and %d orders, want 10", f.Terms(), len(Orders(3)))
	}
	for p, order := range Orders(3) {
		for y := range f.H {
			r.Set(row, order, y)
			for x, v := range row {
				if want := f.At(y, x)[p]; v != want {
					t.Errorf("polynomial %v at %d,%d is %v, want %v", order, y, x, v, want)
				}
			}
		}
	}
}
