package diagnose

import (
	"fmt"
	"math"
)

// A test fails if its value exceeds what matters and what noise makes likely. The
// values that matter change standard errors by a few per cent.
const (
	matteringCorrelation = 0.03
	matteringBlocks      = 0.03 // difference of correlations
	matteringRatio       = 1.3  // of variances
	matteringFieldRatio  = 1.25 // of RMS
	matteringEdgeRatio   = 1.5  // of RMS

	// Deviations that noise exceeds in 0.1 % of cases or fewer.
	oneDeviation   = 4.0
	fieldDeviation = 6.5 // of the range of 16 numbers
	phaseDeviation = 5.0 // of the sum of two largest of eight

	endShare     = 0.1 // of the outputs, at either end of the brightness
	leastWindows = 30  // of a mean of squares
	leastField   = 50  // of a cell
	leastMaxima  = 10  // equal outputs
	moreMaxima   = 10  // times as many equal outputs as of each value below
)

// tests returns the tests for a fit of so many unknowns.
func (s *sums) tests(unknowns float64, o Options) []Test {
	if s.all.second == 0 {
		return nil
	}
	var list []Test
	for _, f := range []func(float64, Options) *Test{s.border, s.correlation, s.blocks, s.brightness, s.uneven, s.plateau} {
		if t := f(unknowns, o); t != nil {
			if t.Passed = !(t.Value > t.Threshold); t.Passed {
				t.Remedy, t.Finding = "", ""
			}
			list = append(list, *t)
		}
	}
	return list
}

// lagOne returns the correlations of neighbours in rows and in columns, and their
// standard deviations if the residuals are independent.
func (s *sums) lagOne() (value, deviation [2]float64) {
	for d, list := range [][period]products{s.along, s.down} {
		var p products
		for _, q := range list {
			p.add(q)
		}
		if p.n == 0 {
			continue
		}
		mean, variance := p.mean()
		value[d], deviation[d] = mean/s.all.mean(), math.Sqrt(variance)/s.all.mean()
	}
	return value, deviation
}

// inflation is the factor by which correlated residuals widen the variance of a mean of
// squares: Σρ² over all lags, for correlations that decay exponentially.
func (s *sums) inflation() float64 {
	f := 1.0
	rho, _ := s.lagOne()
	for _, r := range rho {
		r = math.Min(r*r, 0.98)
		f *= (1 + r) / (1 - r)
	}
	return f
}

// correlation tests neighbours. A fit of p unknowns makes residuals of N windows
// correlate by up to p/N.
func (s *sums) correlation(unknowns float64, o Options) *Test {
	if o.NoisyX {
		return nil
	}
	rho, deviation := s.lagOne()
	value := math.Max(math.Abs(rho[0]), math.Abs(rho[1]))
	threshold := math.Max(matteringCorrelation, oneDeviation*math.Max(deviation[0], deviation[1])) + unknowns/s.all.n
	if threshold >= 1 {
		return nil
	}
	return &Test{
		Name: Correlation, Value: value, Threshold: threshold,
		Finding: fmt.Sprintf("neighbouring residuals are correlated (%.2f along rows, %.2f along columns)", rho[0], rho[1]),
		Remedy:  "try a larger --kernel-size or --background; --errors sandwich gives errors for correlated noise",
	}
}

// blocks tests whether neighbours correlate less across one column in eight, and one row
// in eight, than elsewhere.
func (s *sums) blocks(float64, Options) *Test {
	value, variance := 0.0, 0.0
	for _, list := range [][period]products{s.along, s.down} {
		var all products
		for _, p := range list {
			all.add(p)
		}
		best, v := math.Inf(-1), 0.0
		for _, at := range list {
			rest := all.less(at)
			if at.n < leastWindows {
				return nil
			}
			m, vm := at.mean()
			r, vr := rest.mean()
			if d := (r - m) / s.all.mean(); d > best {
				best, v = d, (vm+vr)/(s.all.mean()*s.all.mean())
			}
		}
		value, variance = value+best/2, variance+v/4
	}
	return &Test{
		Name: JPEG, Value: value, Threshold: math.Max(matteringBlocks, phaseDeviation*math.Sqrt(variance*s.inflation())),
		Finding: "residuals change at the borders of 8x8 blocks, so Y was probably compressed as JPEG",
		Remedy:  "use an uncompressed Y; the loss of JPEG follows the picture, and --errors auto allows for it",
	}
}

