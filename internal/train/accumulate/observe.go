package accumulate

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
)

// Observer sees the residuals of a scan, row by row, and leaves them as they are.
type Observer interface {
	// BeginPair and EndPair enclose the reading of each pair. The weight is that of
	// the pair's squares.
	BeginPair(p train.Pair, g corr.Geometry)
	EndPair(weight float64)
	// Rows returns the state of one goroutine.
	Rows() ObserverRows
}

// ObserverRows is the part of an Observer that belongs to one goroutine.
type ObserverRows interface {
	// Begin starts a band.
	Begin()
	// Row shows the residuals of one output channel in a row of outputs. The rows of
	// a band come from top to bottom. What r refers to is valid during the call.
	Row(r *ObservedRow) error
	// Commit ends a band. The bands of a pair are committed in order, one at a time.
	Commit()
}

// ObservedRow is the residuals of one output channel in a row of outputs.
type ObservedRow struct {
	System, K int // the system, and the number of the output in it
	Plane, Y  int // of the outputs
	// Residuals are y − aᵀw times the root of the output's weight; 0 if it is unused.
	Residuals []float64
	Outputs   []float64 // y
	Roots     []float64 // of the weights; nil: all weigh one
	Used      []bool
	// Windows has, for each unknown, what the windows of the row have there. Taps are
	// less Mean.
	Windows [][]float64
	Mean    float64
}

// observe shows the residuals of output k of row oy to the scan's Observer.
func (w *worker) observe(j band, oy, k int) error {
	plane := j.group*len(w.r) + k
	y, err := w.p.Y.Row(plane, oy, w.y)
	if err != nil {
		return err
	}
	return w.observer.Row(&ObservedRow{
		System: w.system, K: k, Plane: plane, Y: oy,
		Residuals: w.r[k], Outputs: y, Roots: w.root, Used: w.use, Windows: w.views, Mean: w.p.mean,
	})
}

// Observers shows residuals to several observers.
type Observers []Observer

// BeginPair implements Observer.
func (o Observers) BeginPair(p train.Pair, g corr.Geometry) {
	for _, one := range o {
		one.BeginPair(p, g)
	}
}

// EndPair implements Observer.
func (o Observers) EndPair(weight float64) {
	for _, one := range o {
		one.EndPair(weight)
	}
}

// Rows implements Observer.
func (o Observers) Rows() ObserverRows {
	var list observersRows
	for _, one := range o {
		list = append(list, one.Rows())
	}
	return list
}

type observersRows []ObserverRows

func (o observersRows) Begin() {
	for _, one := range o {
		one.Begin()
	}
}

func (o observersRows) Row(r *ObservedRow) error {
	for _, one := range o {
		if err := one.Row(r); err != nil {
			return err
		}
	}
	return nil
}

func (o observersRows) Commit() {
	for _, one := range o {
		one.Commit()
	}
}
