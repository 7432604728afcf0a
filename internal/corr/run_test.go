package corr

import (
	"context"
	"testing"

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/tensor"
	"pgregory.net/rapid"
)

// run computes with a plan in arithmetic T and returns float64.
func run[T tensor.Float](t rapid.TB, x *tensor.Dense[float64], k tensor.Kernel, o Options, c Config) (*tensor.Dense[float64], error) {
	t.Helper()
	p, err := NewPlan[T](x.Shape(), k, o, c)
	if err != nil {
		return nil, err
	}
	y := tensor.NewDense[T](p.Out())
	if err := p.Run(context.Background(), corrtest.Convert[T](x), y); err != nil {
		t.Fatal(err)
	}
	return corrtest.Convert[float64](y), nil
}

func TestPublishedNumbers(t *testing.T) {
	for _, v := range published {
		t.Run(v.name, func(t *testing.T) {
			want := parseMatrix(v.want)
			for name, f := range map[string]func(rapid.TB, *tensor.Dense[float64], tensor.Kernel, Options, Config) (*tensor.Dense[float64], error){
				"float64": run[float64], "float32": run[float32],
				"reference": func(_ rapid.TB, x *tensor.Dense[float64], k tensor.Kernel, o Options, _ Config) (*tensor.Dense[float64], error) {
					return Reference(x, k, o)
				},
			} {
				got, err := f(t, v.x, v.k, v.o, Config{})
				if err != nil {
					t.Fatal(err)
				}
				if got.Shape().H != want.Shape().H || got.Shape().W != want.Shape().W {
					t.Fatalf("%s: got %v, want %v", name, got.Shape(), want.Shape())
				}
				for i := range want.Data {
					if got.Data[i] != want.Data[i] {
						t.Fatalf("%s: element %d is %v, want %v", name, i, got.Data[i], want.Data[i])
					}
				}
			}
		})
	}
}
