//go:build !amd64 || purego

package vec

func dotLagsFast([]float64, int, int, []float64, int, int, []float64) bool { return false }

func outerLagsFast([]float64, int, []float64, []float64) bool { return false }

func subLagsFast(_, _, _ []float64) bool { return false }
