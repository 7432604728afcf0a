package report

import (
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/intervals"
)

// Rounding says whether the rounding of Y explains all residuals, and which kernels do so.
type Rounding struct {
	// Explained reports that the kernel leaves no output more than half a step away, but
	// for LeftOut of them.
	Explained bool `json:"explained"`
	// Residual is the largest residual of the other outputs, in steps; if Explained is
	// false, the least one that any kernel of this size has.
	Residual Number `json:"largest_residual"`
	LeftOut  int    `json:"left_out"`
	// Low and High bound the taps, in the shape of the kernel, and the bias.
	Low      any `json:"low,omitempty"`
	High     any `json:"high,omitempty"`
	BiasLow  any `json:"bias_low,omitempty"`
	BiasHigh any `json:"bias_high,omitempty"`
}

// newRounding returns what a fit by intervals found.
func newRounding(l train.Layout, f *intervals.Fit) *Rounding {
	r := &Rounding{Explained: f.Explained, Residual: Number(f.Residual), LeftOut: f.LeftOut}
	if f.Low != nil {
		low, high := l.Kernel(f.Low), l.Kernel(f.High)
		r.Low, r.High = shaped(low), shaped(high)
		r.BiasLow, r.BiasHigh = numbers(low.Bias), numbers(high.Bias)
	}
	return r
}

// halfWidths returns the standard errors of a fit by intervals: half their widths.
func halfWidths(f *intervals.Fit) [][]float64 {
	var list [][]float64
	for o, low := range f.Low {
		se := make([]float64, len(low))
		for i := range se {
			se[i] = (f.High[o][i] - low[i]) / 2
		}
		list = append(list, se)
	}
	return list
}

// words says what rounding explains.
func (r *Rounding) words() string {
	switch {
	case !r.Explained:
		return fmt.Sprintf("rounding does not explain Y: every kernel of this size misses an output by at least %.3g steps", r.Residual)
	case r.LeftOut > 0:
		return fmt.Sprintf("rounding explains all outputs but %d: no other is more than %.3g steps away", r.LeftOut, r.Residual)
	}
	return fmt.Sprintf("rounding explains Y: no output is more than %.3g steps away", r.Residual)
}

// shaped returns numbers in the shape of a kernel: rank 2, or 4 if it mixes channels.
func shaped(k tensor.Kernel) any {
	at := 0
	matrix := func() [][]Number {
		rows := make([][]Number, k.H)
		for u := range rows {
			for range k.W {
				rows[u] = append(rows[u], Number(k.Taps[at]))
				at++
			}
		}
		return rows
	}
	if !k.Mixes {
		return matrix()
	}
	outs := make([][][][]Number, k.Out)
	for o := range outs {
		for range k.In {
			outs[o] = append(outs[o], matrix())
		}
	}
	return outs
}

// numbers returns one number for one output channel, a list for several, nil for none.
func numbers(list []float64) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return Number(list[0])
	}
	var all []Number
	for _, v := range list {
		all = append(all, Number(v))
	}
	return all
}

// interval reports whether the errors are the intervals that rounding leaves.
func (o Options) interval() bool {
	return o.Rounded != nil && o.Rounded.Explained && o.Rounded.Low != nil && !math.IsNaN(o.Rounded.Residual)
}
