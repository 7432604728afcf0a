//go:build !purego

package fft

// The loops of NEON, which has the registers for radix 8.
var (
	table32 = map[string]any{"neon": neon32}
	table64 = map[string]any{"neon": neon64}
)

var (
	neon32 = assembly[float32]{
		16, eights,
		map[int]stageFunc[float32]{4: forward4NEONf32, 8: forward8NEONf32},
		map[int]stageFunc[float32]{4: inverse4NEONf32, 8: inverse8NEONf32},
		map[int]lastFunc[float32]{4: forwardLast4NEONf32, 8: forwardLast8NEONf32},
		map[int]lastFunc[float32]{4: inverseFirst4NEONf32, 8: inverseFirst8NEONf32},
		map[int]middleFunc[float32]{4: middle4NEONf32, 8: middle8NEONf32},
		transposeNEONf32, storeNEONf32, storeNEONf32, // cores write whole lines around the cache by themselves
		addProductsNEONf32, multiplyNEONf32,
	}.loops()
	neon64 = assembly[float64]{
		16, eights,
		map[int]stageFunc[float64]{4: forward4NEONf64, 8: forward8NEONf64},
		map[int]stageFunc[float64]{4: inverse4NEONf64, 8: inverse8NEONf64},
		map[int]lastFunc[float64]{4: forwardLast4NEONf64, 8: forwardLast8NEONf64},
		map[int]lastFunc[float64]{4: inverseFirst4NEONf64, 8: inverseFirst8NEONf64},
		map[int]middleFunc[float64]{4: middle4NEONf64, 8: middle8NEONf64},
		transposeNEONf64, storeNEONf64, storeNEONf64, // cores write whole lines around the cache by themselves
		addProductsNEONf64, multiplyNEONf64,
	}.loops()
)
