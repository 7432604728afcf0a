package diagnose

// topValues is the number of largest distinct outputs whose counts are kept.
const topValues = 16

// maxima has the largest distinct outputs, largest first, and how often each occurs.
type maxima struct {
	n      int
	values [topValues]float64
	counts [topValues]float64
}

func (m *maxima) count(v, times float64) {
	if m.n == topValues && v < m.values[topValues-1] {
		return // nearly all of them
	}
	i := 0
	for i < m.n && m.values[i] > v {
		i++
	}
	if i < m.n && m.values[i] == v {
		m.counts[i] += times
		return
	}
	if i == topValues {
		return
	}
	m.n = min(m.n+1, topValues)
	copy(m.values[i+1:], m.values[i:])
	copy(m.counts[i+1:], m.counts[i:])
	m.values[i], m.counts[i] = v, times
}

func (m *maxima) add(o *maxima) {
	for i := range o.n {
		m.count(o.values[i], o.counts[i])
	}
}
