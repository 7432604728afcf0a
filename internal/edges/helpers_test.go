package edges

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
)

// rounding is what float64 may lose in a handful of products of values up to 1.
const rounding = 1e-12

// load reads what a script in testdata has written.
func load[V any](t *testing.T, name string) V {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var v V
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// dense makes an image of one plane.
func dense[T tensor.Float](rows [][]float64) *tensor.Dense[T] {
	x := tensor.NewDense[T](tensor.Shape{N: 1, C: 1, H: len(rows), W: len(rows[0])})
	for i, v := range slices.Concat(rows...) {
		x.Data[i] = T(v)
	}
	return x
}

// detect runs a detector on an image in memory.
func detect[T tensor.Float](t *testing.T, x *tensor.Dense[T], o Options, g corr.Options, threads int) *tensor.Dense[T] {
	t.Helper()
	p, err := NewPlan[T](x.Shape(), o, g, corr.Config{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	y := tensor.NewDense[T](p.Out())
	if err := p.Run(context.Background(), x, y); err != nil {
		t.Fatal(err)
	}
	return y
}
