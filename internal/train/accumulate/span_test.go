package accumulate

import (
	"context"
	"strings"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
)

// TestSpan holds that a dilation whose windows no memory has room for is refused
// before any is taken.
func TestSpan(t *testing.T) {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 21, W: 27})
	for _, d := range []corr.Size{{H: 1 << 20, W: 1 << 20}, {H: 1 << 28, W: 1}, {H: 1, W: 1 << 28}} {
		spec := train.Spec{Kernel: corr.Size{H: 2, W: 2}, Options: corr.Options{Padding: corr.Padding{Mode: corr.Same}, Dilation: d}}
		if _, err := OnePair(context.Background(), train.Pair{X: x, Y: x}, spec); err == nil || !strings.Contains(err.Error(), "134217728 are the limit") {
			t.Errorf("dilation %v: %v", d, err)
		}
	}
}
