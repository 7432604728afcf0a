package operator

import (
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/corrtest"
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
		d := corrtest.Any(t, corrtest.Wholes)
		drawRule(t, &d)
		t.Log(d)
		m, err := Windows(d.X, d.K, d.O)
		if err != nil {
			t.Fatal(err)
		}
		// A column for each output channel.
		taps := d.K.In * d.K.H * d.K.W
		var vec []float64
		for i := range taps {
			for o := range d.K.Out {
				vec = append(vec, d.K.Taps[o*taps+i])
			}
		}
		if len(d.K.Bias) > 0 {
			for o := range d.K.Out {
				vec = append(vec, d.K.BiasOf(o))
			}
		}
		got := times(t, m, vec, d.K.Out)
		want := referenceOf(t, d)
		s := want.Shape()
		for i, v := range want.Data {
			p, at := i/(s.H*s.W), i%(s.H*s.W)
			row, column := p*s.H*s.W+at, 0
			if d.K.Mixes {
				row, column = p/s.C*s.H*s.W+at, p%s.C
			}
			if got[row*d.K.Out+column] != v {
				t.Fatalf("element %d of Y is %v, U vec(K) has %v", i, v, got[row*d.K.Out+column])
			}
		}
	})
}

// W vec(X) = vec(Y) where nothing is added, and W' is the adjoint.
func TestOperator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := corrtest.Any(t, corrtest.Wholes)
		d.K.Bias, d.O.Border.Value = nil, 0
		drawRule(t, &d)
		t.Log(d)
		m, err := Operator(d.X.Shape(), d.K, d.O)
		if err != nil {
			t.Fatal(err)
		}
		want := referenceOf(t, d)
		for n := range len(d.X.Data) / m.Cols {
			got := times(t, m, d.X.Data[n*m.Cols:][:m.Cols], 1)
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
	x := corrtest.FromRows([][]float64{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}})
	k := tensor.Matrix(2, 2, 0, 1, 2, 3)
	u, err := Windows(x, k, corr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := Operator(x.Shape(), k, corr.Options{})
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
		corrtest.Equal(t, got, corrtest.FromRows(c.want))
	}
}
