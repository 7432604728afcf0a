package match

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// BenchmarkNCC matches 64x64 in 4096x4096 whole numbers.
func BenchmarkNCC(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x := tensor.NewDense[float32](tensor.Shape{N: 1, C: 1, H: 4096, W: 4096})
	for i := range x.Data {
		x.Data[i] = float32(i/4096%200/4 + i%300/3 + r.IntN(90))
	}
	cells := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 64, W: 64})
	for i := range cells.Data {
		cells.Data[i] = float64(x.Data[(1000+i/64)*4096+2000+i%64])
	}
	t, err := NewTemplate(cells, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := NewPlan[float32](x.Shape(), t, Options{Whole: 255}, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Log(p.Describe())
	for b.Loop() {
		if _, err := p.Run(context.Background(), x); err != nil {
			b.Fatal(err)
		}
	}
}
