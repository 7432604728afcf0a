package kernel

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// nested writes the taps as rank 2, or with full as Out x In x H x W, between
// brackets; line is what stands between rows beside the comma.
func nested(b *strings.Builder, k tensor.Kernel, open, shut, line string, full bool, number func(float64) string) {
	n := k.H * k.W
	plane := func(i int) {
		p := tensor.Matrix(k.H, k.W, k.Taps[i*n:(i+1)*n]...)
		matrix(b, p, open+open, ", ", shut+","+line+open, shut+shut, number)
	}
	if !full {
		plane(0)
		return
	}
	b.WriteString(open)
	for o := range k.Out {
		if o > 0 {
			b.WriteString("," + line)
		}
		b.WriteString(open)
		for i := range k.In {
			if i > 0 {
				b.WriteString("," + line)
			}
			plane(o*k.In + i)
		}
		b.WriteString(shut)
	}
	b.WriteString(shut)
}

// real makes sure that a number reads as floating point: 1 becomes 1.0.
func real(number func(float64) string) func(float64) string {
	return func(v float64) string {
		s := number(v)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	}
}

// writeNumPy writes one expression: numpy.array of rank 2 or 4.
func writeNumPy(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	b.WriteString("np.array(")
	nested(b, k, "[", "]", "\n          ", k.Mixes, real(number))
	b.WriteString(")\n")
	return nil
}

// writeOpenCV writes one expression after a comment that names the anchor, for
// OpenCV's own is one tap further where a side is even.
func writeOpenCV(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	fmt.Fprintf(b, "# cv2.filter2D(image, cv2.CV_64F, kernel, anchor=(%d, %d))\nnp.array(", (k.W-1)/2, (k.H-1)/2)
	nested(b, k, "[", "]", "\n          ", false, real(number))
	b.WriteString(", dtype=np.float64)\n")
	return nil
}

// writeTorch writes one expression: the weight of conv2d, Out x In x H x W, or
// where there is a bias the pair of weight and bias.
func writeTorch(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	const end = ", dtype=torch.float64)"
	number = real(number)
	pair := len(k.Bias) > 0
	if pair {
		b.WriteString("(")
	}
	b.WriteString("torch.tensor(")
	nested(b, k, "[", "]", "\n                ", true, number)
	b.WriteString(end)
	if pair {
		bias := make([]float64, k.Out)
		for o := range bias {
			bias[o] = k.BiasOf(o)
		}
		b.WriteString(", torch.tensor(")
		matrix(b, tensor.Matrix(1, k.Out, bias...), "[", ", ", "", "]", number)
		b.WriteString(end + ")")
	}
	b.WriteString("\n")
	return nil
}

// writeGLSL writes a flat constant array, which every version since 1.20 takes.
func writeGLSL(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	n := k.H * k.W
	fmt.Fprintf(b, "// %d rows of %d taps, from the upper left; correlation\n", k.H, k.W)
	matrix(b, k, fmt.Sprintf("const float kernel[%d] = float[%d](\n    ", n, n), ", ", ",\n    ", ");\n", real(number))
	return nil
}

// writeC writes a constant array of rank 2 or 4.
func writeC(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	size := fmt.Sprintf("[%d][%d]", k.H, k.W)
	if k.Mixes {
		size = fmt.Sprintf("[%d][%d]%s", k.Out, k.In, size)
	}
	b.WriteString("static const double kernel" + size + " = ")
	nested(b, k, "{", "}", "\n    ", k.Mixes, real(number))
	b.WriteString(";\n")
	return nil
}
