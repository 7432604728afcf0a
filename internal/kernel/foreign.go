package kernel

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// The notations of other tools. All are matrices in reading order; whether the
// tool then correlates or convolves is its method's affair (ImageMagick has both
// Correlate and Convolve), so the taps are taken as they stand.

var (
	magickHead = regexp.MustCompile(`^(\d{1,9})(?:x(\d{1,9}))?(?:\+(\d{1,9})\+(\d{1,9}))?([<>@]?):`)
	ffmpegHead = regexp.MustCompile(`^(?:convolution=|[0-3]m=)`)
	listHead   = regexp.MustCompile(`^[-+0-9][-+.0-9eE \t]*:`)
)

// isForeign reports whether trimmed text is in the notation of another tool.
func isForeign(text string) bool {
	return strings.HasPrefix(text, "CONV ") || strings.HasPrefix(text, "(") || magickHead.MatchString(text) || ffmpegHead.MatchString(text) || listHead.MatchString(text)
}

// foreign reads text for which isForeign holds.
func foreign(text string) (k tensor.Kernel, err error) {
	switch {
	case strings.HasPrefix(text, "CONV "):
		k, err = parseSExtractor(text)
	case strings.HasPrefix(text, "("):
		k, err = parseGmic(text)
	case magickHead.MatchString(text):
		k, err = parseMagick(text)
	default:
		k, err = parseFFmpeg(text)
	}
	if err != nil {
		return tensor.Kernel{}, err
	}
	return k, check(k)
}

// parseSExtractor reads a .conv file of Source Extractor: CONV NORM or NONORM, comments,
// and the rows. NORM divides by the sum of the absolute taps, as version 2.25 does.
func parseSExtractor(text string) (tensor.Kernel, error) {
	head, rest, _ := strings.Cut(text, "\n")
	words := strings.Fields(head)
	if len(words) != 2 || words[1] != "NORM" && words[1] != "NONORM" {
		return tensor.Kernel{}, fmt.Errorf("%q: want CONV NORM or CONV NONORM", strings.TrimSpace(head))
	}
	var rows []string
	for line := range strings.Lines(rest) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			rows = append(rows, line)
		}
	}
	if len(rows) == 0 {
		return tensor.Kernel{}, fmt.Errorf("%q: there are no numbers", strings.TrimSpace(head))
	}
	k, err := parseRows(strings.Join(rows, ";"))
	if err != nil || words[1] == "NONORM" {
		return k, err
	}
	sum := 0.0
	for _, v := range k.Taps {
		sum += math.Abs(v)
	}
	if sum == 0 {
		return k, fmt.Errorf("CONV NORM: the taps are all 0, and cannot be divided by their sum")
	}
	for i := range k.Taps {
		k.Taps[i] /= sum
	}
	return k, nil
}

// parseGmic reads (a,b;c,d). Its slash and caret begin new slices and channels,
// which a kernel here has not.
func parseGmic(text string) (tensor.Kernel, error) {
	inner, closed := strings.CutSuffix(text[1:], ")")
	switch {
	case !closed:
		return tensor.Kernel{}, fmt.Errorf("%q: the bracket is not closed", text)
	case strings.ContainsAny(inner, "/^"):
		return tensor.Kernel{}, fmt.Errorf("%q: in G'MIC / and ^ part slices and channels, and a kernel has one of each", text)
	case strings.TrimSpace(inner) == "":
		return tensor.Kernel{}, fmt.Errorf("%q: there are no numbers", text)
	}
	// A blank for the bracket keeps the columns of errors.
	return parseRows(" " + inner)
}

// parseMagick reads WxH+X+Y: and W*H values that commas or blanks part. N: is
// NxN; the origin, where none is given, is ((W-1)/2, (H-1)/2), rounded down; nan
// and - are no part of the neighbourhood, and weigh nothing.
func parseMagick(text string) (tensor.Kernel, error) {
	m := magickHead.FindStringSubmatch(text)
	w, _ := strconv.Atoi(m[1])
	h := w
	if m[2] != "" {
		h, _ = strconv.Atoi(m[2])
	}
	body := text[len(m[0]):]
	switch {
	case w == 0 || h == 0 || w > maxTaps/h:
		return tensor.Kernel{}, fmt.Errorf("a kernel of %dx%d taps: it needs one, and may have no more than 2^24", h, w)
	case m[5] != "" || strings.Contains(body, ";"):
		return tensor.Kernel{}, fmt.Errorf("%q is a list of kernels: give one", text)
	}
	fields := strings.FieldsFunc(body, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	if len(fields) != w*h {
		return tensor.Kernel{}, fmt.Errorf("%s after %q, which needs %d (%d columns, %d rows)", numbers(len(fields)), m[0], w*h, w, h)
	}
	taps := make([]float64, w*h)
	for i, f := range fields {
		if f == "-" || strings.EqualFold(f, "nan") {
			continue
		}
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return tensor.Kernel{}, fmt.Errorf("value %d after %q: %q is not a number", i+1, m[0], f)
		}
		taps[i] = v
	}
	k := tensor.Matrix(h, w, taps...)
	if m[3] == "" {
		return k, nil
	}
	x, _ := strconv.Atoi(m[3])
	y, _ := strconv.Atoi(m[4])
	if x >= w || y >= h {
		return tensor.Kernel{}, fmt.Errorf("the origin %d,%d lies outside of the %dx%d kernel", x, y, w, h)
	}
	return centred(k, y, x), nil
}

