package corr

import (
	"testing"

	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// times multiplies a matrix with columns of numbers: x has m.Cols rows.
func times(t rapid.TB, m *Matrix, x []float64, columns int) []float64 {
	t.Helper()
	if len(x) != m.Cols*columns {
		t.Fatalf("%dx%d matrix times %d numbers in %d columns", m.Rows, m.Cols, len(x), columns)
	}
	y := make([]float64, m.Rows*columns)
	buf := make([]float64, m.Cols)
	for r := range m.Rows {
		row, err := m.Row(0, r, buf)
		if err != nil {
			t.Fatal(err)
		}
		entries := 0
		if err := m.Entries(r, func(int, float64) { entries++ }); err != nil || entries > m.PerRow {
			t.Fatalf("%d entries in a row, %d are the most (%v)", entries, m.PerRow, err)
		}
		for c := range columns {
			for i, v := range row {
				y[r*columns+c] += v * x[i*columns+c]
			}
		}
	}
	return y
}

// U vec(K) = vec(Y), for every geometry, flipped or not, with bias.
func TestWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		drawRule(t, &d)
		t.Log(d)
		m, err := Windows(d.x, d.k, d.o)
		if err != nil {
			t.Fatal(err)
		}
		// A column for each output channel.
		taps := d.k.In * d.k.H * d.k.W
		var vec []float64
		for i := range taps {
			for o := range d.k.Out {
				vec = append(vec, d.k.Taps[o*taps+i])
			}
		}
		if len(d.k.Bias) > 0 {
			for o := range d.k.Out {
				vec = append(vec, d.k.BiasOf(o))
			}
		}
		got := times(t, m, vec, d.k.Out)
		want := d.reference(t)
		s := want.Shape()
		for i, v := range want.Data {
			p, at := i/(s.H*s.W), i%(s.H*s.W)
			row, column := p*s.H*s.W+at, 0
			if d.k.Mixes {
				row, column = p/s.C*s.H*s.W+at, p%s.C
			}
			if got[row*d.k.Out+column] != v {
				t.Fatalf("element %d of Y is %v, U vec(K) has %v", i, v, got[row*d.k.Out+column])
			}
		}
	})
}

// W vec(X) = vec(Y) where nothing is added, and W' is the adjoint.
func TestOperator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawAny(t, wholes)
		d.k.Bias, d.o.Border.Value = nil, 0
		drawRule(t, &d)
		t.Log(d)
		m, err := Operator(d.x.Shape(), d.k, d.o)
		if err != nil {
			t.Fatal(err)
		}
		want := d.reference(t)
		for n := range len(d.x.Data) / m.Cols {
			got := times(t, m, d.x.Data[n*m.Cols:][:m.Cols], 1)
			for i, v := range got {
				if v != want.Data[n*m.Rows+i] {
					t.Fatalf("element %d of Y is %v, W vec(X) has %v", i, want.Data[n*m.Rows+i], v)
				}
			}
		}
	})
}

// The textbook's example, both ways.
func TestUnrollTextbook(t *testing.T) {
	x := fromRows([][]float64{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}})
	k := tensor.Matrix(2, 2, 0, 1, 2, 3)
	u, err := Windows(x, k, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := Operator(x.Shape(), k, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		m    *Matrix
		want [][]float64
	}{
		{u, [][]float64{{0, 1, 3, 4}, {1, 2, 4, 5}, {3, 4, 6, 7}, {4, 5, 7, 8}}},
		{w, [][]float64{{0, 1, 0, 2, 3, 0, 0, 0, 0}, {0, 0, 1, 0, 2, 3, 0, 0, 0}, {0, 0, 0, 0, 1, 0, 2, 3, 0}, {0, 0, 0, 0, 0, 1, 0, 2, 3}}},
	} {
		got, err := tensor.Collect[float64](c.m)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, fromRows(c.want))
	}
}
