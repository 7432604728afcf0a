package accumulate

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
)

// counted counts the rows that are read of an image.
type counted struct {
	tensor.Source[float64]
	rows *int
}

func (c counted) Row(p, y int, buf []float64) ([]float64, error) {
	*c.rows++
	return c.Source.Row(p, y, buf)
}

// All readings of the images show how far they are: between two calls few more rows of
// Y are read than a band of tiles has.
func TestBandsAreShown(t *testing.T) {
	const side = 400
	r := rand.New(rand.NewPCG(5, 6))
	x, y, m := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: side, W: side}), tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: side, W: side}), tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: side, W: side})
	for i := range x.Data {
		x.Data[i], y.Data[i], m.Data[i] = 1e4+r.NormFloat64(), r.NormFloat64(), float64(r.IntN(3))
	}
	s := train.Spec{Kernel: corr.Size{H: 15, W: 15}, Threads: 1}
	s.Options.Padding = geometry.Padding{Mode: geometry.Same}
	for tapsOnly, readings := range map[bool]int{false: 1, true: 4} {
		rows, most, calls := 0, 0, 0
		_, err := Pairs(context.Background(), []train.Input{train.One(train.Pair{X: x, Y: counted{y, &rows}, Mask: m})}, s, Options{TapsOnly: tapsOnly, Bands: func(_, _ int) {
			most, rows, calls = max(most, rows), 0, calls+1
		}})
		if err != nil {
			t.Fatal(err)
		}
		if limit := 256 + 2*lookedAtRows; most > limit || calls < 2*readings {
			t.Errorf("taps only %t: %d calls, with up to %d rows between them, more than %d", tapsOnly, calls, most, limit)
		}
	}
}
