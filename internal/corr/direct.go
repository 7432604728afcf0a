package corr

import "github.com/convkit/convkit/internal/tensor"

// view is rows of numbers in memory: row i begins at data[i*stride].
type view[T tensor.Float] struct {
	data   []T
	stride int
}

// from returns the view whose row 0 is row i.
func (v view[T]) from(i int) view[T] { return view[T]{v.data[i*v.stride:], v.stride} }

// row returns the first n elements of row i.
func (v view[T]) row(i, n int) []T { return v.data[i*v.stride : i*v.stride+n] }

// direct computes a correlation by its definition. In the arithmetic T with
// unit roundoff u, the error of an output is at most n*u*Σ|x||k| over its
// n = In*kh*kw taps, to first order.
type direct[T tensor.Float] struct {
	g     Geometry
	taps  []T // Out x In x kh x kw, flipped already where asked
	bias  []T // one for each output channel
	in    int
	plane int // taps of one channel: kh*kw
}

var _ method[float64] = (*direct[float64])(nil)

func newDirect[T tensor.Float](k tensor.Kernel, g Geometry) *direct[T] {
	return &direct[T]{g: g, in: k.In, plane: k.H * k.W, taps: toT[T](k.Taps), bias: biases[T](k)}
}

// toT rounds numbers to the arithmetic.
func toT[T tensor.Float](s []float64) []T {
	t := make([]T, len(s))
	for i, v := range s {
		t[i] = T(v)
	}
	return t
}

// biases is the bias of each output channel.
func biases[T tensor.Float](k tensor.Kernel) []T {
	b := make([]T, k.Out)
	for o := range b {
		b[o] = T(k.BiasOf(o))
	}
	return b
}

func (d *direct[T]) Describe() string { return "direct" }

func (d *direct[T]) Rows() int { return 0 }

// NewWorker returns d itself, which needs no memory of its own.
func (d *direct[T]) NewWorker() bandWorker[T] { return d }

func (d *direct[T]) Correlate(dst []view[T], o, rows int, in []view[T]) {
	for j, out := range dst {
		for i, x := range in {
			taps := d.taps[((o+j)*d.in+i)*d.plane:][:d.plane]
			pass(out, x, rows, d.g.OutW, taps, d.g, i > 0)
		}
		addBias(out, rows, d.g.OutW, d.bias[o+j])
	}
}

// block computes rows x cols outputs of a plain kernel.
func (d *direct[T]) block(dst, src view[T], rows, cols int) {
	pass(dst, src, rows, cols, d.taps, d.g, false)
	addBias(dst, rows, cols, d.bias[0])
}

// pass computes rows x cols outputs of one plane with the kernel, stride and
// dilation of g, or adds them to what stands there.
func pass[T tensor.Float](dst, src view[T], rows, cols int, taps []T, g Geometry, add bool) {
	for r := range rows {
		y := dst.row(r, cols)
		if !add {
			clear(y)
		}
		for u := range g.KH {
			addTaps(y, src.from(r*g.Stride.H+u*g.Dilation.H).data, taps[u*g.KW:][:g.KW], g.Stride.W, g.Dilation.W)
		}
	}
}

func addBias[T tensor.Float](dst view[T], rows, cols int, b T) {
	if b == 0 {
		return
	}
	for r := range rows {
		y := dst.row(r, cols)
		for i := range y {
			y[i] += b
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
