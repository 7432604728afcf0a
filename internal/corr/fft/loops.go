package fft

import (
	"math"
	"unsafe"
)

// loops are the inner loops in one instruction set. All distances count
// elements. Panels have rows of lanes elements.
type loops[T Float] struct {
	lanes   int
	radices func(n int) []int

	// By radix. forward: butterflies, then twiddles; inverse: conjugated
	// twiddles, then butterflies. They go from rows ss apart to rows ds apart.
	forward, inverse map[int]func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T)
	// The stages of neighbours, in place.
	forwardLast, inverseFirst map[int]func(re, im []T, n int)
	// Both of them with the product with a spectrum, rows ks apart, between.
	middle map[int]func(re, im []T, n int, kr, ki []T, ks int)
	// transpose moves blocks of lanes x lanes elements.
	transpose func(dst []T, ds, db int, src []T, ss, sb, blocks int)
	// store copies whole rows of a panel and adds the bias; stream does so around
	// the cache, to rows that are aligned to vectors.
	store, stream func(dst []T, ds int, src []T, rows int, bias T)
	// addProducts adds the complex products z*k to a; all have a's length, a
	// multiple of lanes.
	addProducts func(ar, ai, zr, zi, kr, ki []T)
	// multiply sets the rows of a panel to x*y, whose rows stand xs and ys apart.
	multiply func(dst []T, x []T, xs int, y []T, ys int, rows int)
}

// cacheLine is what vectors must be aligned to, so that none crosses a line.
const cacheLine = 64

// aligned returns n zeros that begin at a cache line.
func aligned[T Float](n int) []T {
	var t T
	size := int(unsafe.Sizeof(t))
	s := make([]T, n+cacheLine/size)
	skip := (cacheLine - int(uintptr(unsafe.Pointer(&s[0]))%cacheLine)) % cacheLine / size
	return s[skip : skip+n : skip+n]
}

// isAligned reports whether all rows of a result begin at a cache line.
func isAligned[T Float](y []T, stride int) bool {
	size := unsafe.Sizeof(y[0])
	return uintptr(unsafe.Pointer(&y[0]))%cacheLine == 0 && uintptr(stride)*size%cacheLine == 0
}

// fours is the order of stages where registers hold four complex vectors.
func fours(n int) []int {
	var r []int
	for ; n >= 4; n /= 4 {
		r = append(r, 4)
	}
	if n == 2 {
		r = append(r, 2)
	}
	return r
}

// goLanes is the width of the portable panels.
const goLanes = 8

// portable are the loops in plain Go, the reference of the assembly.
func portable[T Float]() *loops[T] {
	l := &loops[T]{lanes: goLanes, radices: fours, transpose: transposeGo[T], store: storeGo[T], stream: storeGo[T], addProducts: addProductsGo[T], multiply: multiplyGo[T]}
	l.forward = map[int]func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T){}
	l.inverse = map[int]func(dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T){}
	l.forwardLast = map[int]func(re, im []T, n int){}
	l.inverseFirst = map[int]func(re, im []T, n int){}
	l.middle = map[int]func(re, im []T, n int, kr, ki []T, ks int){}
	for _, r := range []int{2, 4} {
		stage := stage4Go[T]
		if r == 2 {
			stage = func(sign float64, dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T) {
				stageGo(2, sign, dr, di, ds, sr, si, ss, n, l, tw)
			}
		}
		l.forward[r] = func(dr, di []T, ds int, sr, si []T, ss, n, part int, tw []T) {
			stage(-1, dr, di, ds, sr, si, ss, n, part, tw)
		}
		l.inverse[r] = func(dr, di []T, ds int, sr, si []T, ss, n, part int, tw []T) {
			stage(1, dr, di, ds, sr, si, ss, n, part, tw)
		}
		l.forwardLast[r] = func(re, im []T, n int) { stage(-1, re, im, goLanes, re, im, goLanes, n, r, nil) }
		l.inverseFirst[r] = func(re, im []T, n int) { stage(1, re, im, goLanes, re, im, goLanes, n, r, nil) }
		l.middle[r] = func(re, im []T, n int, kr, ki []T, ks int) {
			l.forwardLast[r](re, im, n)
			for i := range n * goLanes {
				k := i/goLanes*ks + i%goLanes
				re[i], im[i] = T(re[i]*kr[k])-T(im[i]*ki[k]), T(re[i]*ki[k])+T(im[i]*kr[k])
			}
			l.inverseFirst[r](re, im, n)
		}
	}
	return l
}

// stageGo is a stage of radix r by the definition of the transform; sign is -1
// forward and +1 inverse. Without twiddles tw is nil.
func stageGo[T Float](r int, sign float64, dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T) {
	var cos, sin [4]T
	for i := range r {
		s, c := math.Sincos(sign * 2 * math.Pi * float64(i) / float64(r))
		cos[i], sin[i] = T(math.Round(c)), T(math.Round(s))
	}
	q := l / r
	var x, y [4]complexOf[T]
	for j := range q {
		w := func(k int) complexOf[T] {
			if tw == nil || k == 0 {
				return complexOf[T]{1, 0}
			}
			i := 2 * (j*(r-1) + k - 1)
			return complexOf[T]{tw[i], tw[i+1] * T(-sign)}
		}
		for o := j; o < n; o += l {
			for lane := range goLanes {
				for m := range r {
					at := (o+m*q)*ss + lane
					x[m] = complexOf[T]{sr[at], si[at]}
					if sign > 0 {
						x[m] = x[m].times(w(m))
					}
				}
				for k := range r {
					y[k] = complexOf[T]{}
					for m := range r {
						y[k] = y[k].plus(x[m].times(complexOf[T]{cos[m*k%r], sin[m*k%r]}))
					}
					if sign < 0 {
						y[k] = y[k].times(w(k))
					}
				}
				for k := range r {
					at := (o+k*q)*ds + lane
					dr[at], di[at] = y[k].re, y[k].im
				}
			}
		}
	}
}

// complexOf is a complex number of two T.
type complexOf[T Float] struct{ re, im T }

func (a complexOf[T]) plus(b complexOf[T]) complexOf[T] {
	return complexOf[T]{a.re + b.re, a.im + b.im}
}

func (a complexOf[T]) times(b complexOf[T]) complexOf[T] {
	return complexOf[T]{T(a.re*b.re) - T(a.im*b.im), T(a.re*b.im) + T(a.im*b.re)}
}

func transposeGo[T Float](dst []T, ds, db int, src []T, ss, sb, blocks int) {
	for b := range blocks {
		for i := range goLanes {
			for j := range goLanes {
				dst[b*db+j*ds+i] = src[b*sb+i*ss+j]
			}
		}
	}
}

func storeGo[T Float](dst []T, ds int, src []T, rows int, bias T) {
	for r := range rows {
		out := dst[r*ds:][:goLanes]
		for i := range out {
			out[i] = src[r*goLanes+i] + bias
		}
	}
}

func addProductsGo[T Float](ar, ai, zr, zi, kr, ki []T) {
	for i := range ar {
		ar[i] += T(zr[i]*kr[i]) - T(zi[i]*ki[i])
		ai[i] += T(zr[i]*ki[i]) + T(zi[i]*kr[i])
	}
}

func multiplyGo[T Float](dst []T, x []T, xs int, y []T, ys int, rows int) {
	for r := range rows {
		out, a, b := dst[r*goLanes:][:goLanes], x[r*xs:][:goLanes], y[r*ys:][:goLanes]
		for i, v := range a {
			out[i] = v * b[i]
		}
	}
}
