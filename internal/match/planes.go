package match

import (
	"context"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/spectrum"
	"github.com/convkit/convkit/internal/tensor"
)

// planeSums are the sums of products with a template too large for tiles, for
// all places: through spectra of large tiles, of which all threads compute one
// at a time. Two tiles travel as the real and the imaginary part of one.
type planeSums struct {
	out    tensor.Shape
	centre float64
	cross  []float64
	// With a mask, the sums of its values and of their squares in each channel.
	sums, squares [][]float64
}

func (s *planeSums) copyTo(d *stage[float64], u unit) {
	d.cross = tensor.Grow(d.cross, u.rows*u.cols)
	for r := range u.rows {
		copy(d.cross[r*u.cols:][:u.cols], s.cross[(u.y+r)*s.out.W+u.x:])
	}
}

// tileSize is the size of a large tile: some times the template's, where the
// image is larger than that.
func (p *Plan[T]) tileSize() (h, w int) {
	side := func(k, padded int) int { return spectrum.Size(min(padded, max(1024, 4*k))) }
	return side(p.t.h, p.g.PadH()), side(p.t.w, p.g.PadW())
}

// planes computes the sums.
func (p *Plan[T]) planes(ctx context.Context, src tensor.Source[T]) (*planeSums, error) {
	s := &planeSums{out: p.Out(), cross: make([]float64, p.Out().Len())}
	b := &bigTiles[T]{p: p, src: src, sums: s}
	b.h, b.w = p.tileSize()
	if err := b.findCentre(); err != nil {
		return nil, err
	}
	for c := range p.t.c {
		if err := b.correlate(ctx, s.cross, c, p.t.plane(c), func(v float64) float64 { return v }); err != nil {
			return nil, err
		}
		if p.t.mask == nil {
			continue
		}
		sum, square := make([]float64, len(s.cross)), make([]float64, len(s.cross))
		if err := b.correlate(ctx, sum, c, p.t.mask, func(v float64) float64 { return v }); err != nil {
			return nil, err
		}
		if err := b.correlate(ctx, square, c, p.t.mask, func(v float64) float64 { return v * v }); err != nil {
			return nil, err
		}
		s.sums, s.squares = append(s.sums, sum), append(s.squares, square)
	}
	return s, nil
}

// bigTiles is a pass over an image in large tiles.
type bigTiles[T tensor.Float] struct {
	p    *Plan[T]
	src  tensor.Source[T]
	sums *planeSums
	h, w int
}

// findCentre sets the centre to the mean of some rows, rounded so that whole
// numbers stay whole.
func (b *bigTiles[T]) findCentre() error {
	s := b.src.Shape()
	sum, n := 0.0, 0
	buf := make([]T, s.W)
	whole := true
	for c := range s.C {
		for y := 0; y < s.H; y += max(1, s.H/64) {
			row, err := b.src.Row(c, y, buf)
			if err != nil {
				return err
			}
			whole = whole && allWhole(row)
			for _, v := range row {
				if v-v == 0 {
					sum += float64(v)
					n++
				}
			}
		}
	}
	if n > 0 {
		b.sums.centre = sum / float64(n)
	}
	if whole {
		b.sums.centre = float64(int64(b.sums.centre))
	}
	return nil
}

// correlate adds the correlation of channel c, less the centre and mapped by f,
// with some taps to dst.
func (b *bigTiles[T]) correlate(ctx context.Context, dst []float64, c int, taps []float64, f func(float64) float64) error {
	t, out := b.p.t, b.p.Out()
	k := spectrum.New(b.h, b.w)
	for i, v := range taps {
		k.Data[i/t.w*b.w+i%t.w] = complex(v, 0)
	}
	k.Forward(b.p.threads)
	stepH, stepW := b.h-t.h+1, b.w-t.w+1
	down, across := ceil(out.H, stepH), ceil(out.W, stepW)
	scale := 1 / float64(b.h*b.w)
	x := spectrum.New(b.h, b.w)
	for i := 0; i < down*across; i += 2 {
		if err := ctx.Err(); err != nil {
			return err
		}
		clear(x.Data)
		for j := range min(2, down*across-i) {
			if err := b.load(x, j, c, (i+j)/across*stepH, (i+j)%across*stepW, f); err != nil {
				return err
			}
		}
		x.Forward(b.p.threads)
		for n, v := range k.Data {
			a, b := real(x.Data[n]), imag(x.Data[n])
			c, d := real(v)*scale, -imag(v)*scale
			x.Data[n] = complex(float64(a*c)-float64(b*d), float64(a*d)+float64(b*c))
		}
		x.Inverse(b.p.threads)
		for j := range min(2, down*across-i) {
			y0, x0 := (i+j)/across*stepH, (i+j)%across*stepW
			for y := range min(stepH, out.H-y0) {
				row := dst[(y0+y)*out.W+x0:][:min(stepW, out.W-x0)]
				for n, v := range x.Row(y)[:len(row)] {
					row[n] += [2]float64{real(v), imag(v)}[j]
				}
			}
		}
	}
	return nil
}

// load puts a tile into the real or the imaginary parts of x.
func (b *bigTiles[T]) load(x *spectrum.Plane, part, c, y0, x0 int, f func(float64) float64) error {
	g := b.p.g
	r := corr.NewReader(b.src, g)
	buf := make([]T, g.PadW())
	for y := range min(b.h, g.PadH()-y0) {
		if err := r.Row(c, y0+y, buf); err != nil {
			return err
		}
		row := x.Row(y)
		for i, v := range buf[x0:min(len(buf), x0+b.w)] {
			d := f(float64(v) - b.sums.centre)
			if v-v != 0 {
				d = 0
			}
			if part == 0 {
				row[i] += complex(d, 0)
			} else {
				row[i] += complex(0, d)
			}
		}
	}
	return nil
}
