package method

import (
	"math/rand/v2"
	"testing"
)

// Auto takes parts where one tile is too small for a kernel.
func TestPlanInParts(t *testing.T) {
	taps := make([]float64, 400*420)
	random := rand.New(rand.NewPCG(23, 24))
	for i := range taps {
		taps[i] = random.NormFloat64()
	}
	m := chosen(t, 2000, 400, 420, taps)
	if s, ok := m.(*split[float32]); !ok || len(s.parts) != 16 {
		t.Errorf("%s", m.Describe())
	}
}
