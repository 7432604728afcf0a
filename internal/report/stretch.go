package report

import (
	"math"
	"slices"

	"github.com/convkit/convkit/internal/enum"
)

// Stretch says how values become grey levels.
type Stretch int

// The stretches.
const (
	Linear Stretch = iota // from the smallest to the largest value
	ZScale                // around the median, as IRAF's display
	Asinh                 // linear near the sky, logarithmic far above it
)

// StretchNames are the words of the stretches.
var StretchNames = []string{"linear", "zscale", "asinh"}

// ParseStretch returns the Stretch of a word.
func ParseStretch(s string) (Stretch, error) { return enum.Parse[Stretch](s, StretchNames) }

// scale maps values to levels from 0 to 1:
//
//	(v − low)/(high − low)                            soft = 0
//	asinh((v − low)/soft)/asinh((high − low)/soft)    soft > 0
type scale struct{ low, high, soft float64 }

// level returns the level of a value. It is not limited to 0..1.
func (s scale) level(v float64) float64 {
	if s.soft > 0 {
		return math.Asinh((v-s.low)/s.soft) / math.Asinh((s.high-s.low)/s.soft)
	}
	return (v - s.low) / (s.high - s.low)
}

// scaleOf returns the scale of a stretch for some values. Values that are not finite
// do not count. The softening of Asinh is half of the range of ZScale, which is about
// the noise of a sky (Lupton, Gunn and Szalay, 1999, have it at the noise, too).
func scaleOf(values []float64, s Stretch) scale {
	var finite []float64
	for _, v := range values {
		if v-v == 0 {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return scale{0, 1, 0}
	}
	low, high := slices.Min(finite), slices.Max(finite)
	if low == high {
		return scale{low - 0.5, high + 0.5, 0}
	}
	if s == Linear {
		return scale{low, high, 0}
	}
	z1, z2 := zscale(finite, low, high)
	if s == ZScale {
		return scale{z1, z2, 0}
	}
	return scale{z1, high, max((z2-z1)/2, (high-z1)*1e-6)}
}

// The constants of IRAF's zscale, as in its help page.
const (
	zSamples  = 1000
	zContrast = 0.25
	zReject   = 2.5 // standard deviations
	zRounds   = 5
	zFewest   = 0.5 // share of the samples that a line must keep
)

// zscale fits a line to some of the sorted values, without outliers. With its slope over
// the contrast, the range reaches from the median as far as that line does:
//
//	z1 = median − slope/contrast · middle
//	z2 = median + slope/contrast · (n − middle)
//
// within the smallest and the largest sample. If fewer than half of the samples fit, it
// is the whole range.
func zscale(values []float64, low, high float64) (z1, z2 float64) {
	step := max(1, len(values)/zSamples)
	var sorted []float64
	for i := 0; i < len(values); i += step {
		sorted = append(sorted, values[i])
	}
	slices.Sort(sorted)
	n := len(sorted)
	low, high = max(low, sorted[0]), min(high, sorted[n-1])
	middle := (n - 1) / 2
	median := sorted[middle]
	if n%2 == 0 {
		median = (sorted[middle] + sorted[middle+1]) / 2
	}
	slope, kept := fitLine(sorted)
	if kept < max(5, int(float64(n)*zFewest)) {
		return low, high
	}
	slope /= zContrast
	z1 = max(low, median-slope*float64(middle))
	z2 = min(high, median+slope*float64(n-middle-1))
	if z1 >= z2 {
		return low, high
	}
	return z1, z2
}

// fitLine returns the slope of sorted values against their number, and how many values
// are within zReject standard deviations of the line.
func fitLine(sorted []float64) (slope float64, kept int) {
	good := make([]bool, len(sorted))
	for i := range good {
		good[i] = true
	}
	kept = len(sorted)
	for range zRounds {
		var n, sx, sy, sxx, sxy float64
		for i, v := range sorted {
			if good[i] {
				x := float64(i)
				n, sx, sy, sxx, sxy = n+1, sx+x, sy+v, sxx+x*x, sxy+x*v
			}
		}
		if n < 5 {
			return slope, int(n)
		}
		slope = (n*sxy - sx*sy) / (n*sxx - sx*sx)
		start := (sy - slope*sx) / n
		variance := 0.0
		for i, v := range sorted {
			if good[i] {
				r := v - start - slope*float64(i)
				variance += r * r / n
			}
		}
		limit := zReject * math.Sqrt(variance)
		left := 0
		for i, v := range sorted {
			if good[i] = math.Abs(v-start-slope*float64(i)) <= limit; good[i] {
				left++
			}
		}
		if left == kept {
			break
		}
		kept = left
	}
	return slope, kept
}
