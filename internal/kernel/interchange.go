package kernel

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// dialect is how another tool writes a kernel.
type dialect struct {
	name  string
	usage string // how the tool correlates with it
	same  string // the options of convkit corr that give the same, "" for none
	write func(b *strings.Builder, k tensor.Kernel, number func(float64) string) error
	// What the notation has a place for, beside a matrix.
	channels, bias bool
}

// dialects writes every kernel in reading order, in the orientation of
// correlation: each of these tools but svg has a method that correlates, which usage
// names, so nothing is flipped there.
var dialects = []dialect{
	{name: "imagemagick", usage: "convert IN -morphology Correlate 'KERNEL' OUT", same: "--padding same --border replicate", write: writeMagick},
	{name: "gmic", usage: "gmic IN 'KERNEL' correlate[0] [1],1 keep[0] output OUT", same: "--padding same --border replicate", write: writeGmic},
	{name: "vips", usage: "vips conv IN OUT KERNEL.mat --precision float", same: "--like opencv --border replicate", write: writeVips, bias: true},
	{name: "ffmpeg", usage: "ffmpeg -i IN -vf \"KERNEL\" OUT", same: "--padding same --border reflect (but for the last rows and columns)", write: writeFFmpeg, bias: true},
	{name: "opencv", usage: "cv2.filter2D(image, cv2.CV_64F, kernel) with the anchor of the comment", same: "--padding same --border reflect", write: writeOpenCV},
	{name: "numpy", usage: "scipy.ndimage.correlate(image, kernel)", same: "--like ndimage", write: writeNumPy, channels: true},
	{name: "torch", usage: "torch.nn.functional.conv2d(images, weight)", write: writeTorch, channels: true, bias: true},
	{name: "glsl", usage: "sum of kernel[u * WIDTH + v] * texel at (v - (WIDTH - 1) / 2, u - (HEIGHT - 1) / 2)", same: "--padding same", write: writeGLSL},
	{name: "svg", usage: `<svg …>KERNEL<image href="IN" filter="url(#kernel)"/></svg> in a browser`, same: "--padding same --border replicate", write: writeSVG},
	{name: "gdal", usage: "gdal_translate -of VRT IN k.vrt, then KERNEL in place of its SimpleSource", same: "--padding same --border replicate", write: writeGDAL},
	{name: "sextractor", usage: "source-extractor IN -FILTER_NAME KERNEL.conv", same: "--padding same", write: writeSExtractor},
	{name: "imagej", usage: "Process > Filters > Convolve…, without Normalize Kernel, on a 32-bit image", same: "--padding same --border replicate", write: writeImageJ},
	{name: "gegl", usage: "gegl IN -o OUT -- KERNEL", same: "--linear --padding same --border replicate (to a level of 8 bits)", write: writeGEGL},
	{name: "pillow", usage: "image.filter(KERNEL), from PIL import ImageFilter", same: "--padding same (but for the border, where Pillow copies pixels)", write: writePillow},
	{name: "vapoursynth", usage: "KERNEL, on a clip of floats", same: "--padding same --border reflect", write: writeVapourSynth},
	{name: "opencv-yaml", usage: "f = cv2.FileStorage('KERNEL.yaml', cv2.FILE_STORAGE_READ); k = f.getNode('kernel').mat(); cv2.filter2D(image, cv2.CV_64F, k, anchor=((W-1)//2, (H-1)//2))", same: "--padding same --border reflect", write: writeOpenCVYAML},
	{name: "graphicsmagick", usage: "gm convert IN -convolve 'KERNEL' OUT", same: "--padding same --border replicate (decimals are cut off)", write: writeGraphicsMagick},
	{name: "pnmconvol", usage: "pnmconvol -matrixfile=KERNEL.txt IN > OUT", same: "--padding same (but for the border, where pnmconvol copies pixels)", write: writePnmconvol},
	{name: "javascript", usage: "sum of kernel[u][v] * image[y + u][x + v]", write: writeJavaScript, channels: true},
	{name: "c", usage: "sum of kernel[u][v] * image[y + u][x + v]", write: writeC, channels: true},
}

// Formats are the words that Encode knows.
func Formats() []string {
	names := []string{"csv", "tsv", "txt", "json", "npy"}
	for _, d := range dialects {
		names = append(names, d.name)
	}
	return names
}

