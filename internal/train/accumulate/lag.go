package accumulate

import (
	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train/lagvec"
	"gonum.org/v1/gonum/floats"
)

// The windows of neighbouring outputs overlap, so that G has far fewer
// different sums than entries. With P the padded input, stride and dilation 1,
//
//	G[(u,v),(u',v')] = Σ P[y+u][x+v] P[y+u'][x+v']   over y in [y0, y1), x in [0, OutW)
//	                 = Σ P[r][q] P[r+ly][q+lx]       over r in [y0+u, y1+u), q in [v, v+OutW)
//
// with the lag (ly, lx) = (u'−u, v'−v): one sum over the plane for each lag, in
// which only the rows and columns within a kernel's size of the edge depend on
// (u, v). kh(2kw−1) − kw + 1 sums of products then make all (kh kw)² entries.
//
// A lagRow is the lags of one ly between two input planes i and j: lx from lo to
// kw−1. By symmetry ly >= 0 is enough. Plane ones (j = -1) is an image of ones:
// its only lag makes the column of the bias.
type lagRow struct {
	i, j, ly int
	lo       int
	count    int
	at       int // of the first among all lags
	width    int // count rounded up to whole vectors
	edge     int // of the first among the sums of edge columns
}

// ones stands for an input plane of ones.
const ones = -1

// lagPlan has the lags of a fit.
type lagPlan struct {
	// groups are lag rows of the same planes and lags lx, in the order of ly.
	groups [][]lagRow
	lags   int // in all
	edges  int // sums of edge columns on each side
	planes int
	kernel corr.Size
	outW   int
	n      int // unknowns
}

func newLagPlan(planes int, k corr.Size, outW, n int, bias bool) *lagPlan {
	p := &lagPlan{planes: planes, kernel: k, outW: outW, n: n}
	for i := range planes {
		for j := range planes {
			switch {
			case i == j:
				p.add(lagRow{i: i, j: j, lo: 0, count: k.W}, 0, 0)
				p.add(lagRow{i: i, j: j, lo: 1 - k.W, count: 2*k.W - 1}, 1, k.H-1)
			case i < j:
				p.add(lagRow{i: i, j: j, lo: 1 - k.W, count: 2*k.W - 1}, 0, k.H-1)
			default:
				p.add(lagRow{i: i, j: j, lo: 1 - k.W, count: 2*k.W - 1}, 1, k.H-1)
			}
		}
		if bias {
			p.add(lagRow{i: i, j: ones, lo: 0, count: 1}, 0, 0)
		}
	}
	return p
}

// add appends a group of lag rows like l with ly from first to last.
func (p *lagPlan) add(l lagRow, first, last int) {
	var group []lagRow
	for ly := first; ly <= last; ly++ {
		l.ly, l.at, l.edge = ly, p.lags, p.edges
		l.width = (l.count + lagvec.Lanes - 1) / lagvec.Lanes * lagvec.Lanes
		p.lags += l.count
		p.edges += l.width * (p.kernel.W - 1)
		group = append(group, l)
	}
	if group != nil {
		p.groups = append(p.groups, group)
	}
}

// lagSums are sums by lag: over the columns [kw−1, OutW) that every tap sees,
// and for each of the kw−1 columns on either side.
type lagSums struct {
	side        int // kw−1
	core        []float64
	left, right []float64 // [edge + column*width + lag]
	rows        []float64 // of one call
}

func (p *lagPlan) newSums() *lagSums {
	return &lagSums{p.kernel.W - 1, make([]float64, p.lags), make([]float64, p.edges), make([]float64, p.edges), make([]float64, p.kernel.H*(2*p.kernel.W-1))}
}

func (s *lagSums) clear() {
	clear(s.core)
	clear(s.left)
	clear(s.right)
}

