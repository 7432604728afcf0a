package corr

import (
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// A row of tiles of a very wide image stays small, whatever tiles would be the
// quickest, unless the kernel needs large ones.
func TestWideImagesHaveLowBands(t *testing.T) {
	for _, c := range []struct{ wide, side, most int }{{4096, 31, 256}, {20000, 31, 128}, {20000, 200, 256}} {
		k := tensor.Matrix(c.side, c.side, make([]float64, c.side*c.side)...)
		for i := range k.Taps {
			k.Taps[i] = float64(i*i%7) + 0.5 // of full rank, or nearly
		}
		p, err := NewPlan[float64](tensor.Shape{N: 1, C: 1, H: 4096, W: c.wide}, k, Options{}, Config{Method: Fourier})
		if err != nil {
			t.Fatal(err)
		}
		if p.rows >= c.most {
			t.Errorf("%dx%d on %d columns: bands of %d rows", c.side, c.side, c.wide, p.rows)
		}
	}
}
