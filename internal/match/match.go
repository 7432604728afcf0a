// Package match finds a template in an image: a score for every place that the
// template fits, and the best places.
//
// With x the window of the image at a place, t the template, and w the weights of
// its cells (all 1, or those of a mask, from 0 to 1), the scores are sums over all
// cells and channels. m_x and m_t are the weighted means in each channel:
//
//	ncc        Σw(x-m_x)(t-m_t) / sqrt(Σw(x-m_x)² Σw(t-m_t)²)   TM_CCOEFF_NORMED, match_template
//	zero-mean  Σw(x-m_x)(t-m_t)                                 TM_CCOEFF
//	cosine     Σwxt / sqrt(Σwx² Σwt²)                           TM_CCORR_NORMED
//	product    Σwxt                                             TM_CCORR
//	ssd        Σw(x-t)²                                         TM_SQDIFF
//	nssd       Σw(x-t)² / sqrt(Σwx² Σwt²)                       TM_SQDIFF_NORMED
//
// with the names of OpenCV (and scikit-image) on the right. OpenCV weighs a mask of
// floating point with w² instead. A window without a
// norm (constant for ncc, zero for cosine) scores 0, and 1 in nssd, which is cut off
// at 1 without a mask, as OpenCV does. A window that holds a NaN or an infinity scores NaN.
//
// Reference is that definition as plain loops. Plan computes it through spectra
// of tiles and running sums, under the errors that levels.go states.
package match

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/tensor"
)

// Score is what a place is judged by.
type Score int

// The scores, as the package's comment defines them.
const (
	NCC Score = iota
	ZeroMean
	Cosine
	Product
	SSD
	NSSD
)

var scoreNames = []string{"ncc", "zero-mean", "cosine", "product", "ssd", "nssd"}

// otherNames are the words of other tools.
var otherNames = map[string]Score{
	"zncc": NCC, "ccoeff-normed": NCC, "ccoeff": ZeroMean, "ccorr-normed": Cosine, "ccorr": Product, "sqdiff": SSD, "sqdiff-normed": NSSD,
}

// ScoreNames are the words that ParseScore knows, beside OpenCV's.
func ScoreNames() []string { return slices.Clone(scoreNames) }

// ParseScore reads a name: one of ScoreNames, or OpenCV's (TM_CCOEFF_NORMED,
// ccoeff-normed).
func ParseScore(text string) (Score, error) {
	word := strings.ReplaceAll(strings.TrimPrefix(strings.ToLower(text), "tm_"), "_", "-")
	if i := slices.Index(scoreNames, word); i >= 0 {
		return Score(i), nil
	}
	if s, ok := otherNames[word]; ok {
		return s, nil
	}
	return NCC, fmt.Errorf("%q is not a score: choose %s, or OpenCV's TM_ names", text, strings.Join(scoreNames, ", "))
}

// String gives the name.
func (s Score) String() string { return scoreNames[s] }

// lowIsGood reports whether the best place has the smallest score.
func (s Score) lowIsGood() bool { return s == SSD || s == NSSD }

// better reports whether score a beats score b. NaN beats nothing.
func (s Score) better(a, b float64) bool {
	if s.lowIsGood() {
		return a < b
	}
	return a > b
}

// best is the score of a window that equals the template, where there is one
// that does not depend on the template.
func (s Score) best() (best float64, ok bool) {
	switch s {
	case NCC, Cosine:
		return 1, true
	case SSD, NSSD:
		return 0, true
	}
	return 0, false
}

// Unit is what a score is multiplied with where the image is given in numbers of
// which one means 1, like 255.
func (s Score) Unit(one float64) float64 {
	if s.normalised() {
		return 1
	}
	return 1 / one / one
}

// normalised reports whether a score is a ratio, in which the scale of pixels does
// not matter.
func (s Score) normalised() bool { return s == NCC || s == Cosine || s == NSSD }

// Scale multiplies all elements by f.
func Scale[T tensor.Float](d *tensor.Dense[T], f float64) {
	if f == 1 {
		return
	}
	for i, v := range d.Data {
		d.Data[i] = T(float64(v) * f)
	}
}

// Options say what is computed.
type Options struct {
	Score Score

	// Same gives one score for each pixel: that of the template whose cell
	// (h/2, w/2) lies on the pixel, as match_template(pad_input=True) does. Else
	// score (y, x) is of the template whose first cell lies on pixel (y, x), and
	// the template stays inside the image.
	Same bool
	// Border is what stands around the image where Same is set.
	Border corr.Border

	// Whole, where it is not 0, tells that all values of the image are whole
	// numbers from 0 to Whole, which need not be looked for then.
	Whole float64
}

// geometry resolves the options.
func (o Options) geometry(in tensor.Shape, t *Template) (corr.Geometry, error) {
	c := corr.Options{Border: o.Border}
	if o.Same {
		c.Padding = corr.Padding{Mode: corr.Explicit, Top: t.h / 2, Bottom: t.h - 1 - t.h/2, Left: t.w / 2, Right: t.w - 1 - t.w/2}
	}
	if in.N != 1 {
		return corr.Geometry{}, fmt.Errorf("the image (%v) is a batch; match takes one image", in)
	}
	if in.C != t.c {
		return corr.Geometry{}, fmt.Errorf("the image has %s, but the template %s", channels(in.C), channels(t.c))
	}
	g, err := geometry.New(in.H, in.W, corr.Size{H: t.h, W: t.w}, c)
	if err != nil {
		return g, fmt.Errorf("the template (%dx%d) is larger than the image (%dx%d)", t.h, t.w, in.H, in.W)
	}
	return g, nil
}

func channels(n int) string {
	if n == 1 {
		return "1 channel"
	}
	return fmt.Sprintf("%d channels", n)
}

// sums are what all scores of a window are made of.
type sums struct {
	cross    float64 // Σ(x-m_x)(t-m_t)
	variance float64 // Σ(x-m_x)²
	energy   float64 // Σx²
	product  float64 // Σxt
	ssd      float64 // Σ(x-t)²
}

// score is a score from its sums.
func (t *Template) score(s Score, w sums) float64 {
	switch s {
	case NCC:
		return ratio(w.cross, w.variance*t.variance)
	case ZeroMean:
		return w.cross
	case Cosine:
		return ratio(w.product, w.energy*t.energy)
	case Product:
		return w.product
	}
	ssd := max(0, w.ssd)
	if s == SSD {
		return ssd
	}
	norm := math.Sqrt(w.energy * t.energy)
	if norm == 0 || t.mask == nil && ssd > norm {
		return 1
	}
	return ssd / norm
}

// ratio is a over the root of b, within -1..1, and 0 where there is no norm.
func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return max(-1, min(1, a/math.Sqrt(b)))
}
