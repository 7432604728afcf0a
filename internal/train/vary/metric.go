package vary

import (
	"context"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/legendre"
	"github.com/convkit/convkit/internal/train/gram"
	"github.com/convkit/convkit/internal/train/lagvec"
	"gonum.org/v1/gonum/floats"
)

// exactBelow is the number of products of the windows, one by one, up to which G is
// summed exactly: about two seconds of one thread.
const exactBelow = 2e10

// cellColumns is the width of a cell, of bandRows rows, at least.
const cellColumns = 32

// sumMetric sums G with the weights of the outputs.
func (f *fit) sumMetric(ctx context.Context) error {
	n := float64(f.unknowns)
	if float64(f.g.OutH*f.g.OutW)*n*n/2 <= exactBelow {
		return f.sumWindows(ctx)
	}
	return f.sumCells(ctx)
}

// sumWindows sums G of the design itself, row after row.
func (f *fit) sumWindows(ctx context.Context) error {
	n := f.unknowns
	f.raw = make([]float64, n*n)
	const room = 64
	stride := (n+lagvec.GramWidth-1)/lagvec.GramWidth*lagvec.GramWidth + lagvec.SingleRows
	err := scan(ctx, f, func() func(b *band) []float64 {
		a, poly, g := make([]float64, room*stride), make([]float64, bandRows*f.g.OutW), make([]float64, n*n)
		return func(b *band) []float64 {
			clear(g)
			values := make([][]float64, 0, len(f.orders)+len(f.more))
			for _, list := range [][][2]int{f.orders, f.more} {
				for _, order := range list {
					b.poly(poly, order)
					values = append(values, append([]float64(nil), poly[:b.rows*f.g.OutW]...))
				}
			}
			count := 0
			for i, w := range b.w[:b.rows*f.g.OutW] {
				if w == 0 {
					continue
				}
				f.design(a[count*stride:][:n], b, i, values, w)
				if count++; count == room {
					lagvec.AddGram(g, n, a, stride, count, 1)
					count = 0
				}
			}
			lagvec.AddGram(g, n, a, stride, count, 1)
			return g
		}
	}, func(_ *band, g []float64) { floats.Add(f.raw, g) })
	f.mirror()
	return err
}

// sumCells sums G of each cell of the field, and from those G of all unknowns with the
// means of products of polynomials over the cells. With L_m all products of a column's
// and a row's Legendre polynomial up to twice the degree,
//
//	P_p P_q = Σ_m C[p][q][m] L_m      G_(p,u)(q,v) = Σ_m C[p][q][m] Σ_cells mean(L_m) G_uv
//
// The means weigh each output with w Σ_u x(t+u)², so that bright sources count where they
// stand: the trace of each block of G is exact. x counts less its level. Products with
// the background need no cells.
func (f *fit) sumCells(ctx context.Context) error {
	centre, err := f.middle()
	if err != nil {
		return err
	}
	centre -= f.centre
	degree := max(2*f.spec.Degree, 2*f.spec.Background, f.spec.Degree+f.spec.Background)
	orders := legendre.Orders(degree)
	n := f.layout.Taps() + 1 // with a constant behind the taps
	total := make([]float64, len(orders)*n*n)
	err = scan(ctx, f, func() func(b *band) []float64 {
		c := f.newCells(orders, centre)
		return func(b *band) []float64 { return c.of(b) }
	}, func(_ *band, g []float64) { floats.Add(total, g) })
	if err != nil {
		return err
	}
	for m := range orders { // from x less its mean to x
		g := total[m*n*n : (m+1)*n*n]
		one := func(u int) float64 { return g[u*n+n-1] }
		for u := range n - 1 {
			for v := u; v < n-1; v++ {
				g[u*n+v] += centre * (one(u) + one(v) + centre*one(n-1))
			}
		}
		for u := range n - 1 {
			g[u*n+n-1] += centre * one(n-1)
		}
	}
	f.expand(total, orders)
	return nil
}

// cells sums the cells of a band. It belongs to one goroutine.
type cells struct {
	*fit
	orders [][2]int
	polys  *legendre.Rows
	centre float64
	shape  gram.Shape
	sums   *gram.Sums
	g      []float64 // of a cell
	total  []float64 // of the band, by order
	w      []float64
	x      []float64 // less the centre
	energy []float64 // Σ_u x(t+u)² of each output of the band
}

func (f *fit) newCells(orders [][2]int, centre float64) *cells {
	one := corr.Size{H: 1, W: 1}
	c := &cells{fit: f, orders: orders, centre: centre, polys: legendre.NewRows(legendre.Field{Degree: orders[len(orders)-1][1], H: f.g.OutH, W: f.g.OutW})}
	c.shape = gram.Shape{Inputs: 1, Kernel: f.layout.Spec.Kernel, OutW: min(cellColumns, f.g.OutW), Stride: one, Dilation: one}
	c.sums = gram.New(c.shape, 0, gram.Single, 0)
	n := c.shape.Unknowns()
	c.g, c.total = make([]float64, n*n), make([]float64, len(orders)*(n+1)*(n+1))
	c.w = make([]float64, bandRows*c.shape.OutW)
	c.energy = make([]float64, bandRows*f.g.OutW)
	return c
}

