package accumulate

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/traintest"
)

// BenchmarkGather is the pass over a photograph's size in float64.
func BenchmarkGather(b *testing.B) {
	x := traintest.Texture(768, 1024)
	for _, n := range []int{3, 7, 15} {
		s := train.Spec{Kernel: corr.Size{H: n, W: n}}
		y := traintest.Texture(768-n+1, 1024-n+1)
		b.Run(fmt.Sprintf("768x1024/%dx%d", n, n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Images(b.Context(), x, y, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
