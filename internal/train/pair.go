package train

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// Pair is a before and an after, and which of its windows count.
//
// A window whose output is NaN or infinite, or that sees such an input, is left
// out and counted.
type Pair struct {
	X, Y tensor.Source[float64]

	// Mask has the height and width of Y, and one plane or as many as Y: an
	// output counts where it is not zero, nor NaN. nil: everywhere. Where channels are
	// mixed, a window counts if it does so in every plane.
	Mask tensor.Source[float64]

	// Range is the smallest and largest value that Y can hold, where pixels
	// were clipped to it: outputs at or beyond either end are left out, unless
	// too few others are left. nil: there is no such range.
	Range *Range

	Weight float64 // of this pair's squares among others; 0 means 1
}

// Range is the values from Low to High.
type Range struct{ Low, High float64 }

// Counts are the outputs of all pairs by what became of them.
type Counts struct {
	Used      int `json:"used"`
	NotFinite int `json:"not_finite"` // of Y, or seen in X
	Masked    int `json:"masked"`
	Saturated int `json:"saturated"`
	MaskNaN   int `json:"mask_nan,omitempty"` // of the mask's values for the outputs; they mask
}

func (c *Counts) Add(o Counts) {
	c.Used += o.Used
	c.NotFinite += o.NotFinite
	c.Masked += o.Masked
	c.Saturated += o.Saturated
	c.MaskNaN += o.MaskNaN
}

// Total is the number of outputs.
func (c Counts) Total() int { return c.Used + c.NotFinite + c.Masked + c.Saturated }

// NoWindowsError says that nothing is left to fit.
type NoWindowsError struct{ Counts Counts }

func (e *NoWindowsError) Error() string {
	c := e.Counts
	if c.Masked == c.Total() {
		return fmt.Sprintf("none of the %d outputs can be used: the mask leaves out all of them%s", c.Total(), c.NaNNote())
	}
	var why []string
	for _, w := range []struct {
		n    int
		what string
	}{{c.NotFinite, "not finite or see such an input"}, {c.Masked, "masked"}, {c.Saturated, "saturated"}} {
		switch {
		case w.n == c.Total():
			why = append(why, "all are "+w.what)
		case w.n > 0:
			why = append(why, fmt.Sprintf("%d are %s", w.n, w.what))
		}
	}
	return fmt.Sprintf("none of the %d outputs can be used: %s", c.Total(), strings.Join(why, ", "))
}

// maskNaN tells of NaN in a mask, in words; "" where there is none.
func (c Counts) NaNNote() string {
	if c.MaskNaN == 0 {
		return ""
	}
	return fmt.Sprintf("; NaN in the mask, which masks: %d", c.MaskNaN)
}

func (p Pair) Check() error {
	if p.Mask == nil {
		return nil
	}
	m, y := p.Mask.Shape(), p.Y.Shape()
	if m.H != y.H || m.W != y.W || (m.Planes() != 1 && m.Planes() != y.Planes()) {
		return fmt.Errorf("the mask is %v, but y is %v: the mask needs y's height and width, and one plane or all", m, y)
	}
	return nil
}
