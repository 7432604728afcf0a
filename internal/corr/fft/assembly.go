//go:build (amd64 || arm64) && !purego

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
	table := table64
	var t T
	if unsafe.Sizeof(t) == 4 {
		table = table32
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
