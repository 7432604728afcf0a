package gram

import (
	"unsafe"

	"github.com/convkit/convkit/internal/corr/fft"
)

// uncertain estimates the variance that rounding leaves in a sum of a part: each
// transform spreads the rounding of its own numbers over all frequencies, which
// leaves ε‖z‖‖x‖/n of a tile, and the sums are rounded as they stand.
//
// The sums of a tap and the centre m are off by m‖w‖‖x‖/n likewise. f and fm are what
// the sums, and m times those, are multiplied by.
func (s *spectral[T]) uncertain(p part, b Band, x []T, plane int, f, fm float64) float64 {
	total := f * f * s.sums[plane].MeanSquare()
	rows := b.Rows + s.shape.Kernel.H - 1
	for t, x0 := range p.x {
		zz, ww, xx := 0.0, 0.0, 0.0
		for oy := range b.Rows {
			w, row := s.w[t][oy*s.wide():][:s.n], x[oy*s.width+x0:]
			for i, f := range w {
				z := float64(f * row[i])
				zz += z * z
				ww += float64(f) * float64(f)
			}
		}
		for r := range rows {
			for _, v := range s.x[(plane*rows+r)*s.width+x0:][:min(s.n, s.shape.OutW-x0+s.shape.Kernel.W-1)] {
				xx += float64(v) * float64(v)
			}
		}
		total += (f*f*zz + 2*fm*fm*ww) * xx / float64(s.n*s.n)
	}
	unit := unitRoundoff[T]()
	return roundings * unit * unit * total
}

// roundings is how many roundings' variance a sum has, as measured (TestDeviation).
const roundings = 4

func unitRoundoff[T fft.Float]() float64 {
	if unsafe.Sizeof(T(0)) == 4 {
		return 0x1p-24
	}
	return 0x1p-53
}
