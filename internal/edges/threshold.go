package edges

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/convkit/convkit/internal/tensor"
)

// Threshold is a number, or Otsu's for each plane.
type Threshold struct {
	Otsu  bool
	Value float64
}

// ParseThreshold reads a number of at least 0, or "otsu".
func ParseThreshold(s string) (*Threshold, error) {
	if strings.EqualFold(strings.TrimSpace(s), "otsu") {
		return &Threshold{Otsu: true}, nil
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(v >= 0) || math.IsInf(v, 0) {
		return nil, fmt.Errorf("%q is not a threshold: write a number of at least 0, or otsu", s)
	}
	return &Threshold{Value: v}, nil
}

// thresholded is white where the absolute value of a plan's result is above a
// threshold, else 0; NaN stays NaN.
type thresholded[T tensor.Float] struct {
	Plan[T]
	by    Threshold
	white T
}

func (p *thresholded[T]) Describe() string {
	if p.by.Otsu {
		return "Otsu's threshold, " + p.Plan.Describe()
	}
	return fmt.Sprintf("threshold %g, %s", p.by.Value, p.Plan.Describe())
}

func (p *thresholded[T]) Run(ctx context.Context, src tensor.Source[T], sink tensor.Sink[T]) error {
	levels := make([]float64, p.Out().Planes())
	for i := range levels {
		levels[i] = p.by.Value
	}
	if p.by.Otsu {
		run := func(s tensor.Sink[T]) error { return p.whole().Run(ctx, src, s) }
		var err error
		if levels, err = otsuLevels(len(levels), run); err != nil {
			return err
		}
	}
	return p.Plan.Run(ctx, src, &bilevel[T]{sink, levels, p.white})
}

// whole is the plan that Otsu's threshold is taken of: before thinning, whose
// zeros would be most of the histogram.
func (p *thresholded[T]) whole() Plan[T] {
	if g, ok := p.Plan.(*gradient[T]); ok && g.thin {
		all := *g
		all.thin = false
		return &all
	}
	return p.Plan
}

// bilevel compares what goes into a sink with the level of its plane.
type bilevel[T tensor.Float] struct {
	tensor.Sink[T]
	levels []float64
	white  T
}

func (s *bilevel[T]) Put(b tensor.Band[T]) (func() error, error) {
	level := s.levels[b.P]
	for r := range b.Rows {
		row := b.Row(r)
		for i, v := range row {
			switch a := math.Abs(float64(v)); {
			case a > level:
				row[i] = s.white
			case a <= level:
				row[i] = 0
			}
		}
	}
	return s.Sink.Put(b)
}

// otsuBins is the number of bins from the smallest to the largest value: that of
// scikit-image's threshold_otsu.
const otsuBins = 256

// otsuLevels finds Otsu's threshold of the absolute values of each plane that run
// puts into a sink, in two runs: one for the extremes, one for the histogram.
func otsuLevels[T tensor.Float](planes int, run func(tensor.Sink[T]) error) ([]float64, error) {
	h := make([]histogram, planes)
	for i := range h {
		h[i].lo, h[i].hi = math.Inf(1), math.Inf(-1)
	}
	var mu sync.Mutex
	if err := run(observer[T](func(b tensor.Band[T]) {
		lo, hi := extremes(b)
		mu.Lock()
		defer mu.Unlock()
		h[b.P].lo, h[b.P].hi = min(h[b.P].lo, lo), max(h[b.P].hi, hi)
	})); err != nil {
		return nil, err
	}
	for i := range h {
		h[i].divide()
	}
	if err := run(observer[T](func(b tensor.Band[T]) {
		var counts [otsuBins]int
		for r := range b.Rows {
			for _, v := range b.Row(r) {
				if a := math.Abs(float64(v)); a-a == 0 {
					counts[h[b.P].bin(a)]++
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for i, n := range counts {
			h[b.P].counts[i] += n
		}
	})); err != nil {
		return nil, err
	}
	levels := make([]float64, planes)
	for i := range h {
		levels[i] = h[i].otsu()
	}
	return levels, nil
}

// observer is a sink that only looks.
type observer[T tensor.Float] func(tensor.Band[T])

func (observer[T]) Order() tensor.Order { return tensor.AnyOrder }

func (f observer[T]) Put(b tensor.Band[T]) (func() error, error) {
	f(b)
	return nil, nil
}

// extremes are the smallest and the largest finite absolute value of a band.
func extremes[T tensor.Float](b tensor.Band[T]) (lo, hi float64) {
	least, most := T(math.Inf(1)), T(math.Inf(-1))
	for r := range b.Rows {
		for _, v := range b.Row(r) {
			if v = max(v, -v); v-v == 0 {
				least, most = min(least, v), max(most, v)
			}
		}
	}
	return float64(least), float64(most)
}
