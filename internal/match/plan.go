package match

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/fft"
	corrmethod "github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/memory"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// Plan is a template made ready for images of one shape, in arithmetic T: with
// float32, scores err by about 1e-6 at most; with float64, by rounding.
type Plan[T tensor.Float] struct {
	t       *Template
	o       Options
	g       corr.Geometry
	in      tensor.Shape
	threads int

	method     method
	side       int // of the tiles of spectra
	blocks     []block
	rows, cols int // outputs in a unit

	single   func() *filters[float32]
	double   func() *filters[float64]
	directly func() *loops
}

// method is how the sums of products are computed.
type method int

const (
	direct method = iota // every product
	tiles                // package fft's tiles
	planes               // package spectrum's, as large as it takes
)

// NewPlan checks an image's shape against a template and chooses how to match.
func NewPlan[T tensor.Float](in tensor.Shape, t *Template, o Options, threads int) (*Plan[T], error) {
	g, err := o.geometry(in, t)
	if err != nil {
		return nil, err
	}
	p := &Plan[T]{t: t, o: o, g: g, in: in, threads: schedule.Workers(threads)}
	p.choose()
	p.single = sync.OnceValue(func() *filters[float32] { return newFilters[float32](t, p.side, p.blocks) })
	p.double = sync.OnceValue(func() *filters[float64] { return newFilters[float64](t, p.side, p.blocks) })
	p.directly = sync.OnceValue(func() *loops { return newLoops(t) })
	return p, nil
}

// planeCost is what an element takes in a transform of package spectrum, in
// nanoseconds on one core of the kind that package corr's costs are of.
const planeCost = 55

// mostBlocks is how many parts a template has along each axis, at most: with
// more, package spectrum's tiles are quicker.
const mostBlocks = 8

// choose picks the method that is expected to take the least time.
func (p *Plan[T]) choose() {
	least := corrmethod.Expect[T](p.Out(), p.g).Direct
	p.method = direct
	p.rows, p.cols = min(128, p.g.OutH), min(256, p.g.OutW)
	for down := 1; down <= min(mostBlocks, p.t.h); down++ {
		for across := 1; across <= min(mostBlocks, p.t.w); across++ {
			g := p.g
			g.KH, g.KW = ceil(p.t.h, down), ceil(p.t.w, across)
			if e := corrmethod.Expect[T](p.Out(), g); e.Fourier*float64(down*across) < least {
				least = e.Fourier * float64(down*across)
				p.useTiles(e.Side, down, across)
			}
		}
	}
	h, w := p.tileSize()
	down, across := ceil(p.g.OutH, h-p.t.h+1), ceil(p.g.OutW, w-p.t.w+1)
	// One transform of the template, and two of each pair of tiles.
	if transforms := 1 + 2*ceil(down*across, 2); float64(transforms*h*w)*planeCost < least {
		p.method = planes
		p.rows, p.cols = min(max(128, p.t.h/2), p.g.OutH), min(max(256, p.t.w/2), p.g.OutW)
	}
}

// useTiles sets the method to tiles of some side, for a template in down x across
// blocks.
func (p *Plan[T]) useTiles(side, down, across int) {
	p.method, p.side, p.blocks = tiles, side, cutInto(p.t, down, across)
	p.rows = min(fft.Valid(side, p.blocks[0].h), p.g.OutH)
	p.cols = min(2*fft.Step(side, p.blocks[0].w), p.g.OutW)
}

func ceil(a, b int) int { return (a + b - 1) / b }

// Out is the shape of the scores.
func (p *Plan[T]) Out() tensor.Shape { return tensor.Shape{N: 1, C: 1, H: p.g.OutH, W: p.g.OutW} }

// Describe says in one line how the scores are computed.
func (p *Plan[T]) Describe() string {
	how := "direct"
	switch p.method {
	case tiles:
		how = fmt.Sprintf("fourier (tiles of %dx%d, %s)", p.side, p.side, vec.Name())
		if len(p.blocks) > 1 {
			how = fmt.Sprintf("fourier (%d blocks, tiles of %dx%d, %s)", len(p.blocks), p.side, p.side, vec.Name())
		}
	case planes:
		h, w := p.tileSize()
		how = fmt.Sprintf("fourier (planes of %dx%d)", h, w)
	}
	var z T
	return fmt.Sprintf("%v, %s, %T, %v image, %dx%d template, %d threads", p.o.Score, how, z, p.in, p.t.h, p.t.w, p.threads)
}

// Run computes the scores. The result does not depend on the threads. A
// cancelled context or the first error ends it.
func (p *Plan[T]) Run(ctx context.Context, src tensor.Source[T]) (*tensor.Dense[T], error) {
	if err := memory.Need(p.bytes(), "scoring %v places", p.Out()); err != nil {
		return nil, err
	}
	out := tensor.NewDense[T](p.Out())
	var sums *planeSums
	if p.method == planes {
		var err error
		if sums, err = p.planes(ctx, src); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bands := ceil(p.g.OutH, p.rows)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(p.threads, bands) {
		all.Go(func() {
			w := newWorker(p, src, out, sums)
			for b := int(next.Add(1)) - 1; b < bands; b = int(next.Add(1)) - 1 {
				err := context.Cause(ctx)
				if err == nil {
					err = w.band(b * p.rows)
				}
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	all.Wait()
	return out, context.Cause(ctx)
}

var inf = math.Inf(1)

// bytes is the memory of the scores and, where planes are transformed whole, of
// the sums beside them and two spectra.
func (p *Plan[T]) bytes() int64 {
	perPlace, n := int(unsafe.Sizeof(T(0))), memory.Times(p.Out().N, p.Out().C, p.Out().H, p.Out().W)
	if p.method != planes {
		return memory.Times(int(n), perPlace)
	}
	h, w := p.tileSize()
	return memory.Times(int(n), perPlace+8) + memory.Times(h, w, 2, 16)
}
