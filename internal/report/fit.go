package report

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/tensor"
)

// Fit is what a report of learn says, as far as it is drawn.
type Fit struct {
	shape  []int     // of the standard errors
	errors []float64 // NaN for taps that are fixed or undetermined
}

// ParseFit reads a report of learn. ok is false if the data are something else.
func ParseFit(data []byte) (fit *Fit, ok bool, err error) {
	var file struct {
		Windows       *int            `json:"windows"`
		Loss          json.RawMessage `json:"loss"`
		StandardError json.RawMessage `json:"standard_error"`
	}
	if json.Unmarshal(data, &file) != nil || file.Windows == nil || file.Loss == nil {
		return nil, false, nil
	}
	fit = &Fit{}
	var nested any
	if err := json.Unmarshal(file.StandardError, &nested); err != nil || nested == nil {
		return fit, true, fmt.Errorf("the report has no standard errors")
	}
	if err := fit.flatten(nested, 0); err != nil {
		return fit, true, err
	}
	return fit, true, nil
}

// flatten appends the numbers of nested lists of one shape, null as NaN.
func (f *Fit) flatten(v any, depth int) error {
	switch v := v.(type) {
	case nil:
		f.errors = append(f.errors, math.NaN())
		return nil
	case float64:
		f.errors = append(f.errors, v)
		return nil
	case []any:
		if len(f.shape) == depth {
			f.shape = append(f.shape, len(v))
		}
		if depth > 3 || len(v) == 0 || f.shape[depth] != len(v) {
			break
		}
		for _, e := range v {
			if err := f.flatten(e, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("standard_error is no array of numbers")
}

// ErrorsOf returns the standard errors of the taps of k. The report must be that of a
// kernel of the same shape.
func (f *Fit) ErrorsOf(k tensor.Kernel) ([]float64, error) {
	want := []int{k.H, k.W}
	if k.Mixes {
		want = []int{k.Out, k.In, k.H, k.W}
	}
	if fmt.Sprint(f.shape) != fmt.Sprint(want) || len(f.errors) != len(k.Taps) {
		return nil, fmt.Errorf("the report is that of a kernel of shape %v, not %v", f.shape, want)
	}
	return f.errors, nil
}