// of returns Σ_cells mean(L_m) G over the cells of a band, by m.
func (c *cells) of(b *band) []float64 {
	clear(c.total)
	c.x = append(c.x[:0], b.x...)
	for i := range c.x {
		c.x[i] -= c.centre
	}
	c.setEnergy(b)
	n, wide := c.shape.Unknowns()+1, c.shape.OutW // with a constant
	for x := 0; x < c.fit.g.OutW; x += wide {
		cols := min(wide, c.fit.g.OutW-x)
		at := min(x, c.fit.g.OutW-wide) // the last cell begins earlier, with zeros in front
		clear(c.w)
		for r := range b.rows {
			copy(c.w[r*wide+x-at:][:cols], b.w[r*c.fit.g.OutW+x:])
		}
		means := c.means(b, at)
		if means == nil {
			continue
		}
		clear(c.g)
		c.sums.Add(c.g, gram.Band{Rows: b.rows, W: append([]float64(nil), c.w[:b.rows*wide]...), X: c.x[at:], Height: b.rows + c.shape.Kernel.H - 1, Width: b.width()})
		for m, f := range means {
			for u := range n - 1 {
				floats.AddScaled(c.total[m*n*n+u*n+u:m*n*n+(u+1)*n-1], f, c.g[u*(n-1)+u:(u+1)*(n-1)])
			}
		}
	}
	c.addOnes(b)
	return c.total
}

// addOnes adds Σ w L_m x(t+u) and Σ w L_m of a band.
func (c *cells) addOnes(b *band) {
	n, size := c.shape.Unknowns()+1, b.rows*c.fit.g.OutW
	shape, w, sums := c.shape, make([]float64, size), make([]float64, n-1)
	shape.OutW = c.fit.g.OutW
	view := gram.Band{Rows: b.rows, X: c.x, Height: b.rows + c.shape.Kernel.H - 1, Width: b.width()}
	for m, o := range c.orders {
		for r := range b.rows {
			c.polys.Set(w[r*shape.OutW:][:shape.OutW], o, b.first+r)
		}
		floats.Mul(w, b.w[:size])
		shape.TapSums(sums, w, view)
		for u, v := range sums {
			c.total[m*n*n+(u+1)*n-1] += v
		}
		c.total[(m+1)*n*n-1] += floats.Sum(w)
	}
}

// setEnergy sums the squares that each output of a band sees: by columns, then by rows.
func (c *cells) setEnergy(b *band) {
	k, width := c.shape.Kernel, b.width()
	columns := make([]float64, width)
	for r := range b.rows {
		clear(columns)
		for u := range k.H {
			for i, v := range c.x[(r+u)*width:][:width] {
				columns[i] += float64(v * v)
			}
		}
		row := c.energy[r*c.fit.g.OutW:][:c.fit.g.OutW]
		for i := range row {
			row[i] = floats.Sum(columns[i : i+k.W])
		}
	}
}

// means are those of the polynomials over a cell, with its weights and the energy of its
// windows; nil where all that is zero.
func (c *cells) means(b *band, x int) []float64 {
	list, wide, all := make([]float64, len(c.orders)), c.shape.OutW, 0.0
	along := make([]float64, len(c.polys.Along)) // Σ w L_i of a row
	row := make([]float64, wide)
	for r := range b.rows {
		floats.MulTo(row, c.w[r*wide:][:wide], c.energy[r*c.fit.g.OutW+x:][:wide])
		all += floats.Sum(row)
		for i, p := range c.polys.Along {
			along[i] = floats.Dot(row, p[x:x+wide])
		}
		for m, o := range c.orders {
			list[m] += along[o[0]] * legendre.At(o[1], b.first+r, c.fit.g.OutH)
		}
	}
	if all == 0 {
		return nil
	}
	floats.Scale(1/all, list)
	return list
}

// expand makes G of the sums by product of polynomials.
func (f *fit) expand(total []float64, orders [][2]int) {
	taps := f.layout.Taps()
	base, n := taps+1, f.unknowns
	f.raw = make([]float64, n*n)
	number := map[[2]int]int{}
	for m, o := range orders {
		number[o] = m
	}
	c := legendre.Products(max(f.spec.Degree, f.spec.Background))
	// parts are blocks of unknowns that share a polynomial.
	type part struct {
		order             [2]int
		first, size, base int
	}
	var parts []part
	for p, o := range f.orders {
		parts = append(parts, part{o, p * taps, taps, 0})
	}
	for j, o := range f.more {
		parts = append(parts, part{o, len(f.orders)*taps + j, 1, taps})
	}
	for i, p := range parts {
		for _, q := range parts[i:] {
			for a, fx := range c[p.order[0]][q.order[0]] {
				for b, fy := range c[p.order[1]][q.order[1]] {
					if fx == 0 || fy == 0 {
						continue
					}
					g := total[number[[2]int{a, b}]*base*base:]
					for u := range p.size {
						row := f.raw[(p.first+u)*n+q.first:]
						for v := range q.size {
							s, t := p.base+u, q.base+v
							row[v] += fx * fy * g[min(s, t)*base+max(s, t)]
						}
					}
				}
			}
		}
	}
	f.mirror()
}

// mirror completes the lower half of G.
func (f *fit) mirror() {
	n := f.unknowns
	for i := range n {
		for j := range i {
			f.raw[i*n+j] = f.raw[j*n+i]
		}
	}
}
