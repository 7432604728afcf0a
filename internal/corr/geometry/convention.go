package geometry

import (
	"fmt"
	"slices"
	"strings"
)

// Convention is what a function of another tool does where it is not told
// otherwise.
type Convention struct {
	Name string

	// Correlates and Convolves are the tool's functions that are meant, the
	// second where the kernel is flipped; "" where it has none.
	Correlates, Convolves string

	Flip    bool        // the tool is known for the second
	Padding PaddingMode // Valid, Same or Full
	Border  BorderMode

	// Rules are those of Same: of the first function and of the second. Where
	// they differ the origin is one tap of the kernel as it is written, and
	// turns with the kernel.
	Rules [2]SameRule

	// EvenHalves says that results between two pixels become the even one.
	EvenHalves bool
}

// SumsDirectly reports whether the tool adds up the products of a kernel of so
// many taps one after the other, in the order of the direct method and in
// float32: then that method gives the same pixels even where the sum lies
// halfway between two of them. OpenCV goes through spectra from 130 taps on
// where pixels have 8 bits, from 50 on where they have 16 (its dft_filter_size).
func (c Convention) SumsDirectly(taps, depth int) bool {
	return c.EvenHalves && (taps < 50 || taps < 130 && depth == 8)
}

// conventions were each compared with the program, or with its formulas where
// docs/conventions.md says so.
var conventions = []Convention{
	{Name: "torch", Correlates: "torch.nn.functional.conv2d"},
	{Name: "scipy", Correlates: "scipy.signal.correlate2d", Convolves: "scipy.signal.convolve2d", Padding: Full, Rules: [2]SameRule{OddAfter, OddBefore}},
	{Name: "ndimage", Correlates: "scipy.ndimage.correlate", Convolves: "scipy.ndimage.convolve", Padding: Same, Border: Symmetric, Rules: [2]SameRule{OddBefore, OddAfter}},
	{Name: "opencv", Correlates: "cv2.filter2D", Padding: Same, Border: Reflect, Rules: [2]SameRule{OddBefore, OddAfter}, EvenHalves: true},
	{Name: "matlab", Correlates: "imfilter", Convolves: "conv2", Padding: Same},
	{Name: "tensorflow", Correlates: "tf.nn.conv2d with SAME", Padding: Same, Rules: [2]SameRule{StridedAfter, StridedAfter}},
	{Name: "onnx-lower", Correlates: "Conv with auto_pad SAME_LOWER", Padding: Same, Rules: [2]SameRule{StridedBefore, StridedBefore}},
	{Name: "imagemagick", Correlates: "-morphology Correlate", Convolves: "-morphology Convolve", Flip: true, Padding: Same, Border: Replicate, Rules: [2]SameRule{OddAfter, OddBefore}},
}

// ConventionNames are the words that ParseConvention knows.
func ConventionNames() []string {
	var names []string
	for _, c := range conventions {
		names = append(names, c.Name)
	}
	return names
}

// ParseConvention reads the name of a tool.
func ParseConvention(s string) (Convention, error) {
	i := slices.IndexFunc(conventions, func(c Convention) bool { return c.Name == strings.ToLower(strings.TrimSpace(s)) })
	if i < 0 {
		return Convention{}, fmt.Errorf("%q is not a known tool: choose %s", s, strings.Join(ConventionNames(), ", "))
	}
	return conventions[i], nil
}

// Apply sets what the tool says of options, but for the parts that are kept. The
// rule of Same holds for a padding that is kept, too.
func (c Convention) Apply(o *Options, keepConvolve, keepPadding, keepBorder bool) {
	if !keepConvolve {
		o.Convolve = c.Flip
	}
	if !keepPadding {
		o.Padding = Padding{Mode: c.Padding}
	}
	if !keepBorder {
		o.Border = Border{Mode: c.Border}
	}
	if o.Padding.Rule = c.Rules[0]; o.Convolve {
		o.Padding.Rule = c.Rules[1]
	}
}

// Function is what is meant, for a kernel that is flipped or not.
func (c Convention) Function(flipped bool) string {
	if flipped && c.Convolves != "" {
		return c.Convolves
	}
	if flipped {
		return c.Correlates + ", with the kernel flipped"
	}
	return c.Correlates
}
