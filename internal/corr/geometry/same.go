package geometry

// SameRule says how Same padding is counted and on which side an odd row or
// column stands: the point in which tools differ where a kernel has an even
// side.
type SameRule int

const (
	// OddAfter adds d*(k-1) in all, an odd one at the bottom and the right: the
	// origin is tap (k-1)/2, rounded down. So do PyTorch and MATLAB.
	OddAfter SameRule = iota
	// OddBefore adds as many, an odd one at the top and the left: the origin is
	// tap k/2, rounded down. So do OpenCV and libvips.
	OddBefore
	// StridedAfter adds as little as gives ceil(in/stride) outputs, an odd one
	// at the bottom and the right: SAME of TensorFlow, SAME_UPPER of ONNX.
	StridedAfter
	// StridedBefore is StridedAfter with an odd one at the top and the left:
	// SAME_LOWER of ONNX.
	StridedBefore
)

// share returns what Same adds before and after n elements, of which a window
// sees reach.
func (r SameRule) share(n, reach, stride int) (before, after int) {
	total := reach - 1
	if r == StridedAfter || r == StridedBefore {
		outputs := (n-1)/stride + 1
		total = max(0, (outputs-1)*stride+reach-n)
	}
	before = total / 2
	if r == OddBefore || r == StridedBefore {
		before = total - before
	}
	return before, total - before
}
