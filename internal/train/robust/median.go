package robust

import (
	"math"
	"sync"
)

// medianFinder finds the median of positive numbers that are read repeatedly, nearly
// the same each time, without storing them. The median is the mean of the two numbers
// in the middle. Each has a follower, since few numbers may leave a gap between them.
type medianFinder struct {
	mu     sync.Mutex
	middle [2]follower
	median float64
}

// follower finds the number of one rank. The first reading counts numbers by their
// leading bits, later ones in narrow bins around the last value. The bins narrow as the
// value converges.
type follower struct {
	total tally
	last  float64
	width float64 // of all bins together, as a share of last; 0: leading bits
	// inside: the last value lay in the bins.
	inside bool
}

const (
	// Leading bits: the exponent and 8 bits of the mantissa.
	leadingShift = 44
	leadingBins  = 1 << (63 - leadingShift)
	narrowBins   = 1 << 12
	firstWidth   = 0.05
	leastWidth   = 1e-9
)

// tally counts numbers by bin. It belongs to one goroutine.
type tally struct {
	low, step float64 // step 0: leading bits
	width     float64 // no less than that of all bins
	n, below  int
	bins      []int
}

func (m *medianFinder) begin() {
	for i := range m.middle {
		f := &m.middle[i]
		f.total = tally{bins: make([]int, leadingBins)}
		if f.width > 0 {
			f.total = tally{low: f.last * (1 - f.width/2), step: f.last * f.width / narrowBins, width: 1.001 * f.last * f.width, bins: make([]int, narrowBins)}
		}
	}
}

// tally returns empty ones with the bins of this reading.
func (m *medianFinder) tally() (t [2]tally) {
	for i, f := range m.middle {
		t[i] = tally{low: f.total.low, step: f.total.step, width: f.total.width, bins: make([]int, len(f.total.bins))}
	}
	return t
}

// merge adds the counts of one goroutine; their order does not matter.
func (m *medianFinder) merge(t *[2]tally) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range t {
		total := &m.middle[i].total
		total.n += t[i].n
		total.below += t[i].below
		for b, n := range t[i].bins {
			total.bins[b] += n
		}
	}
}

// end finds the median; 0 if there were no numbers.
func (m *medianFinder) end() {
	n := m.middle[0].total.n
	if n == 0 {
		m.median = 0
		return
	}
	m.median = (m.middle[0].end((n-1)/2) + m.middle[1].end(n/2)) / 2
}

// last returns the standard deviation that the last median implies.
func (m *medianFinder) last() float64 { return m.median / MADShare }

// sharp reports whether the last median was found in bins narrower than 1e-9 of it.
func (m *medianFinder) sharp() bool {
	for _, f := range m.middle {
		if !f.inside || f.total.step == 0 || f.total.step > 1e-9*f.last {
			return false
		}
	}
	return true
}

// end returns number k in order. If it lies outside the bins, it returns their nearest
// end, and the next reading has wider bins. Else the next bins are as wide as the value
// still moves, on both sides.
func (f *follower) end(k int) float64 {
	v, inside := f.total.at(k)
	f.inside = inside
	moved := math.Abs(v-f.last) / f.last
	f.last = v
	switch {
	case f.width == 0:
		f.width = firstWidth
	case inside:
		f.width = min(max(8*moved, f.width/64, leastWidth), firstWidth)
	case f.width >= 1:
		f.width = 0
	default:
		f.width = min(f.width*64, 1)
	}
	return v
}

// countRow counts the sizes of the numbers of a row that are used and not zero.
func (t *tally) countRow(row []float64, used []bool) {
	if t.step == 0 {
		for i, v := range row {
			if v != 0 && used[i] {
				t.n++
				t.bins[math.Float64bits(math.Abs(v))>>leadingShift]++
			}
		}
		return
	}
	// Bits of positive numbers are ordered as the numbers are, and most lie outside of
	// narrow bins: those cost no branch that goes either way.
	low := int64(math.Float64bits(t.low))
	reach := uint64(int64(math.Float64bits(t.low+t.width)) - low)
	n, below := 0, uint64(0)
	for i, v := range row {
		if v == 0 || !used[i] {
			continue
		}
		n++
		from := int64(math.Float64bits(v)&^(1<<63)) - low
		below += uint64(from) >> 63
		if uint64(from) <= reach {
			if i := (math.Abs(v) - t.low) / t.step; i < float64(len(t.bins)) {
				t.bins[int(i)]++
			}
		}
	}
	t.n, t.below = t.n+n, t.below+int(below)
}

// at returns number k in order, to within its bin.
func (t *tally) at(k int) (v float64, inside bool) {
	if k -= t.below; k < 0 {
		return t.low, false
	}
	for i, n := range t.bins {
		if k >= n {
			k -= n
			continue
		}
		share := (float64(k) + 0.5) / float64(n)
		if t.step > 0 {
			return t.low + (float64(i)+share)*t.step, true
		}
		from := math.Float64frombits(uint64(i) << leadingShift)
		to := math.Float64frombits(uint64(i+1) << leadingShift)
		return from + share*(to-from), true
	}
	return t.low + t.step*float64(len(t.bins)), false
}