// Usage says how the tool of a format takes what Encode writes, KERNEL standing
// for it, and with which options convkit corr gives the same; "" where there is
// nothing to say.
func Usage(format string) (usage, same string) {
	for _, d := range dialects {
		if d.name == format {
			return d.usage, d.same
		}
	}
	return "", ""
}

// StoredBias reports whether the tool of a format adds the bias to pixels as they
// are stored, 0..255.
func StoredBias(format string) bool { return format == "vips" || format == "ffmpeg" }

// encodeDialect writes k for another tool; ok is false if format names none.
func encodeDialect(w io.Writer, k tensor.Kernel, format string, digits int) (ok bool, err error) {
	for _, d := range dialects {
		if d.name != format {
			continue
		}
		const hint = "json holds channels and biases"
		if k.Mixes && !d.channels && k.Out*k.In > 1 {
			return true, &imageio.OptionError{Msg: fmt.Sprintf("%s has no place for the channels of a %v kernel", format, k), Hint: hint}
		}
		if len(k.Bias) > 0 && (!d.bias || len(k.Bias) > 1 && !d.channels) {
			return true, &imageio.OptionError{Msg: format + " has no place for the kernel's bias", Hint: hint}
		}
		var b strings.Builder
		if err := d.write(&b, k, func(v float64) string { return decimal(v, digits) }); err != nil {
			return true, err
		}
		_, err := io.WriteString(w, b.String())
		return true, err
	}
	return false, nil
}

// decimal gives the shortest text that reads back to v, or digits decimals.
func decimal(v float64, digits int) string {
	if v == 0 {
		v = 0 // no -0
	}
	if digits >= 0 {
		s := strconv.FormatFloat(v, 'f', digits, 64)
		if strings.Trim(s, "-0.") == "" {
			return strings.TrimPrefix(s, "-")
		}
		return s
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// matrix writes the taps with words around them.
func matrix(b *strings.Builder, k tensor.Kernel, before, column, row, after string, number func(float64) string) {
	b.WriteString(before)
	for u := range k.H {
		if u > 0 {
			b.WriteString(row)
		}
		for v := range k.W {
			if v > 0 {
				b.WriteString(column)
			}
			b.WriteString(number(k.Taps[u*k.W+v]))
		}
	}
	b.WriteString(after)
}

func writeMagick(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	head := fmt.Sprintf("%dx%d+%d+%d: ", k.W, k.H, (k.W-1)/2, (k.H-1)/2)
	matrix(b, k, head, ",", " ", "\n", number)
	return nil
}

func writeGmic(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	matrix(b, k, "(", ",", ";", ")\n", number)
	return nil
}

// writeVips writes whole numbers and their divisor where that is the very same
// kernel, else the taps and a divisor of 1. The origin of vips conv is (H/2, W/2)
// rounded down: where a side is even, one tap further than that of `same` padding.
func writeVips(b *strings.Builder, k tensor.Kernel, number func(float64) string) error {
	scale := 1
	if whole, divisor, ok := wholeNumbers(k.Taps); ok {
		k.Taps, scale = whole, divisor
	}
	matrix(b, k, fmt.Sprintf("%d %d %d %s\n", k.W, k.H, scale, number(k.BiasOf(0))), " ", "\n", "\n", number)
	return nil
}

// ffmpegSum bounds the sum of the sizes of FFmpeg's whole taps, so that their
// products with 16-bit pixels add up within its 32-bit integers.
const ffmpegSum = 32767

// writeFFmpeg writes the first three planes, for FFmpeg leaves the others alone.
// Its taps are whole: where no divisor makes them so, they are rounded with the
// largest that keeps within ffmpegSum. Zeros fill up to a square of 3, 5 or 7, or an
// odd row or column of up to 49; what is larger has no place.
func writeFFmpeg(b *strings.Builder, k tensor.Kernel, _ func(float64) string) error {
	if k.BiasOf(0) < 0 {
		return &imageio.OptionError{Msg: "ffmpeg takes no bias below 0", Hint: "json holds it"}
	}
	whole, divisor := ffmpegTaps(k.Taps)
	if rdiv := 1 / divisor; rdiv < 0x1p-126 || rdiv > math.MaxFloat32 {
		return &imageio.OptionError{Msg: "the taps are too small or too large for ffmpeg, whose rdiv is a float32", Hint: "json holds them"}
	}
	k.Taps = whole
	mode := ""
	side := max(3, k.H|1, k.W|1)
	switch {
	case k.H == 1 && k.W <= 49 && k.W > 1:
		k, mode = padded(k, 1, k.W|1), "row"
	case k.W == 1 && k.H <= 49 && k.H > 1:
		k, mode = padded(k, k.H|1, 1), "column"
	case side <= 7:
		k = padded(k, side, side)
	default:
		return &imageio.OptionError{Msg: fmt.Sprintf("ffmpeg has no place for a %v kernel", k), Hint: "it takes up to 7x7, 1x49 and 49x1"}
	}
	var options []string
	every := func(option, value string) {
		for _, plane := range "012" {
			options = append(options, string(plane)+option+"="+value)
		}
	}
	var m strings.Builder
	matrix(&m, k, "'", " ", " ", "'", func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) })
	every("m", m.String())
	every("rdiv", strconv.FormatFloat(1/divisor, 'g', -1, 64))
	if k.BiasOf(0) != 0 {
		every("bias", strconv.FormatFloat(k.BiasOf(0), 'g', -1, 64))
	}
	if mode != "" {
		every("mode", mode)
	}
	fmt.Fprintf(b, "convolution=%s\n", strings.Join(options, ":"))
	return nil
}

