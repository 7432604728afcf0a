package edges

import (
	"context"
	"math"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// BenchmarkEdges runs detectors over an image with edges of all angles and a little
// noise, 1024 x 1024.
func BenchmarkEdges(b *testing.B) {
	low, high := 100., 200.
	b.Run("sobel", func(b *testing.B) { bench[float32](b, Options{Operator: "sobel"}) })
	b.Run("thin", func(b *testing.B) { bench[float32](b, Options{Operator: "sobel", Thin: true}) })
	b.Run("otsu", func(b *testing.B) { bench[float32](b, Options{Operator: "sobel", Threshold: &Threshold{Otsu: true}}) })
	b.Run("canny", func(b *testing.B) { bench[float64](b, Options{Operator: "canny", Low: &low, High: &high}) })
	b.Run("canny automatic", func(b *testing.B) { bench[float64](b, Options{Operator: "canny"}) })
	b.Run("canny opencv", func(b *testing.B) {
		bench[float32](b, Options{Operator: "canny", Like: OpenCV, Norm: L1, Low: &low, High: &high})
	})
}

func bench[T tensor.Float](b *testing.B, o Options) {
	const n = 1024
	x := tensor.NewDense[T](tensor.Shape{N: 1, C: 1, H: n, W: n})
	for i, v := range noise(x.Shape()).Data {
		r := math.Hypot(float64(i%n-n/3), float64(i/n-n/2))
		x.Data[i] = T(math.Round(100 + 90*math.Tanh(5*math.Sin(r/12)) + 10*v))
	}
	p, err := NewPlan[T](x.Shape(), o, same, corr.Config{})
	if err != nil {
		b.Fatal(err)
	}
	y := tensor.NewDense[T](p.Out())
	b.SetBytes(n * n)
	b.ResetTimer()
	for range b.N {
		if err := p.Run(context.Background(), x, y); err != nil {
			b.Fatal(err)
		}
	}
}