// clearRow sets the sums of one lag row to zero.
func (s *lagSums) clearRow(l lagRow) {
	clear(s.core[l.at : l.at+l.count])
	clear(s.left[l.edge : l.edge+s.side*l.width])
	clear(s.right[l.edge : l.edge+s.side*l.width])
}

func (s *lagSums) add(o *lagSums) {
	floats.Add(s.core, o.core)
	floats.Add(s.left, o.left)
	floats.Add(s.right, o.right)
}

// plane is padded rows, one after the other, with readable memory on both sides. What
// is read there goes into sums that distribute does not use.
type plane struct {
	data  []float64
	width int
	slack int
}

func newPlane(width, side int) plane { return plane{width: width, slack: side + lagvec.Slack} }

// resize makes room for rows. Their content is undefined.
func (p *plane) resize(rows int) { p.data = tensor.Grow(p.data, rows*p.width+2*p.slack) }

// from returns the memory from an element of row r on; the column may be negative.
func (p *plane) from(r, column int) []float64 { return p.data[p.slack+r*p.width+column:] }

func (p *plane) row(r int) []float64 { return p.from(r, 0)[:p.width:p.width] }

// addMiddle adds products over the columns that every tap sees. Row below of plane b
// is multiplied with rows above it in plane a: group[0] takes row below−ly, group[1]
// the one above that, and so on.
func (s *lagSums) addMiddle(p *lagPlan, group []lagRow, a *plane, top int, b *plane, below int) {
	l, m, side := group[0], len(group), s.side
	sums := s.rows[:m*l.count]
	lagvec.DotLags(sums, m, l.count, a.from(top, side), a.width, p.outW-side, b.from(below, side+l.lo))
	for r := range m { // the upmost row has the largest ly
		floats.Add(s.core[group[m-1-r].at:][:l.count], sums[r*l.count:(r+1)*l.count])
	}
}

// addSides adds the products over the columns on either side.
func (s *lagSums) addSides(p *lagPlan, group []lagRow, a *plane, top int, b *plane, below int) {
	l, m, side := group[0], len(group), s.side
	for r := range m {
		edge := group[m-1-r].edge
		lagvec.OuterLags(s.left[edge:], l.width, a.from(top+r, 0)[:side], b.from(below, l.lo))
		lagvec.OuterLags(s.right[edge:], l.width, a.from(top+r, p.outW)[:side], b.from(below, p.outW+l.lo))
	}
}

// distribute adds the sums of lag row l to the entries of G, on and above its
// diagonal, with u in [u0, u1].
func (s *lagSums) distribute(p *lagPlan, g []float64, l lagRow, u0, u1 int) {
	kh, kw := p.kernel.H, p.kernel.W
	u1 = min(u1, kh-1-l.ly)
	for k := range l.count {
		lx := l.lo + k
		s.total(l, k)
		for v := max(0, -lx); v < min(kw, kw-lx); v++ {
			total := s.rows[v]
			for u := u0; u <= u1; u++ {
				a := (l.i*kh+u)*kw + v
				b := p.n - 1
				if l.j != ones {
					b = (l.j*kh+u+l.ly)*kw + v + lx
				}
				g[min(a, b)*p.n+max(a, b)] += total
			}
		}
	}
}

// total sets rows[v] to the sum over the columns that tap column v sees. Of the edge
// columns these are those from v on at the left, and those before v at the right.
func (s *lagSums) total(l lagRow, k int) {
	t := s.core[l.at+k]
	for v := range s.side + 1 {
		s.rows[v] = t
		if v < s.side {
			t += s.right[l.edge+v*l.width+k]
		}
	}
	t = 0
	for v := s.side - 1; v >= 0; v-- {
		t += s.left[l.edge+v*l.width+k]
		s.rows[v] += t
	}
}

// owners returns the range of u for which padded row r counts in the segment's sums:
// r in [y0+u, y1+u).
func (p *lagPlan) owners(s segment, r int) (u0, u1 int) {
	return max(0, r-s.y1+1), min(p.kernel.H-1, r-s.y0)
}
