package corr

import (
	"fmt"
	"strings"
	"sync"

	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/method"
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// Config is how a plan is carried out. The method changes no result beyond
// rounding, the number of threads changes none at all.
type Config struct {
	Method  Method
	Threads int // 0: one for each processor
}

// Plan is a correlation made ready: shapes checked, method chosen. It may be
// run many times and by many goroutines.
type Plan[T tensor.Float] struct {
	in, out tensor.Shape
	g       Geometry
	k       tensor.Kernel // as given
	threads int
	method  method.Implementation[T]
	rows    int       // output rows in a band
	idle    sync.Pool // workers between two runs

	expected float64 // time on one core, ns
}

// NewPlan checks a correlation of images of one shape with a kernel and
// chooses how to compute it.
func NewPlan[T tensor.Float](in tensor.Shape, k tensor.Kernel, o Options, c Config) (*Plan[T], error) {
	g, err := geometry.New(in.H, in.W, Size{H: k.H, W: k.W}, o)
	if err != nil {
		return nil, err
	}
	out, err := OutShape(in, k, g)
	if err != nil {
		return nil, err
	}
	if o.Convolve {
		k = k.Flip()
	}
	p := &Plan[T]{in: in, out: out, g: g, k: k, threads: schedule.Workers(c.Threads)}
	if p.method, p.expected, err = method.Choose[T](k, g, c.Method, out); err != nil {
		return nil, err
	}
	p.rows = p.bandRows()
	return p, nil
}

// Out is the shape of the result.
func (p *Plan[T]) Out() tensor.Shape { return p.out }

// In is the shape of the image.
func (p *Plan[T]) In() tensor.Shape { return p.in }

// Expected is the time that the correlation is expected to take on one core, in
// nanoseconds, by the cost model.
func (p *Plan[T]) Expected() float64 { return p.expected }

// Geometry is the resolved geometry.
func (p *Plan[T]) Geometry() Geometry { return p.g }

// aimedBytes is how much padded input a band aims at. Bands of 1 MiB make the
// rows that two of them read few; larger ones gain nothing (a 7x7 kernel on
// 4096 x 4096 float32, two threads: 4.7 ms with 256 KiB, 3.8 with 512 KiB, 3.7
// with 1 MiB, 3.9 with 2).
const aimedBytes = 1 << 20

// stripRows is the number of output rows that the loops compute together.
const stripRows = 4

// bandRows is the number of output rows in a band: what the method asks for,
// which must not depend on the threads where it looks at the values of a block
// as a whole, or as many as fit the cache.
func (p *Plan[T]) bandRows() int {
	if rows := p.method.Rows(); rows > 0 {
		return min(rows, p.g.OutH)
	}
	row := p.g.PadW() * p.g.Stride.H * tensor.ElementSize[T]() * p.inputPlanes()
	rows := max(aimedBytes/row, 2*p.g.Reach().H/p.g.Stride.H)
	// Every thread gets a few bands, so that none waits long for the last.
	rows = min(rows, p.g.OutH/(4*p.threads), p.g.MaxRows(rows, geometry.MaxBandBytes, tensor.ElementSize[T]()*p.inputPlanes()))
	if rows > stripRows {
		rows -= rows % stripRows // a strip of fewer rows costs as much
	}
	return max(1, rows)
}

// inputPlanes is how many planes of the image an output sees.
func (p *Plan[T]) inputPlanes() int {
	if p.k.Mixes {
		return p.k.In
	}
	return 1
}

// Method is the first word of the method's description: direct, separable or
// fourier.
func (p *Plan[T]) Method() string {
	name, _, _ := strings.Cut(p.method.Describe(), " ")
	return name
}

// Describe says in one line how the correlation is computed.
func (p *Plan[T]) Describe() string {
	return fmt.Sprintf("%s, float%d, %v image, %v kernel, bands of %d rows, %d threads, expected %.2g ms", p.method.Describe(), 8*tensor.ElementSize[T](), p.in, p.k, p.rows, p.threads, p.expected/float64(p.threads)/1e6)
}
