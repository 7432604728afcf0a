package intervals

import (
	"context"
	"fmt"
	"math"

	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
)

// NotApplicableError says why a fit cannot be made by intervals.
type NotApplicableError struct{ Why string }

// Error returns the reason.
func (e *NotApplicableError) Error() string { return "no fit by intervals: " + e.Why }

// search is a fit in progress: one problem for each output channel.
type search struct {
	set      *accumulate.Set
	options  Options
	problems []*problem
}

// newSearch begins at the best fit.
func newSearch(set *accumulate.Set, o Options) (*search, error) {
	s := &search{set: set, options: o}
	if set.Layout().Spec.Units != (train.Units{}) {
		return nil, &NotApplicableError{"the values are too large or too small"}
	}
	best := set.Best()
	for c, w := range best {
		i, k := set.Layout().SystemOf(c)
		p, err := newProblem(&set.Systems()[i], k, w)
		if err != nil {
			return nil, err
		}
		p.slack = arithmetic + o.Slack
		s.problems = append(s.problems, p)
	}
	return s, nil
}

// scan reads the images for the windows that the current points violate most.
func (s *search) scan(ctx context.Context) ([]found, error) {
	origin := make([][]float64, len(s.problems))
	for i, p := range s.problems {
		origin[i] = p.unknowns()
	}
	w := &watcher{search: s, found: make([]found, len(s.problems))}
	if _, err := s.set.Scan(ctx, accumulate.Request{Origin: origin, Observer: w, LossOnly: true}); err != nil {
		return nil, err
	}
	return w.found, nil
}

// half returns half the distance between the values around an output, and which sides
// of its inequality hold: below is aᵀw ≤ y + half, above is aᵀw ≥ y − half.
func (o Options) half(y float64) (half float64, below, above bool) {
	below, above = true, true
	if c := o.Clip; c != nil {
		below, above = y < c.High, y > c.Low
	}
	if o.Step > 0 {
		return o.Step / 2, below, above
	}
	v := float32(math.Abs(y))
	return float64(math.Nextafter32(v, math.MaxFloat32)-v) / 2, below, above
}

// window is one output with the inequalities that it gives.
type window struct {
	key          key
	a            []float64 // what it sees: an element for each unknown
	residual     float64   // in half steps
	half         float64
	below, above bool // the sides that count, see Options.half
}

// key is the place of an output.
type key struct{ pair, plane, y, x int }

// found is what one reading says of one problem.
type found struct {
	windows  []window // the most violated ones of some rows
	count    int      // outputs that count
	clipped  int      // outputs that limit one side
	violated int      // outputs whose residual exceeds half a step
	largest  float64  // residual of those that are not left out, in half steps
	lengths  float64  // the largest half step
}

// newProblem whitens the unknowns w of one output channel: w = origin + V u, with the
// root mean square of aᵀVu over all windows equal to ‖u‖.
func newProblem(sys *normal.System, k int, w []float64) (*problem, error) {
	e := normal.Decompose(sys.N(), append([]float64(nil), sys.Matrix()...), 0)
	n, count := sys.N(), float64(sys.Outputs()[k].Moments.Count)
	_, loss := sys.About(k, w)
	p := &problem{n: n, origin: w, count: count, rms: math.Sqrt(math.Max(0, loss) / count), left: map[key]bool{}, known: map[key]bool{}}
	for i, v := range e.Values() {
		if v > 0 {
			p.scale = append(p.scale, i)
			p.roots = append(p.roots, math.Sqrt(count/v))
		}
	}
	p.eigen, p.r = e.Vectors(), len(p.scale)
	if p.r == 0 {
		return nil, &NotApplicableError{"X is zero in every window"}
	}
	if sys.Rank() > p.r {
		return nil, &NotApplicableError{fmt.Sprintf("%d combinations of taps are lost in the rounding of the sums", sys.Rank()-p.r)}
	}
	p.point = make([]float64, p.r)
	return p, nil
}
