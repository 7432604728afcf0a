package xnoise

import (
	"errors"
	"maps"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
)

// errNoVariances says that a pair lacks what the others have.
var errNoVariances = errors.New("the noise of X is not known for this pair")

// noise has the variances of the pixels of a pair.
//
// The window of output t sees pixel i at tap u. White noise of variance σ²(i) in X adds
// to the products of the window
//
//	D_t[u,v] = σ²(i)  where both taps see pixel i, else 0
//
// Off the diagonal this happens where padding repeats pixels. Padding by a constant has
// no noise.
type noise struct {
	g         corr.Geometry
	inputs    int
	outputs   int // of a system, which share their windows
	variances tensor.Source[float64]
	scale     float64 // from variances to the units of the equations
	uniform   float64 // all variances, in those units; 0: they differ
}

func (n *noise) begin(p train.Pair, g corr.Geometry) {
	n.g, n.variances, n.uniform = g, p.XVariances, 0
	if p.XVariances != nil {
		if v, ok := train.ConstantValue(p.XVariances); ok {
			n.uniform = v * n.scale
		}
	}
}

// target takes the entries of Σ w_t D_t.
type target interface {
	diagonal(f float64) // adds f to every entry of the diagonal
	add(u, v int, f float64)
}

// noiseRows computes D for rows of outputs. It belongs to one goroutine.
type noiseRows struct {
	*noise
	of         tensor.Source[float64] // the image whose rows are kept
	rows       map[[2]int][]float64   // variances by plane and row
	sameRow    [][]int                // for each row of taps, those that see the same row of X
	sameColumn [][]int
	row        []int // of X that each row of taps sees; -1: none
	column     []int
	last       int // row of outputs; -1: none
}

// to adds w_t D_t of the used outputs [from, to) of a row to a target, with w_t their
// weights.
func (n *noiseRows) to(t target, r *accumulate.ObservedRow, from, to int) error {
	if n.variances == nil {
		return errNoVariances
	}
	n.beginRow(r.Y)
	y0, rows, x0, columns := n.g.Inner()
	first, end := from, from // outputs without padding
	if r.Y >= y0 && r.Y < y0+rows {
		first, end = min(max(from, x0), to), max(min(to, x0+columns), from)
		end = max(first, end)
	}
	for x := from; x < first; x++ {
		if err := n.output(t, r, x); err != nil {
			return err
		}
	}
	if err := n.inner(t, r, first, end); err != nil {
		return err
	}
	for x := end; x < to; x++ {
		if err := n.output(t, r, x); err != nil {
			return err
		}
	}
	return nil
}

// weight returns the weight of an output; 0 if it is not used.
func weight(r *accumulate.ObservedRow, x int) float64 {
	switch {
	case !r.Used[x]:
		return 0
	case r.Roots != nil:
		return r.Roots[x] * r.Roots[x]
	}
	return 1
}

// inner adds outputs that depend on no padding.
func (n *noiseRows) inner(t target, r *accumulate.ObservedRow, from, to int) error {
	if n.uniform != 0 {
		total := 0.0
		for x := from; x < to; x++ {
			total += weight(r, x)
		}
		t.diagonal(total * n.uniform)
		return nil
	}
	if from >= to {
		return nil
	}
	g := n.g
	for i := range n.inputs {
		for u := range g.KH {
			row, err := n.variancesOf(r, i, u)
			if err != nil {
				return err
			}
			for v := range g.KW {
				total, at := 0.0, v*g.Dilation.W-g.Left
				for x := from; x < to; x++ {
					if f := weight(r, x); f != 0 { // the variance may be infinite elsewhere
						total += f * row[x*g.Stride.W+at]
					}
				}
				a := (i*g.KH+u)*g.KW + v
				t.add(a, a, total*n.scale)
			}
		}
	}
	return nil
}

// variancesOf returns the variances of the row of input i that row u of the taps sees.
func (n *noiseRows) variancesOf(r *accumulate.ObservedRow, i, u int) ([]float64, error) {
	plane := (r.Plane/n.outputs*n.inputs + i) % n.variances.Shape().Planes()
	at := [2]int{plane, n.row[u]}
	if row := n.rows[at]; row != nil {
		return row, nil
	}
	row, err := n.variances.Row(at[0], at[1], make([]float64, n.g.InW))
	if err != nil {
		return nil, err
	}
	n.rows[at] = row
	return row, nil
}

// output adds one output, of which taps may see the same pixel.
func (n *noiseRows) output(t target, r *accumulate.ObservedRow, x int) error {
	f := weight(r, x)
	if f == 0 {
		return nil
	}
	g := n.g
	for v := range g.KW {
		n.column[v] = g.Border.Fold(x*g.Stride.W+v*g.Dilation.W-g.Left, g.InW)
	}
	equals(n.sameColumn, n.column)
	for i := range n.inputs {
		for u, iy := range n.row {
			if iy < 0 {
				continue
			}
			row, err := n.variancesOf(r, i, u)
			if err != nil {
				return err
			}
			for v, ix := range n.column {
				if ix < 0 {
					continue
				}
				s := f * row[ix] * n.scale
				for _, u2 := range n.sameRow[u] {
					for _, v2 := range n.sameColumn[v] {
						t.add((i*g.KH+u)*g.KW+v, (i*g.KH+u2)*g.KW+v2, s)
					}
				}
			}
		}
	}
	return nil
}

// beginRow sets which rows of X the taps see.
func (n *noiseRows) beginRow(y int) {
	g := n.g
	if n.of != n.variances || len(n.row) != g.KH || len(n.column) != g.KW {
		n.of, n.rows, n.last = n.variances, map[[2]int][]float64{}, -1
		n.row, n.column = make([]int, g.KH), make([]int, g.KW)
		n.sameRow, n.sameColumn = make([][]int, g.KH), make([][]int, g.KW)
	}
	if n.last == y {
		return
	}
	n.last = y
	seen := map[int]bool{}
	for u := range n.row {
		n.row[u] = g.Border.Fold(y*g.Stride.H+u*g.Dilation.H-g.Top, g.InH)
		seen[n.row[u]] = true
	}
	maps.DeleteFunc(n.rows, func(at [2]int, _ []float64) bool { return !seen[at[1]] })
	equals(n.sameRow, n.row)
}

// equals sets each list to the indices of equal values.
func equals(lists [][]int, values []int) {
	for i, v := range values {
		lists[i] = lists[i][:0]
		for j, w := range values {
			if v == w {
				lists[i] = append(lists[i], j)
			}
		}
	}
}
