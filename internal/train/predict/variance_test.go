package predict_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/predict"
)

// Samples have the variance of the noise, and next to nothing of a smooth residual that
// is ten times as strong. Those that see an excluded output are left out.
func TestSamples(t *testing.T) {
	s := tensor.Shape{N: 1, C: 1, H: 300, W: 400}
	r, prediction, y := rand.New(rand.NewPCG(5, 6)), predict.NewMap(s), tensor.NewDense[float64](s)
	prediction.Replace(func(float64) float64 { return 7 })
	for i := range y.Data {
		y.Data[i] = 7 + 20*math.Sin(float64(i%s.W)/8)*math.Cos(float64(i/s.W)/8) + 2*r.NormFloat64()
	}
	y.Data[10*s.W+10] = math.NaN()
	values, residuals, err := predict.Samples(context.Background(), train.Pair{Y: y}, prediction)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, v := range residuals {
		sum += v * v
		if math.Abs(values[i]-7) > tolerance {
			t.Fatalf("prediction %v", values[i])
		}
	}
	if n := (s.H-2)*(s.W-2) - 9; len(residuals) != n {
		t.Errorf("%d samples, want %d", len(residuals), n)
	}
	// 120 000 correlated samples know the variance to about a hundredth.
	if got := sum / float64(len(residuals)); math.Abs(got-4) > 0.1 {
		t.Errorf("variance %v, want 4", got)
	}
}

// A map has what was put into it.
func TestMap(t *testing.T) {
	m := predict.NewMap(tensor.Shape{N: 1, C: 1, H: 1, W: 2})
	if _, err := m.Put(tensor.Band[float64]{Rows: 1, W: 2, Stride: 2, Data: []float64{0.5, 3}}); err != nil {
		t.Fatal(err)
	}
	row, err := m.Row(0, 0, make([]float64, 2))
	if err != nil || row[0] != 0.5 || row[1] != 3 {
		t.Errorf("%v, %v", row, err)
	}
}
