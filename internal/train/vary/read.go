package vary

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/lagvec"
	"github.com/convkit/convkit/internal/train/numeric"
)

// bandRows is the number of output rows that are read together: the height of a cell.
const bandRows = 32

// band is some rows of outputs: what their windows see, y and the weights.
type band struct {
	*fit
	reader *corr.Reader[float64]
	polys  *legendre.Rows
	first  int       // row of outputs
	rows   int       // of outputs
	x      []float64 // padded rows, and one more that may be read
	y, w   []float64 // rows x OutW; weight 0: excluded
	bad    []bool    // of x: not finite
	counts train.Counts
}

func (f *fit) newBand() *band {
	degree := max(f.spec.Degree, f.spec.Background)
	height := bandRows + f.g.KH - 1
	return &band{
		fit: f, reader: corr.NewReader(f.pair.X, f.g), polys: legendre.NewRows(legendre.Field{Degree: degree, H: f.g.OutH, W: f.g.OutW}),
		x: make([]float64, (height+1)*f.g.PadW()+lagvec.Slack+1), bad: make([]bool, height*f.g.PadW()),
		y: make([]float64, bandRows*f.g.OutW), w: make([]float64, bandRows*f.g.OutW),
	}
}

// width is the distance of two padded rows.
func (b *band) width() int { return b.g.PadW() }

// load reads a band.
func (b *band) load(first int) error {
	b.first, b.rows, b.counts = first, min(bandRows, b.g.OutH-first), train.Counts{}
	anyBad := false
	for r := range b.rows + b.g.KH - 1 {
		row := b.x[r*b.width():][:b.width()]
		if err := b.reader.Row(0, first+r, row); err != nil {
			return err
		}
		for i := range row {
			row[i] -= b.centre
		}
		bad := b.bad[r*b.width():][:b.width()]
		clear(bad)
		if numeric.IsFinite(numeric.Sum(row)) {
			continue
		}
		for i, v := range row {
			if !numeric.IsFinite(v) {
				bad[i], row[i], anyBad = true, 0, true
			}
		}
	}
	for r := range b.rows {
		if err := b.loadRow(r, anyBad); err != nil {
			return err
		}
	}
	return nil
}

// loadRow reads y and the weights of a row.
func (b *band) loadRow(r int, anyBad bool) error {
	outW, p := b.g.OutW, b.pair
	y, w := b.y[r*outW:][:outW], b.w[r*outW:][:outW]
	row, err := p.Y.Row(0, b.first+r, y)
	if err != nil {
		return err
	}
	copy(y, row)
	for i := range w {
		w[i] = 1
	}
	if p.Weights != nil {
		if row, err = p.Weights.Row(0, b.first+r, w); err != nil {
			return err
		}
		copy(w, row)
	}
	if p.Weight != 0 && p.Weight != 1 {
		for i := range w {
			w[i] *= p.Weight
		}
	}
	var mask []float64
	if p.Mask != nil {
		if mask, err = p.Mask.Row(0, b.first+r, make([]float64, outW)); err != nil {
			return err
		}
	}
	for i, v := range y {
		switch weight := w[i]; {
		case weight < 0:
			return fmt.Errorf("output %d,%d has a negative weight or variance: give numbers from 0 on (0 excludes)", b.first+r, i)
		case !numeric.IsFinite(v) || anyBad && !p.ExcludesX() && b.seesBad(r, i):
			b.counts.NotFinite++
		case weight == 0 || !numeric.IsFinite(weight):
			b.counts.NoWeight++
		case mask != nil && (mask[i] == 0 || mask[i] != mask[i]):
			b.counts.Masked++
			if mask[i] != mask[i] {
				b.counts.MaskNaN++
			}
		case p.Range != nil && (v <= p.Range.Low || v >= p.Range.High):
			b.counts.Saturated++
		case anyBad && p.ExcludesX() && b.seesBad(r, i):
			b.counts.SeeExcluded++
		default:
			b.counts.Used++
			continue
		}
		w[i], y[i] = 0, 0
	}
	return nil
}

func (b *band) seesBad(r, x int) bool {
	for u := range b.g.KH {
		for v := range b.g.KW {
			if b.bad[(r+u)*b.width()+x+v] {
				return true
			}
		}
	}
	return false
}

// poly sets dst to a polynomial over the band.
func (b *band) poly(dst []float64, order [2]int) {
	for r := range b.rows {
		b.polys.Set(dst[r*b.g.OutW:][:b.g.OutW], order, b.first+r)
	}
}

// scan reads all bands on several threads: work turns a band into a part of the result,
// and take gets the parts in order, so that no result depends on the threads.
func scan[P any](ctx context.Context, f *fit, start func() func(b *band) P, take func(b *band, part P)) error {
	threads := f.spec.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	bands := (f.g.OutH + bandRows - 1) / bandRows
	threads = min(threads, bands)
	f.readings++
	list, works := make([]*band, threads), make([]func(b *band) P, threads)
	for i := range list {
		list[i], works[i] = f.newBand(), start()
	}
	for first := 0; first < bands; first += threads {
		if err := ctx.Err(); err != nil {
			return err
		}
		now := min(threads, bands-first)
		parts, errs := make([]P, now), make([]error, now)
		var wait sync.WaitGroup
		for i := range now {
			wait.Go(func() {
				if errs[i] = list[i].load((first + i) * bandRows); errs[i] == nil {
					parts[i] = works[i](list[i])
				}
			})
		}
		wait.Wait()
		for i := range now {
			if errs[i] != nil {
				return errs[i]
			}
			take(list[i], parts[i])
		}
		if f.progress != nil {
			f.progress(first+now, bands)
		}
	}
	return nil
}

// middle is the median of the finite values of a few rows of X: the level on which
// sources stand.
func (f *fit) middle() (float64, error) {
	shape := f.pair.X.Shape()
	buf, list := make([]float64, shape.W), []float64(nil)
	for i := range sampledRows {
		row, err := f.pair.X.Row(0, (2*i+1)*shape.H/(2*sampledRows), buf)
		if err != nil {
			return 0, err
		}
		for _, v := range row {
			if numeric.IsFinite(v) {
				list = append(list, v)
			}
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	slices.Sort(list)
	return list[len(list)/2], nil
}

// sampledRows are enough for a level.
const sampledRows = 16
