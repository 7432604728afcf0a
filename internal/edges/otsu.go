package edges

// histogram counts values between lo and hi in bins of equal width.
type histogram struct {
	lo, hi float64
	edges  [otsuBins + 1]float64
	counts [otsuBins]int
}

// divide sets the edges of the bins.
func (h *histogram) divide() {
	step := (h.hi - h.lo) / otsuBins
	for i := range h.edges {
		h.edges[i] = h.lo + float64(float64(i)*step)
	}
	h.edges[otsuBins] = h.hi
}

// bin is the place of v: edges[bin] <= v < edges[bin+1], where the last bin holds
// hi too. The division may miss by one, which the edges put right.
func (h *histogram) bin(v float64) int {
	if h.hi <= h.lo {
		return 0
	}
	i := min(max(int((v-h.lo)*(otsuBins/(h.hi-h.lo))), 0), otsuBins-1)
	switch {
	case v < h.edges[i]:
		i--
	case v >= h.edges[i+1] && i < otsuBins-1:
		i++
	}
	return i
}

// otsu is the centre of the last bin of the lower class, where the two classes are
// chosen for the largest variance between them:
//
//	w1 w2 (mean1 - mean2)²
//
// (N. Otsu, 1979). Of equal ones it is the first. Where all values are the same,
// it is that value.
func (h *histogram) otsu() float64 {
	if h.hi <= h.lo {
		return h.hi
	}
	var centre [otsuBins]float64
	var upper, upperSum [otsuBins + 1]float64 // weight and sum of the bins from i on
	for i := otsuBins - 1; i >= 0; i-- {
		centre[i] = (h.edges[i] + h.edges[i+1]) / 2
		n := float64(h.counts[i])
		upper[i] = upper[i+1] + n
		upperSum[i] = upperSum[i+1] + float64(n*centre[i])
	}
	best, at := -1.0, 0
	lower, lowerSum := 0.0, 0.0
	for i := range otsuBins - 1 {
		n := float64(h.counts[i])
		lower += n
		lowerSum += float64(n * centre[i])
		d := lowerSum/lower - upperSum[i+1]/upper[i+1]
		if v := lower * upper[i+1] * (d * d); v > best {
			best, at = v, i
		}
	}
	return centre[at]
}
