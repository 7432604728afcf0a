package main

import (
	"testing"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
)

// Small pairs are read once. Large ones are read each time, but the first one is kept
// from the reading of its sizes to the next.
func TestPairKeeper(t *testing.T) {
	image := func(size int) *tensor.Dense[float64] {
		return tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: size, W: size})
	}
	for _, c := range []struct {
		name  string
		size  int
		first bool
		pairs int
		reads int // in four openings
	}{
		{"small", 10, false, 1, 1},
		{"small, without room", 10, false, 0, 4},
		{"large", 30, false, 1, 4},
		{"large and first", 30, true, 1, 3},
	} {
		reads := 0
		keeper := pairKeeper{pixels: 300, pairs: c.pairs}
		open := keeper.keep(func() (train.Pair, error) {
			reads++
			return train.Pair{X: image(c.size), Y: image(c.size)}, nil
		}, c.first)
		for range 4 {
			if p, err := open(); err != nil || p.X.Shape().H != c.size {
				t.Fatalf("%s: %v, %v", c.name, p, err)
			}
		}
		if reads != c.reads {
			t.Errorf("%s: read %d times, want %d", c.name, reads, c.reads)
		}
	}
}
