package diagnose

import "math"

// squares has the sums over some residuals r.
type squares struct {
	n      float64
	second float64 // Σ r²
	fourth float64 // Σ r⁴
}

func (s *squares) count(r float64) {
	q := r * r
	s.n++
	s.second += q
	s.fourth += q * q
}

func (s *squares) add(o squares) {
	s.n += o.n
	s.second += o.second
	s.fourth += o.fourth
}

// weigh multiplies every r² by f.
func (s *squares) weigh(f float64) {
	s.second *= f
	s.fourth *= f * f
}

// mean returns the mean of r².
func (s *squares) mean() float64 { return s.second / s.n }

// logVariance returns the variance of log mean r², for independent residuals.
func (s *squares) logVariance() float64 {
	return math.Max(0, s.fourth*s.n/(s.second*s.second)-1) / s.n
}

// products has the sums over pairs of neighbouring residuals r and r'.
type products struct {
	n      float64
	sum    float64 // Σ r r'
	square float64 // Σ (r r')², the variance of sum if residuals are independent
}

func (p *products) count(v float64) {
	p.n++
	p.sum += v
	p.square += v * v
}

func (p *products) add(o products) {
	p.n += o.n
	p.sum += o.sum
	p.square += o.square
}

func (p *products) weigh(f float64) {
	p.sum *= f
	p.square *= f * f
}

// less returns the sums without those of o.
func (p products) less(o products) products {
	return products{p.n - o.n, p.sum - o.sum, p.square - o.square}
}

// mean returns the mean product, and the variance of that mean.
func (p *products) mean() (value, variance float64) {
	return p.sum / p.n, p.square / (p.n * p.n)
}
