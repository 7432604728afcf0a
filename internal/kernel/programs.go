package kernel

import (
	"fmt"
	"math"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// Notations of more programs. What each of them does was seen with the version named
// here, on pictures of random pixels and kernels that are not symmetric; what was not
// run says so.

// squared returns the kernel in a square of odd side, with zeros around, whose middle is
// the origin of `same` padding; side is the smallest that may be.
func squared(k tensor.Kernel, side int) tensor.Kernel {
	n := max(side, k.H, k.W)
	n += 1 - n%2
	at := (n - 1) / 2
	// Tap (H-1)/2, (W-1)/2 goes to the middle; where a side is even, one more row or
	// column follows it than comes before.
	top, left := at-(k.H-1)/2, at-(k.W-1)/2
	if top+k.H > n || left+k.W > n {
		return squared(k, n+2)
	}
	taps := make([]float64, n*n)
	for u := range k.H {
		copy(taps[(top+u)*n+left:], k.Taps[u*k.W:(u+1)*k.W])
	}
	return tensor.Matrix(n, n, taps...)
}

// ofSide is squared for programs that take certain sides only.
func ofSide(k tensor.Kernel, program string, sides ...int) (tensor.Kernel, error) {
	for _, n := range sides {
		if q := squared(k, n); q.H == n {
			return q, nil
		}
	}
	return k, &imageio.OptionError{Msg: fmt.Sprintf("%s takes kernels of at most %dx%d, and this one is %v", program, sides[len(sides)-1], sides[len(sides)-1], k), Hint: "other programs take larger ones"}
}

// writeSVG writes a filter for feConvolveMatrix, which convolves: the taps stand turned
// by 180 degrees. Chromium 156 gives the correlation to half a level of 8 bits. librsvg
// fills the kernel by columns, and Inkscape takes other borders.
func writeSVG(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	k = k.Flip()
	matrix(b, k, fmt.Sprintf("<filter id=\"kernel\" color-interpolation-filters=\"sRGB\"><feConvolveMatrix order=\"%d %d\" targetX=\"%d\" targetY=\"%d\" divisor=\"1\" edgeMode=\"duplicate\" preserveAlpha=\"true\" kernelMatrix=\"", k.W, k.H, k.W/2, k.H/2), " ", " ", "\"/></filter>\n", number)
	return nil
}

// writeGDAL writes the source of a VRT band. GDAL 3.6.2 correlates with square kernels
// of odd side, repeats the border and divides by nothing.
func writeGDAL(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	k = squared(k, 1)
	b.WriteString("<KernelFilteredSource><SourceFilename relativeToVRT=\"1\">IN</SourceFilename><SourceBand>1</SourceBand>")
	matrix(b, k, fmt.Sprintf("<Kernel normalized=\"0\"><Size>%d</Size><Coefs>", k.H), " ", " ", "</Coefs></Kernel></KernelFilteredSource>\n", number)
	return nil
}

// writeSExtractor writes a .conv file. Source Extractor 2.25 correlates with it, with
// zeros outside; NONORM keeps the taps as they are.
func writeSExtractor(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	k = squared(k, 1)
	matrix(b, k, "CONV NONORM\n# correlation\n", " ", "\n", "\n", number)
	return nil
}

// writeImageJ writes the rows that Process > Filters > Convolve… takes. ImageJ 1.53t
// correlates, and repeats the border; sides are odd.
func writeImageJ(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	matrix(b, squared(k, 1), "", " ", "\n", "\n", number)
	return nil
}

// writeGEGL writes an operation for the program gegl. In GEGL 0.4.42 letters are
// columns and numbers are rows. It correlates in linear light, and gives the colours of
// an 8-bit picture to a level.
func writeGEGL(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	k, err := ofSide(k, "gegl", 5)
	if err != nil {
		return err
	}
	b.WriteString("convolution-matrix")
	for u := range 5 {
		for v := range 5 {
			fmt.Fprintf(b, " %c%d=%s", 'a'+v, u+1, number(k.Taps[u*5+v]))
		}
	}
	b.WriteString(" divisor=1 offset=0 normalize=false alpha-weight=false border=clamp\n")
	return nil
}

// writePillow writes an ImageFilter.Kernel. Pillow 9.4 takes the rows from the lowest to
// the highest, and copies the pixels of the border.
func writePillow(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	k, err := ofSide(k, "pillow", 3, 5)
	if err != nil {
		return err
	}
	upside := tensor.Matrix(k.H, k.W, make([]float64, len(k.Taps))...)
	for u := range k.H {
		copy(upside.Taps[u*k.W:], k.Taps[(k.H-1-u)*k.W:(k.H-u)*k.W])
	}
	matrix(b, upside, fmt.Sprintf("ImageFilter.Kernel((%d, %d), (", k.W, k.H), ", ", ",\n    ", "), scale=1)\n", real(number))
	return nil
}

// writeVapourSynth writes a call of std.Convolution by its documentation; it was not run.
// Clips of floats take any taps, those of whole numbers take whole ones.
func writeVapourSynth(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	if min(k.H, k.W) == 1 && max(k.H, k.W) > 5 {
		mode, n := "h", max(k.H, k.W)
		if k.H > 1 {
			mode = "v"
		}
		if n > 25 {
			return &imageio.OptionError{Msg: fmt.Sprintf("vapoursynth takes rows and columns of at most 25 taps, and this kernel is %v", k), Hint: "other programs take larger ones"}
		}
		taps := k.Taps
		if n%2 == 0 {
			taps = append([]float64{0}, taps...)
		}
		matrix(b, tensor.Matrix(1, len(taps), taps...), "core.std.Convolution(clip, matrix=[", ", ", "", fmt.Sprintf("], divisor=1, mode=\"%s\")\n", mode), number)
		return nil
	}
	k, err := ofSide(k, "vapoursynth", 3, 5)
	if err != nil {
		return err
	}
	matrix(b, k, "core.std.Convolution(clip, matrix=[", ", ", ",\n    ", "], divisor=1)\n", number)
	return nil
}

// writeOpenCVYAML writes a matrix that cv2.FileStorage of OpenCV 4.6 reads as node
// "kernel".
func writeOpenCVYAML(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	matrix(b, k, fmt.Sprintf("%%YAML:1.0\n---\nkernel: !!opencv-matrix\n   rows: %d\n   cols: %d\n   dt: d\n   data: [ ", k.H, k.W), ", ", ",\n       ", " ]\n", real(number))
	return nil
}

// sumTolerance is how far the sum of a kernel may be from 0 or 1 for a program that
// divides by it: less than rounding to a level shows.
const sumTolerance = 1e-9

// writeGraphicsMagick writes the argument of -convolve. GraphicsMagick 1.3.40
// correlates, repeats the border, cuts decimals off, and divides by the sum unless that
// is 0. Sides are odd.
func writeGraphicsMagick(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	if sum := sumOf(k.Taps); math.Abs(sum) > sumTolerance && math.Abs(sum-1) > sumTolerance {
		return &imageio.OptionError{Msg: fmt.Sprintf("graphicsmagick divides by the sum of the taps, which is %g and not 0 or 1", sum), Hint: "divide the taps by their sum, or use imagemagick"}
	}
	matrix(b, squared(k, 1), "", ",", ",", "\n", number)
	return nil
}

// writePnmconvol writes the file of -matrixfile. Netpbm 11.1 correlates with it, divides
// by nothing, rounds halves up and copies the pixels of the border. Sides are odd.
func writePnmconvol(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	matrix(b, squared(k, 1), "", " ", "\n", "\n", number)
	return nil
}

// writeJavaScript writes an array of rows.
func writeJavaScript(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	nested(b, k, "[", "]", "\n ", k.Mixes, number)
	b.WriteString("\n")
	return nil
}
