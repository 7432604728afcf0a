package match

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// worker is the memory of one goroutine.
type worker[T tensor.Float] struct {
	p      *Plan[T]
	out    *tensor.Dense[T]
	planes *planeSums
	reader *corr.Reader[T]
	raw    [][]T // of each channel, the padded rows that a band sees
	single *stage[float32]
	double *stage[float64]
	total  []float64 // of a row, a sum over channels
}

func newWorker[T tensor.Float](p *Plan[T], src tensor.Source[T], out *tensor.Dense[T], planes *planeSums) *worker[T] {
	return &worker[T]{p: p, out: out, planes: planes, reader: corr.NewReader(src, p.g), raw: make([][]T, p.t.c),
		single: newStage[float32](p.t, p.side, p.blocks), double: newStage[float64](p.t, p.side, p.blocks)}
}

// band computes the output rows from y on, unit by unit.
func (w *worker[T]) band(y int) error {
	g, rows := w.p.g, min(w.p.rows, w.p.g.OutH-y)
	for c := range w.raw {
		w.raw[c] = tensor.Grow(w.raw[c], (rows+w.p.t.h-1)*g.PadW())
		for r := range rows + w.p.t.h - 1 {
			if err := w.reader.Row(c, y+r, w.raw[c][r*g.PadW():]); err != nil {
				return err
			}
		}
	}
	for x := 0; x < g.OutW; x += w.p.cols {
		w.unit(unit{y: y, x: x, rows: rows, cols: min(w.p.cols, g.OutW-x)})
	}
	return nil
}

// unit computes one unit at the first level that is accurate enough for it.
func (w *worker[T]) unit(u unit) {
	v := w.look(u)
	for _, l := range w.p.levels(v) {
		var ok bool
		if l.single {
			ok = attempt(w, w.single, w.p.single, u, v, l)
		} else {
			ok = attempt(w, w.double, w.p.double, u, v, l)
		}
		if ok {
			break
		}
	}
	if !v.finite {
		out, stride := w.window(u)
		holes(out, stride, w.raw, w.p.g.PadW(), u, w.p.t, w.p.directly().ones)
	}
}

// window is the memory of a unit's scores.
func (w *worker[T]) window(u unit) (out []T, stride int) {
	return w.out.Data[u.y*w.p.g.OutW+u.x:], w.p.g.OutW
}

// view is what is known of the values that a unit sees.
type view struct {
	centre        float64 // about their mean
	finite, whole bool
	largest       float64 // absolute value, of whole numbers
}

// exact reports whether sums, taken so many times, are whole numbers so small that
// what spectra in float64 add to them rounds away.
func (v view) exact(t *Template, times float64) bool {
	return v.whole && t.whole && max(4*v.largest*v.largest*t.n*float64(t.c), t.energy)*times < 1<<42
}

// look finds the centre from every fourth row, and rounds it where all values
// are whole numbers so that what is left of them is so too.
func (w *worker[T]) look(u unit) view {
	rows, cols, stride := u.rows+w.p.t.h-1, u.cols+w.p.t.w-1, w.p.g.PadW()
	v := view{finite: true, whole: true}
	sum, n, largest := 0.0, 0, T(w.p.o.Whole)
	for _, x := range w.raw {
		v.finite = v.finite && vec.Finite(x[u.x:], stride, rows, cols)
		for y := range rows {
			row := x[y*stride+u.x:][:cols]
			if w.p.o.Whole == 0 {
				v.whole = v.whole && allWhole(row)
				largest = max(largest, largestOf(row))
			}
			if y%4 == 0 {
				s, k := finiteSum(row)
				sum, n = sum+s, n+k
			}
		}
	}
	if n > 0 {
		v.centre = sum / float64(n)
	}
	if v.whole = v.whole && v.finite && 4*float64(largest)*float64(largest)*w.p.t.n < 1<<53; v.whole {
		v.centre, v.largest = math.Round(v.centre), float64(largest)
	}
	if w.planes != nil {
		v.centre = w.planes.centre
	}
	return v
}

// largestOf is the largest absolute value, or infinite beside what is not finite.
func largestOf[T tensor.Float](row []T) T {
	var largest T
	for _, f := range row {
		if f < 0 {
			f = -f
		}
		if !(f <= largest) {
			largest = f
		}
	}
	return largest
}

// finiteSum sums up the elements that are finite, and counts them.
func finiteSum[T tensor.Float](row []T) (sum float64, n int) {
	var s [4]float64
	for i, f := range row {
		if f-f == 0 {
			s[i%4] += float64(f)
			n++
		}
	}
	return s[0] + s[1] + s[2] + s[3], n
}

// attempt computes a unit and reports whether its scores are as accurate as the
// level promises.
func attempt[T, N tensor.Float](w *worker[T], s *stage[N], f func() *filters[N], u unit, v view, l level) bool {
	fill(s, w.raw, w.p.g.PadW(), u, v.centre, v.finite)
	switch double, _ := any(s).(*stage[float64]); {
	case l.direct:
		directly(double, w.p.directly(), u)
	case w.planes != nil:
		w.planes.copyTo(double, u)
	default:
		s.spectra(f(), u)
	}
	list := make([]moments, w.p.t.c)
	for c := range list {
		list[c] = momentsOf(w, s, c, u, v, l)
	}
	out, stride := w.window(u)
	e := &evidence{t: w.p.t, score: w.p.o.Score, level: l, whole: v.whole && !w.p.t.soft, roundoff: tensor.Roundoff[N](), least: inf, parts: math.Sqrt(float64(max(1, len(s.blocks))))}
	times := 1.0
	if w.p.o.Score == NCC {
		times = w.p.t.n
	}
	e.exact = v.exact(w.p.t, times) && e.roundoff == tensor.Roundoff[float64]()
	for r := range u.rows {
		scoreRow(out[r*stride:][:u.cols], s.cross[r*u.cols:], list, r, v, w.p, &w.total, e)
	}
	return l.last || e.trusted(list)
}

// momentsOf chooses how the moments of a channel are computed.
func momentsOf[T, N tensor.Float](w *worker[T], s *stage[N], c int, u unit, v view, l level) moments {
	t := w.p.t
	if t.mask != nil {
		return maskedMoments(w, any(s).(*stage[float64]), c, u, v, l)
	}
	if l.careful && !v.whole {
		return newPairwise(s.x[c], s.stride, u.rows+t.h-1, u.cols+t.w-1, t.h, t.w)
	}
	s.running[c].begin(s.x[c], s.stride, u.cols+t.w-1, t.h, t.w)
	return &s.running[c]
}
