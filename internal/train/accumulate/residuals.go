package accumulate

// Residuals replaces the residuals of a scan, row by row, and may weigh the
// windows. Robust fits use it.
type Residuals interface {
	// Weighted reports whether ResidualRows.Row sets weights: the scan then sums
	// G = Σ w a aᵀ.
	Weighted() bool
	// BeginPair and EndPair enclose the reading of each pair. The weight is that
	// of the pair's squares.
	BeginPair()
	EndPair(weight float64)
	// Rows returns the state of one goroutine, for rows of up to width outputs.
	Rows(width int) ResidualRows
}

// ResidualRows is the part of a Residuals that belongs to one goroutine.
type ResidualRows interface {
	// Clear begins a band.
	Clear()
	// Row replaces the residuals of output k of a row, which stand multiplied by the
	// roots of the outputs' weights, if they have any. Outputs that are not used
	// have the residual zero. weights is nil unless the scan is weighted; all
	// outputs of a row share it, and it is zero when k is 0. Where kept is not
	// nil, the moments of the outputs that it marks are summed.
	Row(k int, residuals []float64, used []bool, weights []float64) (kept []bool)
	// Commit ends a band. The bands of a pair are committed in order, one at a time.
	Commit()
	// Close is called after the last band.
	Close()
}

// replace hands the residuals of output k of row oy of a plane to the scan's
// Residuals.
func (w *worker) replace(plane, oy, k int, weights []float64) error {
	kept := w.residualRows.Row(k, w.r[k], w.use, weights)
	if kept == nil {
		return nil
	}
	y, err := w.p.Y.Row(plane, oy, w.y)
	if err != nil {
		return err
	}
	w.sums.Outputs()[k].Moments.Add(w.momentsOf(y, kept))
	return nil
}
