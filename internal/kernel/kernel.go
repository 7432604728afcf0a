// Package kernel turns what people write for a kernel into taps: a literal such
// as "1 0 -1; 2 0 -2; 1 0 -1", a name such as gaussian:sigma=1.5, or a file.
//
// Every kernel is given in the orientation of correlation: the tap at the upper
// left is multiplied with the upper left pixel of the window. To convolve, flip
// the kernel both ways (tensor.Kernel.Flip).
package kernel

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/tensor"
)

// maxTaps bounds a kernel: 4096 x 4096 taps, 128 MB in float64. What is larger
// is a slip of the keyboard or an image given as a kernel.
const maxTaps = 1 << 24

// largeKernel is the number of taps from which memory is asked for first: 1 MiB.
const largeKernel = 1 << 17

// SpecError says what is wrong with a kernel as it was typed: a literal, a name
// or a parameter. What is wrong within a file is no SpecError.
type SpecError struct{ Text, Hint string }

func (e *SpecError) Error() string { return e.Text }

// ExitCode is that of wrong usage.
func (e *SpecError) ExitCode() int { return exit.Usage }

// Advice returns the hint.
func (e *SpecError) Advice() string { return e.Hint }

func specError(hint, format string, args ...any) error {
	return &SpecError{Text: fmt.Sprintf(format, args...), Hint: hint}
}

// nameLike is the form of a kernel's name, with or without parameters.
var nameLike = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(:[^/\\]*)?$`)

// Parse reads the kernel that spec describes. The first of these rules that
// holds decides, so that a spec never changes its meaning with the files that
// happen to lie about:
//
//  1. "-" is standard input.
//  2. The notation of another tool: G'MIC's (1,2;3,4) in round brackets,
//     ImageMagick's 3x3+1+1: with its size in front, FFmpeg's numbers with a colon
//     behind, or its convolution=….
//  3. A literal: the text begins with a number that a comma, semicolon, blank or
//     the end follows, or begins with a bracket or brace (JSON), or begins like
//     a number and holds a comma or semicolon.
//  4. A name: the part before the first colon is the name of a kernel (Names).
//  5. All else is a file, or FILE[SEL] for a picture of a file with several. A file
//     whose name reads as a literal or as the name of a kernel is given with ./ in
//     front.
//
// open opens a file, or standard input for "-". With open nil only literals and
// names are read.
func Parse(spec string, open func(name string) (io.ReadCloser, error)) (tensor.Kernel, error) {
	trimmed := strings.TrimSpace(spec)
	name, params, _ := strings.Cut(trimmed, ":")
	_, named := find(name)
	switch {
	case trimmed == "":
		return tensor.Kernel{}, specError(`write a literal like "1,-1", a name like sobel-x, or a file`, "the kernel is empty")
	case trimmed == "-":
	case isForeign(trimmed):
		k, err := foreign(trimmed)
		if e := (*SpecError)(nil); err != nil && !errors.As(err, &e) {
			err = specError("", "kernel: %v", err)
		}
		return k, err
	case isLiteral(trimmed):
		return parseLiteral(spec)
	case named:
		given, err := parseParameters(name, params)
		if err != nil {
			return tensor.Kernel{}, err
		}
		return Named(name, given)
	}
	if open == nil {
		return tensor.Kernel{}, unknown(trimmed)
	}
	file := spec
	if trimmed == "-" {
		file = trimmed
	}
	file, sel, err := selectIn(file)
	if err != nil {
		return tensor.Kernel{}, err
	}
	f, err := open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && nameLike.MatchString(trimmed):
		return tensor.Kernel{}, unknown(trimmed)
	case err != nil:
		return tensor.Kernel{}, fmt.Errorf("kernel: %w", err)
	}
	if file == "-" {
		file = "<stdin>"
	}
	k, err := decode(f, file, sel)
	if e := f.Close(); err == nil && e != nil {
		err = fmt.Errorf("%s: %w", file, e)
	}
	return k, err
}

// selectIn splits FILE[SEL].
func selectIn(spec string) (file string, sel imageio.Selection, err error) {
	file, text := imageio.SplitSelection(spec)
	if file != spec {
		if sel, err = imageio.ParseSelection(text); err != nil {
			err = specError("a number from 0, or a name", "kernel %s: %v", spec, err)
		}
	}
	return file, sel, err
}

// NamesFile reports whether Parse takes spec for a file, or for standard input,
// and not for a literal or the name of a kernel.
func NamesFile(spec string) bool {
	trimmed := strings.TrimSpace(spec)
	name, _, _ := strings.Cut(trimmed, ":")
	_, named := find(name)
	return trimmed != "" && !isForeign(trimmed) && !isLiteral(trimmed) && !named
}

// tooLarge reports whether an error is about memory: then the kernel is not wrong.
func tooLarge(err error) bool {
	var m *memory.Error
	return errors.As(err, &m)
}

// check refuses what no method can work with: no taps, too many of them, and
// taps or biases that are not finite.
func check(k tensor.Kernel) error {
	if len(k.Taps) == 0 {
		return errors.New("the kernel has no taps")
	}
	if len(k.Taps) > maxTaps {
		return fmt.Errorf("the kernel has %d taps, and %d are the limit", len(k.Taps), maxTaps)
	}
	// A plan needs its taps once more, at least. Only large kernels matter.
	if len(k.Taps) > largeKernel {
		if err := memory.Need(memory.Times(len(k.Taps), 8), "a kernel of %dx%d taps", k.H, k.W); err != nil {
			return err
		}
	}
	for i, v := range k.Taps {
		if notFinite(v) {
			return fmt.Errorf("the tap at %s is %v: a kernel needs finite numbers", place(k, i), v)
		}
	}
	for o, v := range k.Bias {
		if notFinite(v) {
			return fmt.Errorf("bias %d is %v: a kernel needs finite numbers", o+1, v)
		}
	}
	if n := len(k.Bias); n > 1 && n != k.Out {
		return fmt.Errorf("%d biases for %d output channels: give one for each, or one for all", n, k.Out)
	}
	return nil
}

// place names tap i as people count: from 1.
func place(k tensor.Kernel, i int) string {
	v, u := i%k.W+1, i/k.W%k.H+1
	if !k.Mixes {
		return fmt.Sprintf("row %d, column %d", u, v)
	}
	plane := i / (k.W * k.H)
	return fmt.Sprintf("output channel %d, input channel %d, row %d, column %d", plane/k.In+1, plane%k.In+1, u, v)
}

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
