//go:build (!amd64 && !arm64) || purego

package lagvec

func dotLagsFast([]float64, int, int, []float64, int, int, []float64) bool { return false }

func outerLagsFast([]float64, int, []float64, []float64) bool { return false }

func outerSumsFast(*[gramRows * GramWidth]float64, []float64, []float64, int, int) bool { return false }

func outerSinglesFast(*[SingleRows * GramWidth]float32, []float32, []float32, int, int) bool {
	return false
}

func addSinglesFast([]float64, int, *[SingleRows * GramWidth]float32, float64) bool { return false }

const hasVNNI = false

func gatherQuadFast([]byte, []byte, []byte, [Quad]int, int, int, int) bool { return false }

func outerQuadsFast(*[SingleRows * GramWidth]float32, []byte, []byte, int, int) bool { return false }
