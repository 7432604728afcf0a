package method

import (
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Expectation is what a plain correlation is expected to take, in nanoseconds
// of one core: the estimates that Auto chooses by, for those who run tiles
// themselves.
type Expectation struct {
	Direct  float64
	Fourier float64 // +Inf where the kernel reaches beyond all tiles
	Side    int     // of the tiles it takes the least with, 0 for none
}

// Expect estimates a correlation with the geometry of a plan.
func Expect[T tensor.Float](out tensor.Shape, g geometry.Geometry) Expectation {
	c := newCosts[T](out, g)
	side, fourier := c.bestTile()
	return Expectation{Direct: c.direct(), Fourier: fourier, Side: side}
}