// Caveat says what a tool makes of a kernel that others do not, "" for nothing.
func Caveat(k tensor.Kernel, to string) string {
	if sum := sumOf(k.Taps); to == "ffmpeg" && sum != 0 && math.Abs(sum-1) > 1e-9 {
		return fmt.Sprintf("ffmpeg 5.1 divides by the sum of the taps (%.6g), whatever rdiv says", sum)
	}
	return ""
}

// padded puts k within an h x w kernel of odd sides, its origin in the middle.
func padded(k tensor.Kernel, h, w int) tensor.Kernel {
	top, left := (h-1)/2-(k.H-1)/2, (w-1)/2-(k.W-1)/2
	taps := make([]float64, h*w)
	for u := range k.H {
		copy(taps[(u+top)*w+left:], k.Taps[u*k.W:(u+1)*k.W])
	}
	bias := k.Bias
	k = tensor.Matrix(h, w, taps...)
	k.Bias = bias
	return k
}

// ffmpegTaps returns whole numbers and the divisor that makes the taps of them. Of
// rounded taps it is their sum where the taps sum to 1, so that even areas keep
// their value; FFmpeg 5.1, which takes no other divisor, agrees.
func ffmpegTaps(taps []float64) (whole []float64, divisor float64) {
	size := 0.0
	for _, v := range taps {
		size += math.Abs(v)
	}
	if whole, d, ok := wholeNumbers(taps); ok && size*float64(d) <= ffmpegSum {
		if d > 1 && slices.Equal(whole, []float64{1}) {
			return []float64{2}, float64(2 * d) // FFmpeg copies what a lone 1 filters, and asks no rdiv
		}
		return whole, float64(d)
	}
	// Rounding may add a half for each tap.
	divisor = (ffmpegSum - float64(len(taps))) / size
	whole = make([]float64, len(taps))
	for i, v := range taps {
		whole[i] = math.Round(v*divisor) + 0
	}
	if math.Abs(sumOf(taps)-1) < 1e-9 {
		divisor = sumOf(whole)
	}
	return whole, divisor
}

func sumOf(s []float64) float64 {
	total := 0.0
	for _, v := range s {
		total += v
	}
	return total
}

// wholeNumbers finds the smallest divisor up to 1024 for which every tap is a
// whole number divided by it, to the last bit.
func wholeNumbers(taps []float64) (whole []float64, divisor int, ok bool) {
	whole = make([]float64, len(taps))
	for d := 1; d <= 1024; d++ {
		ok := true
		for i, v := range taps {
			whole[i] = math.Round(v*float64(d)) + 0
			if ok = whole[i]/float64(d) == v && math.Abs(whole[i]) < 1<<31; !ok {
				break
			}
		}
		if ok {
			return whole, d, true
		}
	}
	return nil, 0, false
}
