package normal

import (
	"github.com/convkit/convkit/internal/train/numeric"
)

// Moments are those of outputs: their number, weight, mean, and
// Variation = Σ weight (y − mean)².
type Moments struct {
	Count                   int
	Weight, Mean, Variation float64
}

// Add merges two sets (Chan, Golub and LeVeque, 1979).
func (m *Moments) Add(o Moments) {
	if o.Count == 0 {
		return
	}
	w := m.Weight + o.Weight
	d := o.Mean - m.Mean
	m.Variation += o.Variation + d*d*m.Weight*o.Weight/w
	m.Mean += d * o.Weight / w
	m.Count, m.Weight = m.Count+o.Count, w
}

// Energy returns Σ weight y².
func (m Moments) Energy() float64 { return m.Variation + m.Weight*m.Mean*m.Mean }

// MomentsOf returns the moments of values of weight one.
func MomentsOf(y []float64) Moments {
	m := Moments{Count: len(y), Weight: float64(len(y))}
	if m.Count == 0 {
		return Moments{}
	}
	m.Mean = numeric.Sum(y) / m.Weight
	var s [4]float64
	for ; len(y) >= 4; y = y[4:] {
		for i, v := range (*[4]float64)(y) {
			s[i] += (v - m.Mean) * (v - m.Mean)
		}
	}
	for i, v := range y {
		s[i] += (v - m.Mean) * (v - m.Mean)
	}
	m.Variation = (s[0] + s[2]) + (s[1] + s[3])
	return m
}

// WeightedMomentsOf are the moments of outputs with weights.
func WeightedMomentsOf(y, weights []float64) Moments {
	m := Moments{Count: len(y), Weight: numeric.Sum(weights)}
	if m.Count == 0 {
		return Moments{}
	}
	m.Mean = numeric.Dot(weights, y) / m.Weight
	for i, v := range y {
		m.Variation += weights[i] * (v - m.Mean) * (v - m.Mean)
	}
	return m
}
