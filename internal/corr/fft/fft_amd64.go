//go:build !purego

package fft

import (
	"unsafe"

	"github.com/convkit/convkit/internal/corr/vec"
)

// eights is the order of stages where registers hold eight complex vectors.
func eights(n int) []int {
	switch n {
	case 64:
		return []int{8, 8}
	case 128:
		return []int{8, 4, 4}
	}
	return []int{8, 8, 4}
}

// current are the loops for the instruction set that package vec uses.
func current[T Float]() *loops[T] {
	var table map[string]any
	var t T
	if unsafe.Sizeof(t) == 4 {
		table = map[string]any{"avx512": avx512f32, "avx2": avx2f32}
	} else {
		table = map[string]any{"avx512": avx512f64, "avx2": avx2f64}
	}
	if l, ok := table[vec.Name()].(*loops[T]); ok {
		return l
	}
	return portable[T]()
}

type (
	stageFunc[T Float]  func(dr, di *T, ds int, sr, si *T, ss int, n, l int, tw *T)
	lastFunc[T Float]   func(re, im *T, n int)
	middleFunc[T Float] func(re, im *T, n int, kr, ki *T, ks int)
)

// assembly wraps functions that take pointers and distances in bytes.
type assembly[T Float] struct {
	width                     int
	radices                   func(int) []int
	forward, inverse          map[int]stageFunc[T]
	forwardLast, inverseFirst map[int]lastFunc[T]
	middle                    map[int]middleFunc[T]
	transpose                 func(dst *T, ds, db int, src *T, ss, sb int, blocks int)
	store, stream             func(dst *T, ds int, src *T, rows int, bias T)
	addProducts               func(ar, ai, zr, zi, kr, ki *T, n int)
	multiply                  func(dst *T, a *T, as int, b *T, bs int, rows int)
}

func (a assembly[T]) loops() *loops[T] {
	var t T
	size := int(unsafe.Sizeof(t))
	l := &loops[T]{
		lanes: a.width / size, radices: a.radices,
		forward: map[int]func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T){}, inverse: map[int]func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T){},
		forwardLast: map[int]func(re, im []T, n int){}, inverseFirst: map[int]func(re, im []T, n int){},
		middle: map[int]func(re, im []T, n int, kr, ki []T, ks int){},
		transpose: func(dst []T, ds, db int, src []T, ss, sb, blocks int) {
			a.transpose(&dst[0], ds*size, db*size, &src[0], ss*size, sb*size, blocks)
		},
		store:  func(dst []T, ds int, src []T, rows int, bias T) { a.store(&dst[0], ds*size, &src[0], rows, bias) },
		stream: func(dst []T, ds int, src []T, rows int, bias T) { a.stream(&dst[0], ds*size, &src[0], rows, bias) },
		addProducts: func(ar, ai, zr, zi, kr, ki []T) {
			a.addProducts(&ar[0], &ai[0], &zr[0], &zi[0], &kr[0], &ki[0], len(ar))
		},
		multiply: func(dst []T, x []T, xs int, y []T, ys int, rows int) {
			a.multiply(&dst[0], &x[0], xs*size, &y[0], ys*size, rows)
		},
	}
	stage := func(f stageFunc[T]) func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T) {
		return func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T) {
			f(&dr[0], &di[0], ds*size, &sr[0], &si[0], ss*size, n, l, &tw[0])
		}
	}
	last := func(f lastFunc[T]) func(re, im []T, n int) {
		return func(re, im []T, n int) { f(&re[0], &im[0], n) }
	}
	for r := range a.forward {
		l.forward[r], l.inverse[r] = stage(a.forward[r]), stage(a.inverse[r])
		l.forwardLast[r], l.inverseFirst[r] = last(a.forwardLast[r]), last(a.inverseFirst[r])
		middle := a.middle[r]
		l.middle[r] = func(re, im []T, n int, kr, ki []T, ks int) { middle(&re[0], &im[0], n, &kr[0], &ki[0], ks*size) }
	}
	return l
}

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
