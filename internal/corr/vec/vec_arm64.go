//go:build !purego

package vec

// around is the mode for rows of an output, where stores around the cache were asked
// for: cores write whole lines around it by themselves.
func (s *strips[T]) around(mode Mode, _ uintptr, _, _ int) Mode { return mode &^ Stream }

var (
	neon32 = strips[float32]{
		[4]stripFunc[float32]{strip4x1NEONf32, strip4x2NEONf32, strip4x3NEONf32, strip4x4NEONf32},
		[2]stripFunc[float32]{strip2x1NEONf32, strip2x2NEONf32}, strip1x1NEONf32, [4]stripFunc[float32]{}, 16,
	}
	neon64 = strips[float64]{
		[4]stripFunc[float64]{strip4x1NEONf64, strip4x2NEONf64, strip4x3NEONf64, strip4x4NEONf64},
		[2]stripFunc[float64]{strip2x1NEONf64, strip2x2NEONf64}, strip1x1NEONf64, [4]stripFunc[float64]{}, 16,
	}
)

// processor lists the implementation in assembly: every arm64 processor has ASIMD.
func processor() []*implementation {
	return []*implementation{{name: "neon", f32: neon32.correlate, f64: neon64.correlate,
		look32: &looks[float32]{zerosNEONf32, squaresNEONf32, smallNEONf32}, look64: &looks[float64]{zerosNEONf64, squaresNEONf64, smallNEONf64},
		mix32: [MostChannels - 1]mixFunc[float32]{mix2x1NEONf32, mix3x1NEONf32, mix4x1NEONf32}, mix64: [MostChannels - 1]mixFunc[float64]{mix2x1NEONf64, mix3x1NEONf64, mix4x1NEONf64},
		peak32: peakNEONf32, peak64: peakNEONf64, chains: 24, width: 16, across: 6}}
}
