package intervals

import (
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/numeric"
)

// Grid finds on which grid all values of Y lie, if their file does not say it: whole
// numbers, 8- or 16-bit pixels from 0 to 1, or float32. ok is false for none of these.
func Grid(inputs []train.Input) (o Options, ok bool, err error) {
	g := grid{low: math.Inf(1), high: math.Inf(-1)}
	for _, in := range inputs {
		pair, done, err := in.Open()
		if err != nil {
			return o, false, in.Wrap(err)
		}
		err = g.read(pair.Y)
		done()
		if err != nil {
			return o, false, in.Wrap(err)
		}
	}
	for i, step := range gridSteps {
		if !g.off[i] && g.high-g.low >= leastSteps*step {
			return Options{Step: step, Slack: 2 * g.largest * 0x1p-24 / (step / 2)}, true, nil
		}
	}
	return Options{}, !g.notSingle && g.offAll(), nil
}

// gridSteps are the steps that are looked for.
var gridSteps = [...]float64{1, 1.0 / (1<<8 - 1), 1.0 / (1<<16 - 1)}

// leastSteps is the range of Y, in steps, below which a grid says nothing: a threshold
// rounds to two values, and is no kernel.
const leastSteps = 16

// grid says which grids the values read so far are not on.
type grid struct {
	off       [len(gridSteps)]bool
	notSingle bool
	largest   float64 // by size
	low, high float64
}

// read looks at the values of an image, up to the one that excludes the last grid.
func (g *grid) read(y tensor.Source[float64]) error {
	shape := y.Shape()
	buf := make([]float64, shape.W)
	for p := range shape.Planes() {
		for i := range shape.H {
			row, err := y.Row(p, i, buf)
			if err != nil {
				return err
			}
			if g.offAll() {
				g.notSingle = g.notSingle || !allSingle(row)
			} else {
				for _, v := range row {
					if numeric.IsFinite(v) {
						g.add(v)
					}
				}
			}
			if g.notSingle && g.offAll() {
				return nil
			}
		}
	}
	return nil
}

// offAll reports whether every step is excluded. The range of the values does not
// matter then.
func (g *grid) offAll() bool { return g.off == [len(gridSteps)]bool{true, true, true} }

// allSingle reports whether float32 holds every number of a row exactly. NaN and
// infinity count as held.
func allSingle(row []float64) bool {
	for _, v := range row {
		if float64(float32(v)) != v && !math.IsNaN(v) {
			return false
		}
	}
	return true
}

// add looks at one value. Pixels may have been rounded to float32.
func (g *grid) add(v float64) {
	g.low, g.high = math.Min(g.low, v), math.Max(g.high, v)
	g.largest = math.Max(g.largest, math.Abs(v))
	g.notSingle = g.notSingle || float64(float32(v)) != v
	for i, step := range gridSteps {
		if !g.off[i] {
			g.off[i] = math.Abs(v-math.Round(v/step)*step) > math.Abs(v)*0x1p-24
		}
	}
}
