package corr

import (
	"context"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// A 3-4-5 corner: the two differences of different sizes share one window.
func TestGradient(t *testing.T) {
	x := parseMatrix("0 3 3; 4 3 3")
	p, err := NewGradient[float64](x.Shape(), matrix("1 -1"), matrix("1; -1"), Options{}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	y := tensor.NewDense[float64](p.Out())
	if err := p.Run(context.Background(), x, y); err != nil {
		t.Fatal(err)
	}
	if y.Shape().H != 1 || y.Shape().W != 2 || y.Data[0] != 5 || y.Data[1] != 0 {
		t.Errorf("got %v of %v, want 5 0", y.Data, y.Shape())
	}
}
