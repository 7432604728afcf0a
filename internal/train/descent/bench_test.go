package descent_test

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/normal"
	"github.com/convkit/convkit/internal/train/traintest"
	"github.com/convkit/convkit/internal/train/traintest/sums"
)

// BenchmarkDescend is a thousand epochs.
func BenchmarkDescend(b *testing.B) {
	x := traintest.Texture(256, 256)
	for _, n := range []int{7, 15} {
		s := train.Spec{Kernel: corr.Size{H: n, W: n}}
		st := sums.Of(b, x, traintest.Texture(256-n+1, 256-n+1), s)
		for _, o := range []descent.Optimizer{descent.GD, descent.Adam} {
			b.Run(fmt.Sprintf("%v/%dx%d", o, n, n), func(b *testing.B) {
				for b.Loop() {
					fresh := st.Part(normal.CentredBlock(s.Kernel, s.Kernel, false)) // knows no eigenvectors
					if _, err := descent.Descend(b.Context(), fresh, descent.Descent{Optimizer: o, Epochs: 1000}, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
