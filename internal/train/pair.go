package train

import (
	"fmt"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/tensor"
)

// Pair is an image X, the image Y made from it, and which windows count.
//
// A window is excluded, and counted in Counts.NotFinite, if its output or one of its
// inputs is NaN or infinite.
type Pair struct {
	X, Y tensor.Source[float64]

	// Mask has the height and width of Y, and one plane or as many as Y. An output
	// counts where the mask is neither zero nor NaN; nil means everywhere. Where
	// channels are mixed, a window counts if it does so in every plane.
	Mask tensor.Source[float64]

	// Weights has the shape of a Mask: the weight of each output's square. Outputs
	// of weight 0, NaN or ±Inf are excluded. nil: all weigh one. If channels are
	// mixed it has one plane, because all outputs of a window share it.
	Weights tensor.Source[float64]

	// XMask has the height and width of X, and one plane or as many. An output counts
	// only if XMask is neither zero nor NaN at all pixels of X that it sees. nil: none.
	XMask tensor.Source[float64]

	// XLimit is the value from which pixels of X may have been clipped. Outputs that see
	// one are excluded, unless too few others remain. nil means that nothing was clipped.
	XLimit *float64

	// XVariances has the height and width of X, and one plane or as many: the variance
	// of the noise in each value of X. Only package xnoise uses it. nil: not known.
	XVariances tensor.Source[float64]

	// Range is the smallest and largest value that Y can hold, if its pixels were
	// clipped. Outputs at or beyond either end are excluded, unless too few others
	// remain. nil means that nothing was clipped.
	Range *Range

	Weight float64 // of this pair's squared residuals; 0 means 1
}

// Range is the values from Low to High.
type Range struct{ Low, High float64 }

// Counts has the number of outputs of all pairs, by their use.
type Counts struct {
	Used      int `json:"used"`
	NotFinite int `json:"not_finite"` // outputs that are not finite, or see such an input
	Masked    int `json:"masked"`
	Saturated int `json:"saturated"`
	NoWeight  int `json:"no_weight,omitempty"` // weight or variance 0, NaN or infinite
	// SeeExcluded is the number of outputs that see masked, saturated or non-finite
	// pixels of X, if pixels of X are excluded; else they are among NotFinite.
	SeeExcluded int `json:"see_excluded_x,omitempty"`
	MaskNaN     int `json:"mask_nan,omitempty"` // values of the mask that are NaN; they count as masked
}

// Add adds other counts.
func (c *Counts) Add(o Counts) {
	c.Used += o.Used
	c.NotFinite += o.NotFinite
	c.Masked += o.Masked
	c.Saturated += o.Saturated
	c.NoWeight += o.NoWeight
	c.SeeExcluded += o.SeeExcluded
	c.MaskNaN += o.MaskNaN
}

// Total returns the number of outputs.
func (c Counts) Total() int {
	return c.Used + c.NotFinite + c.Masked + c.Saturated + c.NoWeight + c.SeeExcluded
}

// NoWindowsError says that no output can be used.
type NoWindowsError struct{ Counts Counts }

// Error says why the outputs are excluded.
func (e *NoWindowsError) Error() string {
	c := e.Counts
	if c.Masked == c.Total() {
		return fmt.Sprintf("none of the %d outputs can be used: the mask excludes all of them%s", c.Total(), c.NaNNote())
	}
	var why []string
	for _, w := range []struct {
		n    int
		what string
	}{{c.NotFinite, "not finite or see a non-finite input"}, {c.Masked, "masked"}, {c.Saturated, "saturated"}, {c.SeeExcluded, "seeing excluded pixels of X"}, {c.NoWeight, "of weight or variance 0, NaN or infinite"}} {
		switch {
		case w.n == c.Total():
			why = append(why, "all are "+w.what)
		case w.n > 0:
			why = append(why, fmt.Sprintf("%d are %s", w.n, w.what))
		}
	}
	return fmt.Sprintf("none of the %d outputs can be used: %s", c.Total(), strings.Join(why, ", "))
}

// ExitCode is that of bad data.
func (e *NoWindowsError) ExitCode() int { return exit.Data }

// Advice says what may be wrong.
func (e *NoWindowsError) Advice() string {
	c := e.Counts
	switch most := max(c.NotFinite, c.Masked, c.Saturated); most {
	case 0:
		return ""
	case c.NotFinite:
		return "X or Y is NaN or infinite in every window: are these the right files?"
	case c.Masked:
		return "pixels count where the mask is not zero: is it the right file, or inverted?"
	}
	return "--keep-saturated uses such pixels, --saturation V sets the level"
}

// NaNNote returns a note about NaN in the mask; "" if there is none.
func (c Counts) NaNNote() string {
	if c.MaskNaN == 0 {
		return ""
	}
	return fmt.Sprintf("; NaN in the mask, which count as masked: %d", c.MaskNaN)
}

// Check returns an error if the mask does not have the size of Y.
func (p Pair) Check() error {
	if err := checkMap("mask", p.Mask, "Y", p.Y); err != nil {
		return err
	}
	if err := checkMap("mask of X", p.XMask, "X", p.X); err != nil {
		return err
	}
	if err := checkMap("map of the noise", p.XVariances, "X", p.X); err != nil {
		return err
	}
	return checkMap("map of weights or variances", p.Weights, "Y", p.Y)
}

// checkMap checks the shape of a map of an image, if there is one.
func checkMap(what string, m tensor.Source[float64], name string, img tensor.Source[float64]) error {
	if m == nil {
		return nil
	}
	s, y := m.Shape(), img.Shape()
	if s.H != y.H || s.W != y.W || (s.Planes() != 1 && s.Planes() != y.Planes()) {
		return fmt.Errorf("the %s is %v, but %s is %v: the %s needs %s's height and width, and one plane or as many as %s", what, s, name, y, what, name, name)
	}
	return nil
}
