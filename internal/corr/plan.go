package corr

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/tensor"
)

// Method is a way to compute a correlation.
type Method int

const (
	// Auto lets the plan choose.
	Auto Method = iota
	// Direct sums the taps of each output.
	Direct
	// Separable runs pairs of one-dimensional passes.
	Separable
	// Fourier multiplies spectra, tile by tile.
	Fourier
)

// MethodNames are the words that ParseMethod knows.
func MethodNames() []string { return []string{"auto", "direct", "separable", "fourier"} }

// ParseMethod reads a name.
func ParseMethod(s string) (Method, error) {
	i := slices.Index(MethodNames(), strings.ToLower(s))
	if i < 0 {
		return Auto, fmt.Errorf("%q is no method: choose %s", s, strings.Join(MethodNames(), ", "))
	}
	return Method(i), nil
}

// String gives the name.
func (m Method) String() string { return MethodNames()[m] }

// Config is how a plan is carried out; it changes no result beyond rounding.
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
	method  method[T]
	rows    int // output rows in a band
}

// method computes bands.
type method[T tensor.Float] interface {
	// correlate computes rows output rows of the channels o, o+1, … into the
	// views dst, from the padded rows of the plane they come from or, for a
	// kernel that mixes channels, of all planes of the image.
	correlate(dst []view[T], o, rows int, in []view[T])
}

// NewPlan checks a correlation of images of one shape with a kernel and
// chooses how to compute it.
func NewPlan[T tensor.Float](in tensor.Shape, k tensor.Kernel, o Options, c Config) (*Plan[T], error) {
	g, err := NewGeometry(in.H, in.W, Size{k.H, k.W}, o)
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
	p := &Plan[T]{in: in, out: out, g: g, k: k, threads: c.Threads, method: newDirect[T](k, g)}
	if p.threads <= 0 {
		p.threads = runtime.GOMAXPROCS(0)
	}
	p.rows = p.bandRows()
	return p, nil
}

// Out is the shape of the result.
func (p *Plan[T]) Out() tensor.Shape { return p.out }

// Geometry is the resolved geometry.
func (p *Plan[T]) Geometry() Geometry { return p.g }

// bandElements is how many padded input elements a band aims at: 256 KiB of
// float32, so that a band with its result stays in a core's second cache.
const bandElements = 1 << 16

// bandRows is the number of output rows in a band: as many as fit the cache,
// and enough that rows shared with the next band do not dominate.
func (p *Plan[T]) bandRows() int {
	planes := 1
	if p.k.Mixes {
		planes = p.k.In
	}
	rows := bandElements / (p.g.PadW() * planes * p.g.Stride.H)
	rows = max(rows, 2*p.g.Reach().H/p.g.Stride.H, 1)
	// Every thread gets a few bands, so that none waits long for the last.
	rows = min(rows, max(1, p.g.OutH/(4*p.threads)))
	return max(rows, 1)
}

// Describe says in one line how the correlation is computed.
func (p *Plan[T]) Describe() string {
	var t T
	return fmt.Sprintf("direct, %s, %v image, %v kernel, bands of %d rows, %d threads", typeName(t), p.in, p.k, p.rows, p.threads)
}

func typeName[T tensor.Float](t T) string { return fmt.Sprintf("%T", t) }
