package diagnose

import "math"

const (
	// levelBits is the number of leading bits of the mantissa that tell levels apart:
	// eight levels for each factor of two.
	levelBits = 3
	// octaves bounds the distance of a prediction from the mean, at 2^24 finest steps.
	octaves    = 24
	levelsSide = octaves << levelBits
	// levelsInDeviation is the number of finest steps in a standard deviation of Y:
	// the sky of a field of stars is far below one deviation of its pixels.
	levelsInDeviation = 1024
)

// levels has the squares of residuals by the predicted output. Levels are fine near
// the mean and coarse far from it.
type levels struct {
	mean, step float64 // of the outputs
	bins       []squares
}

func newLevels(mean, deviation float64) levels {
	return levels{mean, deviation / levelsInDeviation, make([]squares, 2*levelsSide)}
}

// bin returns the level of a prediction; it rises with the prediction.
func (l *levels) bin(prediction float64) int {
	d := (prediction - l.mean) / l.step
	i := int(math.Float64bits(math.Abs(d)+1)>>(52-levelBits)) - 1023<<levelBits
	i = min(max(i, 0), levelsSide-1) // NaN, too
	if d < 0 {
		return levelsSide - 1 - i
	}
	return levelsSide + i
}

func (l *levels) clear() { clear(l.bins) }

func (l *levels) add(o *levels) {
	for i := range l.bins {
		l.bins[i].add(o.bins[i])
	}
}

func (l *levels) weigh(f float64) {
	for i := range l.bins {
		l.bins[i].weigh(f)
	}
}

// ends returns the squares of the darkest and of the brightest share of the
// predictions. ok is false if one level has so many that the two are not apart.
func (l *levels) ends(share float64) (dark, bright squares, ok bool) {
	var n float64
	for i := range l.bins {
		n += l.bins[i].n
	}
	low, high := 0, len(l.bins)-1
	for ; low < len(l.bins) && dark.n < share*n; low++ {
		dark.add(l.bins[low])
	}
	for ; high >= 0 && bright.n < share*n; high-- {
		bright.add(l.bins[high])
	}
	return dark, bright, low <= high+1 && n > 0
}
