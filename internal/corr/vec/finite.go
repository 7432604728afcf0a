package vec

import "unsafe"

// lanes is the most elements that a vector holds, of any kind.
const lanes = 16

// Finite tells whether no element of rows x cols, the rows stride apart, is NaN
// or infinite: 0*x is 0 for every finite x and NaN for the others.
func Finite[T Float](x []T, stride, rows, cols int) bool {
	if rows <= 0 || cols <= 0 {
		return true
	}
	_ = x[(rows-1)*stride+cols-1]
	if f := zeros[T](active.Load()); f != nil && cols >= lanes {
		var sum [lanes]T
		f(&sum[0], &x[0], stride*int(unsafe.Sizeof(sum[0])), rows, cols)
		return sum == [lanes]T{}
	}
	for r := range rows {
		var sum T
		for _, v := range x[r*stride : r*stride+cols] {
			sum += v * 0
		}
		if sum != 0 {
			return false
		}
	}
	return true
}

func zeros[T Float](im *implementation) func(sum, x *T, xs, rows, cols int) {
	if f, ok := any(im.zeros32).(func(sum, x *T, xs, rows, cols int)); ok {
		return f
	}
	return any(im.zeros64).(func(sum, x *T, xs, rows, cols int))
}
