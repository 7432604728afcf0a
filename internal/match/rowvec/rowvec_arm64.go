//go:build !purego

package rowvec

import (
	"math"

	"github.com/convkit/convkit/internal/corr/vec"
)

// assembly reports whether tests do not want otherwise.
func assembly() bool { return vec.Name() != "go" }

func stepFast(sums, squares []float64, in, out []float32) (done int) {
	blocks := len(sums) / lanes
	if blocks == 0 || !assembly() {
		return 0
	}
	stepNEON(&sums[0], &squares[0], &in[0], &out[0], blocks)
	return blocks * lanes
}

func normaliseFast(out, cross []float32, variance []float64, scale float32) (done int, low, least float64) {
	low, least = math.Inf(1), math.Inf(1)
	blocks := len(out) / lanes
	if blocks == 0 || !assembly() {
		return 0, low, least
	}
	var mins [4]float64 // of each lane: two of all, two of the positive
	normaliseNEON(&out[0], &cross[0], &variance[0], scale, blocks, &mins[0])
	return blocks * lanes, min(mins[0], mins[1]), min(mins[2], mins[3])
}
