package lagvec

// NewVector returns n zeros with the room behind them that lagvec asks for.
func NewVector(n int) []float64 { return make([]float64, n, n+1+Slack) }
