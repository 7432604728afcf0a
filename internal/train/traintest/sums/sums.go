// Package sums accumulates normal equations for tests. It stands apart from traintest
// so that the tests of accumulate can use that.
package sums

import (
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/traintest"
)

// Of returns the equations of a pair.
func Of(t testing.TB, x, y *tensor.Dense[float64], s train.Spec) *normal.Equations {
	t.Helper()
	st, err := accumulate.Images(t.Context(), x, y, s)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// Textbook returns the equations of the 6x8 image of ones with columns 2 to 5 black, and
// its edges.
func Textbook(t testing.TB) *normal.Equations {
	t.Helper()
	x := traintest.Dense(6, 8, make([]float64, 48)...)
	for i := range x.Data {
		if c := i % 8; c < 2 || c > 5 {
			x.Data[i] = 1
		}
	}
	y := traintest.Apply(t, x, tensor.Matrix(1, 2, 1, -1), corr.Options{})
	return Of(t, x, y, train.Spec{Kernel: corr.Size{H: 1, W: 2}})
}
