package vec

import "unsafe"

// lanes is the most elements that a vector holds, of any kind.
const lanes = 16

// looks are the loops that look at rows x cols elements of x, at least one, the
// rows xs bytes apart, and leave sums whose lanes, added up, are the answer.
type looks[T Float] struct {
	zeros   func(sum, x *T, xs, rows, cols int)
	squares func(sum, x *T, xs, rows, cols int)
	small   func(sum, x *T, xs, rows, cols int, limit T)
}

// Finite reports whether no element of rows x cols, the rows stride apart, is NaN
// or infinite: 0*x is 0 for every finite x and NaN for the others.
func Finite[T Float](x []T, stride, rows, cols int) bool {
	if rows <= 0 || cols <= 0 {
		return true
	}
	_ = x[(rows-1)*stride+cols-1]
	if l := looksOf[T](); l != nil {
		return look(l.zeros, x, stride, rows, cols) == 0
	}
	for r := range rows {
		var sum T
		for _, v := range x[r*stride : r*stride+cols] {
			sum += T(v * 0)
		}
		if sum != 0 {
			return false
		}
	}
	return true
}

// Squares is Σ x², summed in T, so that it is infinite or NaN where an element
// is, and may be infinite where elements are huge.
func Squares[T Float](x []T, stride, rows, cols int) T {
	if rows <= 0 || cols <= 0 {
		return 0
	}
	_ = x[(rows-1)*stride+cols-1]
	if l := looksOf[T](); l != nil {
		return look(l.squares, x, stride, rows, cols)
	}
	var sum T
	for r := range rows {
		for _, v := range x[r*stride : r*stride+cols] {
			sum += T(v * v)
		}
	}
	return sum
}

// Small counts the elements with 0 < x² < limit, the square rounded to T. There
// are fewer than 2^24 elements.
func Small[T Float](x []T, stride, rows, cols int, limit T) int {
	if rows <= 0 || cols <= 0 {
		return 0
	}
	_ = x[(rows-1)*stride+cols-1]
	if l := looksOf[T](); l != nil {
		return int(look(func(sum, x *T, xs, rows, cols int) { l.small(sum, x, xs, rows, cols, limit) }, x, stride, rows, cols))
	}
	n := 0
	for r := range rows {
		for _, v := range x[r*stride : r*stride+cols] {
			if square := T(v * v); 0 < square && square < limit {
				n++
			}
		}
	}
	return n
}

// look runs a loop and adds its lanes up.
func look[T Float](f func(sum, x *T, xs, rows, cols int), x []T, stride, rows, cols int) T {
	var sums [lanes]T
	f(&sums[0], &x[0], stride*int(unsafe.Sizeof(x[0])), rows, cols)
	var sum T
	for _, s := range sums {
		sum += s
	}
	return sum
}

// looksOf are the loops of the implementation in use; nil in plain Go.
func looksOf[T Float]() *looks[T] {
	im := active.Load()
	if l, ok := any(im.look32).(*looks[T]); ok {
		return l
	}
	return any(im.look64).(*looks[T])
}
