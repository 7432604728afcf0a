package kernel

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/tensor"
)

// maxBytes bounds a kernel file: maxTaps numbers of some 24 characters.
const maxBytes = 24 * maxTaps

// Decode reads a kernel file, which name stands for in errors: a text matrix
// (lines of # are comments, so that what `convkit learn` prints is read as it
// is), JSON, NPY, a matrix file of libvips or the notation of another tool
// (foreign), told apart by content. JSON is the bare array, or
// {"kernel": …, "bias": …}. Rank 1 is a row; rank 2 is kh x kw; rank 3 is
// In x kh x kw with one output channel; rank 4 is Out x In x kh x kw.
func Decode(r io.Reader, name string) (tensor.Kernel, error) {
	return decode(r, name, imageio.Selection{})
}

// decode is Decode for a picture of a file that may hold several.
func decode(r io.Reader, name string, sel imageio.Selection) (tensor.Kernel, error) {
	r = imageio.Unpacked(r)
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return tensor.Kernel{}, fmt.Errorf("%s: %w", name, err)
	case len(data) > maxBytes:
		return tensor.Kernel{}, badFile(name, "too large for a kernel (more than %d bytes)", maxBytes)
	}
	if text, ok := plainText(data); ok && !sel.Given() {
		k, known, err := decodeForeign(text, name)
		if err != nil {
			return tensor.Kernel{}, badFile(name, "%w", err)
		}
		if known {
			return k, nil
		}
	}
	if err := decodeVarying(data, name); err != nil && !sel.Given() {
		return tensor.Kernel{}, err
	}
	dims, taps, bias, err := imageio.DecodeNumbers(data, name, sel)
	if err != nil {
		return tensor.Kernel{}, err
	}
	k, err := shaped(dims, taps)
	if err != nil {
		return k, badFile(name, "%w", err)
	}
	k.Bias = bias
	if err := check(k); tooLarge(err) {
		return tensor.Kernel{}, err
	} else if err != nil {
		return tensor.Kernel{}, badFile(name, "%w", err)
	}
	return k, nil
}

// plainText returns data without comments, a byte order mark and outer blanks, if it
// is ASCII text that is not JSON.
func plainText(data []byte) (string, bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	for _, b := range data {
		if b >= 0x80 || b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			return "", false
		}
	}
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		line, _, commented := strings.Cut(line, "#")
		b.WriteString(line)
		if commented {
			b.WriteByte('\n')
		}
	}
	text := strings.TrimSpace(b.String())
	return text, text != "" && text[0] != '[' && text[0] != '{'
}

func badFile(name, format string, args ...any) error {
	return &imageio.DataError{Name: name, Err: fmt.Errorf(format, args...)}
}

// shaped makes a kernel of an array of rank 0 to 4.
func shaped(dims []int, taps []float64) (tensor.Kernel, error) {
	if len(dims) > 4 {
		return tensor.Kernel{}, fmt.Errorf("an array of rank %d is not a kernel: ranks 1 to 4 are", len(dims))
	}
	full := [4]int{1, 1, 1, 1}
	copy(full[4-len(dims):], dims)
	k := tensor.Kernel{Mixes: len(dims) > 2, Out: full[0], In: full[1], H: full[2], W: full[3], Taps: taps}
	// Divide rather than multiply: a product of header fields may overflow.
	n := len(taps)
	for _, d := range full {
		if d <= 0 || n%d != 0 {
			return tensor.Kernel{}, fmt.Errorf("%d numbers do not make a kernel of %v", len(taps), dims)
		}
		n /= d
	}
	if n != 1 {
		return tensor.Kernel{}, fmt.Errorf("%d numbers do not make a kernel of %v", len(taps), dims)
	}
	return k, nil
}

// Encode writes k in one of Formats; digits fixes the decimals, and below 0 each
// number has the shortest form that reads back to the same value. csv, tsv and txt hold
// neither a bias nor channels, npy no bias, json all; for the other tools see
// dialects.
func Encode(w io.Writer, k tensor.Kernel, format string, digits int) error {
	if done, err := encodeDialect(w, k, format, digits); done {
		return err
	}
	dims := []int{k.H, k.W}
	if k.Mixes {
		dims = []int{k.Out, k.In, k.H, k.W}
	}
	return imageio.EncodeNumbers(w, format, dims, k.Taps, k.Bias, digits)
}

// decodeForeign reads the notation of another tool, where the text is one.
func decodeForeign(text, name string) (k tensor.Kernel, known bool, err error) {
	if isForeign(text) {
		k, err = foreign(text)
		return k, true, err
	}
	return parseVips(text, name)
}
