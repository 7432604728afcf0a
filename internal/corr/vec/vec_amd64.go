//go:build !purego

package vec

import "golang.org/x/sys/cpu"

// shift, instead of Stream, stores around the cache rows that are not aligned:
// see _asm/shift.go.
const shift Mode = 4

// shiftTaps is the most taps with which that is done: 4096 x 4096 float32, one
// core, takes 2.7 instead of 4.3 ms with 3x3, 4.2 instead of 5.0 with 5x5, the
// same with 7x7, and 2 % more with 11x11, where arithmetic takes longer than
// memory; float64 alike.
const shiftTaps = 49

// around is the mode for rows of an output that are ys bytes apart, where stores
// around the cache were asked for.
func (s *strips[T]) around(mode Mode, y uintptr, ys, taps int) Mode {
	switch width := uintptr(s.width); {
	case y%width == 0 && uintptr(ys)%width == 0:
		return mode
	case s.slide[0] != nil && taps <= shiftTaps:
		return mode&^Stream | shift
	}
	return mode &^ Stream
}

var (
	avx512f32 = strips[float32]{
		[4]stripFunc[float32]{strip4x1AVX512f32, strip4x2AVX512f32, strip4x3AVX512f32, strip4x4AVX512f32},
		[2]stripFunc[float32]{strip2x1AVX512f32, strip2x2AVX512f32}, strip1x1AVX512f32, [4]stripFunc[float32]{slide4x1AVX512f32, slide4x2AVX512f32, slide4x3AVX512f32, slide4x4AVX512f32}, 64,
	}
	avx512f64 = strips[float64]{
		[4]stripFunc[float64]{strip4x1AVX512f64, strip4x2AVX512f64, strip4x3AVX512f64, strip4x4AVX512f64},
		[2]stripFunc[float64]{strip2x1AVX512f64, strip2x2AVX512f64}, strip1x1AVX512f64, [4]stripFunc[float64]{slide4x1AVX512f64, slide4x2AVX512f64, slide4x3AVX512f64, slide4x4AVX512f64}, 64,
	}
	avx2f32 = strips[float32]{
		[4]stripFunc[float32]{strip4x1AVX2f32, strip4x2AVX2f32, strip4x3AVX2f32, strip4x4AVX2f32},
		[2]stripFunc[float32]{strip2x1AVX2f32, strip2x2AVX2f32}, strip1x1AVX2f32, [4]stripFunc[float32]{}, 32,
	}
	avx2f64 = strips[float64]{
		[4]stripFunc[float64]{strip4x1AVX2f64, strip4x2AVX2f64, strip4x3AVX2f64, strip4x4AVX2f64},
		[2]stripFunc[float64]{strip2x1AVX2f64, strip2x2AVX2f64}, strip1x1AVX2f64, [4]stripFunc[float64]{}, 32,
	}
)

// processor lists the implementations in assembly that this processor can run.
func processor() []*implementation {
	var list []*implementation
	x := &cpu.X86
	if x.HasAVX512F && x.HasAVX2 && x.HasFMA && x.HasBMI2 {
		list = append(list, &implementation{name: "avx512", f32: avx512f32.correlate, f64: avx512f64.correlate,
			look32: &looks[float32]{zerosAVX512f32, squaresAVX512f32, smallAVX512f32}, look64: &looks[float64]{zerosAVX512f64, squaresAVX512f64, smallAVX512f64},
			mix32: [MostChannels - 1]mixFunc[float32]{mix2x1AVX512f32, mix3x1AVX512f32, mix4x1AVX512f32}, mix64: [MostChannels - 1]mixFunc[float64]{mix2x1AVX512f64, mix3x1AVX512f64, mix4x1AVX512f64},
			peak32: peakAVX512f32, peak64: peakAVX512f64, chains: 12, width: 64, across: 4})
	}
	if x.HasAVX2 && x.HasFMA {
		list = append(list, &implementation{name: "avx2", f32: avx2f32.correlate, f64: avx2f64.correlate,
			look32: &looks[float32]{zerosAVX2f32, squaresAVX2f32, smallAVX2f32}, look64: &looks[float64]{zerosAVX2f64, squaresAVX2f64, smallAVX2f64},
			mix32: [MostChannels - 1]mixFunc[float32]{mix2x1AVX2f32, mix3x1AVX2f32, mix4x1AVX2f32}, mix64: [MostChannels - 1]mixFunc[float64]{mix2x1AVX2f64, mix3x1AVX2f64, mix4x1AVX2f64},
			peak32: peakAVX2f32, peak64: peakAVX2f64, chains: 12, width: 32, across: 3})
	}
	return list
}
