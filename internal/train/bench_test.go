package train

import (
	"fmt"
	"testing"

	"github.com/convkit/convkit/internal/corr"
)

// BenchmarkGather is the pass over a photograph's size in float64.
func BenchmarkGather(b *testing.B) {
	x := texture(768, 1024)
	for _, n := range []int{3, 7, 15} {
		s := Spec{Kernel: corr.Size{H: n, W: n}}
		y := texture(768-n+1, 1024-n+1)
		b.Run(fmt.Sprintf("768x1024/%dx%d", n, n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Gather(b.Context(), x, y, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDescend is a thousand epochs.
func BenchmarkDescend(b *testing.B) {
	x := texture(256, 256)
	for _, n := range []int{7, 15} {
		s := Spec{Kernel: corr.Size{H: n, W: n}}
		st := gather(b, x, texture(256-n+1, 256-n+1), s)
		for _, o := range []Optimizer{GD, Adam} {
			b.Run(fmt.Sprintf("%v/%dx%d", o, n, n), func(b *testing.B) {
				for b.Loop() {
					fresh := st.sub(centred(s.Kernel, s.Kernel, false)) // knows no eigenvectors
					if _, err := Descend(b.Context(), fresh, Descent{Optimizer: o, Epochs: 1000}, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
