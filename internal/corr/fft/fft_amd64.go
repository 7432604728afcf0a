//go:build !purego

package fft

// The loops of each instruction set.
var (
	table32 = map[string]any{"avx512": avx512f32, "avx2": avx2f32}
	table64 = map[string]any{"avx512": avx512f64, "avx2": avx2f64}
)

var (
	avx512f32 = assembly[float32]{
		64, eights,
		map[int]stageFunc[float32]{4: forward4AVX512f32, 8: forward8AVX512f32},
		map[int]stageFunc[float32]{4: inverse4AVX512f32, 8: inverse8AVX512f32},
		map[int]lastFunc[float32]{4: forwardLast4AVX512f32, 8: forwardLast8AVX512f32},
		map[int]lastFunc[float32]{4: inverseFirst4AVX512f32, 8: inverseFirst8AVX512f32},
		map[int]middleFunc[float32]{4: middle4AVX512f32, 8: middle8AVX512f32},
		transposeAVX512f32, storeAVX512f32, streamAVX512f32,
		addProductsAVX512f32, multiplyAVX512f32,
	}.loops()
	avx512f64 = assembly[float64]{
		64, eights,
		map[int]stageFunc[float64]{4: forward4AVX512f64, 8: forward8AVX512f64},
		map[int]stageFunc[float64]{4: inverse4AVX512f64, 8: inverse8AVX512f64},
		map[int]lastFunc[float64]{4: forwardLast4AVX512f64, 8: forwardLast8AVX512f64},
		map[int]lastFunc[float64]{4: inverseFirst4AVX512f64, 8: inverseFirst8AVX512f64},
		map[int]middleFunc[float64]{4: middle4AVX512f64, 8: middle8AVX512f64},
		transposeAVX512f64, storeAVX512f64, streamAVX512f64,
		addProductsAVX512f64, multiplyAVX512f64,
	}.loops()
	avx2f32 = assembly[float32]{
		32, fours,
		map[int]stageFunc[float32]{2: forward2AVX2f32, 4: forward4AVX2f32},
		map[int]stageFunc[float32]{2: inverse2AVX2f32, 4: inverse4AVX2f32},
		map[int]lastFunc[float32]{2: forwardLast2AVX2f32, 4: forwardLast4AVX2f32},
		map[int]lastFunc[float32]{2: inverseFirst2AVX2f32, 4: inverseFirst4AVX2f32},
		map[int]middleFunc[float32]{2: middle2AVX2f32, 4: middle4AVX2f32},
		transposeAVX2f32, storeAVX2f32, streamAVX2f32,
		addProductsAVX2f32, multiplyAVX2f32,
	}.loops()
	avx2f64 = assembly[float64]{
		32, fours,
		map[int]stageFunc[float64]{2: forward2AVX2f64, 4: forward4AVX2f64},
		map[int]stageFunc[float64]{2: inverse2AVX2f64, 4: inverse4AVX2f64},
		map[int]lastFunc[float64]{2: forwardLast2AVX2f64, 4: forwardLast4AVX2f64},
		map[int]lastFunc[float64]{2: inverseFirst2AVX2f64, 4: inverseFirst4AVX2f64},
		map[int]middleFunc[float64]{2: middle2AVX2f64, 4: middle4AVX2f64},
		transposeAVX2f64, storeAVX2f64, streamAVX2f64,
		addProductsAVX2f64, multiplyAVX2f64,
	}.loops()
)