// centred adds the fewest rows and columns of zeros that bring tap (y, x) to the
// place where `same` padding has its origin, ((H-1)/2, (W-1)/2) rounded down.
func centred(k tensor.Kernel, y, x int) tensor.Kernel {
	top, h := around(k.H, y)
	left, w := around(k.W, x)
	if h == k.H && w == k.W {
		return k
	}
	taps := make([]float64, h*w)
	for u := range k.H {
		copy(taps[(u+top)*w+left:], k.Taps[u*k.W:(u+1)*k.W])
	}
	return tensor.Matrix(h, w, taps...)
}

// around returns how many of the size taps that are needed come before the n
// that there are, when tap `at` is to be the middle one.
func around(n, at int) (before, size int) {
	if 2*at >= n-1 {
		return 0, max(n, 2*at+1)
	}
	before = n - 2 - 2*at
	return before, n + before
}

// ffmpegOptions are the options of FFmpeg's convolution filter, in their order.
var ffmpegOptions = []string{
	"0m", "1m", "2m", "3m", "0rdiv", "1rdiv", "2rdiv", "3rdiv", "0bias", "1bias", "2bias", "3bias", "0mode", "1mode", "2mode", "3mode",
}

// parseFFmpeg reads the options of FFmpeg's convolution filter for its first
// plane: 9, 25 or 49 numbers row by row (or an odd count up to 49 with mode row
// or column), multiplied by rdiv, or divided by their sum (if that is not 0)
// where rdiv is 0 or not given; bias is added in units of the stored values.
func parseFFmpeg(text string) (tensor.Kernel, error) {
	given, err := ffmpegValues(text)
	if err != nil {
		return tensor.Kernel{}, err
	}
	for _, option := range ffmpegOptions {
		value, ok := given[option]
		if ok && option[0] < '3' && value != given["0"+option[1:]] {
			return tensor.Kernel{}, fmt.Errorf("%q: plane %c has another kernel than plane 0: give one", text, option[0])
		}
	}
	var taps []float64
	for _, f := range strings.Fields(given["0m"]) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return tensor.Kernel{}, fmt.Errorf("%q: %q is not a number", text, f)
		}
		taps = append(taps, v)
	}
	k, err := ffmpegShape(taps, given["0mode"])
	if err != nil {
		return k, fmt.Errorf("%q: %w", text, err)
	}
	var setting [2]float64
	for i, option := range []string{"0rdiv", "0bias"} {
		if s, ok := given[option]; ok {
			if setting[i], err = strconv.ParseFloat(s, 64); err != nil {
				return k, fmt.Errorf("%q: %s is not a number", text, option)
			}
		}
	}
	total := sumOf(taps)
	for i := range taps {
		switch {
		case setting[0] != 0:
			taps[i] *= setting[0]
		case total != 0:
			taps[i] /= total
		}
	}
	if setting[1] != 0 {
		k.Bias, k.StoredBias = []float64{setting[1]}, true
	}
	return k, nil
}

// ffmpegValues parts the options; quotes keep colons together.
func ffmpegValues(text string) (map[string]string, error) {
	body := strings.Trim(strings.TrimPrefix(strings.Trim(text, `"`), "convolution="), `"`)
	given := map[string]string{}
	for i, part := range strings.Split(body, ":") {
		option, value, named := strings.Cut(part, "=")
		if !named {
			if i >= len(ffmpegOptions) {
				return nil, fmt.Errorf("%q: too many options", text)
			}
			option, value = ffmpegOptions[i], part
		}
		option = strings.TrimSpace(option)
		if !slices.Contains(ffmpegOptions, option) {
			return nil, fmt.Errorf("%q: FFmpeg's convolution has no option %q", text, option)
		}
		given[option] = strings.TrimSpace(strings.Trim(strings.TrimSpace(value), "'"))
	}
	return given, nil
}

// ffmpegShape gives the taps their shape.
func ffmpegShape(taps []float64, mode string) (tensor.Kernel, error) {
	n := len(taps)
	switch mode {
	case "", "square", "0":
		if side := int(math.Sqrt(float64(n))); n == 9 || n == 25 || n == 49 {
			return tensor.Matrix(side, side, taps...), nil
		}
		return tensor.Kernel{}, fmt.Errorf("%s: a square of FFmpeg's has 9, 25 or 49", numbers(n))
	case "row", "1", "column", "2":
		if n%2 == 0 || n > 49 {
			return tensor.Kernel{}, fmt.Errorf("%s: a row or column of FFmpeg's has an odd number, at most 49", numbers(n))
		}
		if mode == "row" || mode == "1" {
			return tensor.Matrix(1, n, taps...), nil
		}
		return tensor.Matrix(n, 1, taps...), nil
	}
	return tensor.Kernel{}, fmt.Errorf("mode %q: square, row and column are there", mode)
}
