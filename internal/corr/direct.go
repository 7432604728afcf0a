package corr

import "github.com/convkit/convkit/internal/tensor"

// view is rows of numbers in memory: row i begins at data[i*stride].
type view[T tensor.Float] struct {
	data   []T
	stride int
}

// from returns the view whose row 0 is row i.
func (v view[T]) from(i int) []T { return v.data[i*v.stride:] }

// direct computes a correlation by its definition, one output row at a time:
// each tap adds a multiple of an input row to it. It works everywhere and for
// every geometry. In the arithmetic T with unit roundoff u, the error of an
// output is at most n*u*Σ|x||k| over its n = In*kh*kw taps (to first order).
type direct[T tensor.Float] struct {
	g     Geometry
	taps  []T // Out x In x kh x kw, flipped already where asked
	bias  []T // one for each output channel
	in    int
	plane int // taps of one channel: kh*kw
}

var _ method[float64] = (*direct[float64])(nil)

func newDirect[T tensor.Float](k tensor.Kernel, g Geometry) *direct[T] {
	d := &direct[T]{g: g, in: k.In, plane: k.H * k.W, taps: make([]T, len(k.Taps)), bias: make([]T, k.Out)}
	for i, t := range k.Taps {
		d.taps[i] = T(t)
	}
	for o := range d.bias {
		d.bias[o] = T(k.BiasOf(o))
	}
	return d
}

func (d *direct[T]) correlate(dst []view[T], o, rows int, in []view[T]) {
	for j, out := range dst {
		for r := range rows {
			y := out.from(r)[:d.g.OutW]
			clear(y)
			for i, x := range in {
				taps := d.taps[((o+j)*d.in+i)*d.plane:][:d.plane]
				for u := range d.g.KH {
					addTaps(y, x.from(r*d.g.Stride.H+u*d.g.Dilation.H), taps[u*d.g.KW:][:d.g.KW], d.g.Stride.W, d.g.Dilation.W)
				}
			}
			if b := d.bias[o+j]; b != 0 {
				for i := range y {
					y[i] += b
				}
			}
		}
	}
}

// addTaps adds one kernel row: y[i] += Σ_v taps[v] * x[i*stride + v*dilation],
// v rising. Four taps share one pass, which halves the loads and stores.
func addTaps[T tensor.Float](y, x, taps []T, stride, dilation int) {
	for ; len(taps) >= 4 && stride == 1; taps, x = taps[4:], x[4*dilation:] {
		n := len(y)
		t0, t1, t2, t3 := taps[0], taps[1], taps[2], taps[3]
		x0, x1, x2, x3 := x[:n], x[dilation:][:n], x[2*dilation:][:n], x[3*dilation:][:n]
		for i := range y {
			y[i] = y[i] + t0*x0[i] + t1*x1[i] + t2*x2[i] + t3*x3[i]
		}
		if len(taps) == 4 {
			return
		}
	}
	for v, t := range taps {
		x := x[v*dilation:]
		if stride == 1 {
			x = x[:len(y)]
			for i := range y {
				y[i] += t * x[i]
			}
			continue
		}
		for i := range y {
			y[i] += t * x[i*stride]
		}
	}
}