// brightness compares the variance of the brightest tenth with that of the darkest.
func (s *sums) brightness(_ float64, o Options) *Test {
	dark, bright, ok := s.levels.ends(endShare)
	if !ok || math.Min(dark.n, bright.n) < leastWindows || dark.second == 0 || bright.second == 0 {
		return nil
	}
	ratio := bright.mean() / dark.mean()
	deviation := math.Sqrt(s.inflation() * (dark.logVariance() + bright.logVariance()))
	t := &Test{Name: Brightness, Value: math.Max(ratio, 1/ratio), Threshold: math.Max(matteringRatio, math.Exp(oneDeviation*deviation))}
	t.Finding = fmt.Sprintf("the variance of the residuals is %.3g times larger where Y is bright than where it is dark", ratio)
	if ratio < 1 {
		t.Finding = fmt.Sprintf("the variance of the residuals is %.3g times larger where Y is dark than where it is bright", 1/ratio)
	}
	if t.Remedy = "give the variance of each output with --variance, as for photon noise"; o.Weighted {
		t.Remedy = "check the variances or weights"
	}
	return t
}

// uneven compares the RMS in the cells of a grid.
func (s *sums) uneven(_ float64, o Options) *Test {
	least, most, variance := math.Inf(1), 0.0, 0.0
	for i := range s.field {
		c := &s.field[i]
		if c.n < leastField || c.second == 0 {
			return nil
		}
		least, most = math.Min(least, c.mean()), math.Max(most, c.mean())
		variance += c.logVariance() / float64(len(s.field))
	}
	ratio := math.Sqrt(most / least)
	t := &Test{
		Name: Field, Value: ratio, Threshold: math.Max(matteringFieldRatio, math.Exp(fieldDeviation/2*math.Sqrt(s.inflation()*variance))),
		Finding: fmt.Sprintf("residuals depend on the place: the RMS in a 4x4 grid of the field differs by a factor of %.3g", ratio),
		Remedy:  "if the noise differs, give --variance; if the level drifts, --background; if the kernel varies, fit parts of the field",
	}
	if o.Vary {
		t.Remedy = "if the kernel varies over the field, give --vary 1; if the noise differs, --variance; if the level drifts, --background"
	}
	return t
}

// border compares the RMS of outputs that depend on padding with that beside them.
func (s *sums) border(float64, Options) *Test {
	if s.edge.n < leastWindows || s.beside.n < leastWindows || s.beside.second == 0 || s.edge.second == 0 {
		return nil
	}
	ratio := math.Sqrt(s.edge.mean() / s.beside.mean())
	deviation := math.Sqrt(s.inflation()*(s.edge.logVariance()+s.beside.logVariance())) / 2
	return &Test{
		Name: Border, Value: ratio, Threshold: math.Max(matteringEdgeRatio, math.Exp(oneDeviation*deviation)),
		Finding: fmt.Sprintf("the residuals along the border are %.3g times those beside it, so Y was probably made with another border", ratio),
		Remedy:  "try another --border, or --detect, which finds it",
	}
}

// plateau tests whether the largest output occurs far more often than those below it.
func (s *sums) plateau(float64, Options) *Test {
	m := &s.maxima
	if m.n < topValues {
		return nil
	}
	below := (m.counts[1] + m.counts[2] + m.counts[3]) / 3
	return &Test{
		Name: Plateau, Value: m.counts[0] / s.all.n, Threshold: math.Max(leastMaxima, moreMaxima*below) / s.all.n,
		Finding: fmt.Sprintf("%.0f outputs have the largest value, so Y was probably clipped", m.counts[0]),
		Remedy:  "exclude them with --saturation",
	}
}
