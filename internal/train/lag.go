package train

import "github.com/convkit/convkit/internal/corr"

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
	at       int // of the first among all sums
}

// ones stands for an input plane of ones.
const ones = -1

// lagPlan is the lags of a fit.
type lagPlan struct {
	rows   []lagRow
	lags   int // in all
	planes int
	kernel corr.Size
	outW   int
	n      int // unknowns
}

func newLagPlan(planes int, k corr.Size, outW, n int, bias bool) *lagPlan {
	p := &lagPlan{planes: planes, kernel: k, outW: outW, n: n}
	add := func(i, j, ly, lo, count int) {
		p.rows = append(p.rows, lagRow{i, j, ly, lo, count, p.lags})
		p.lags += count
	}
	for i := range planes {
		for j := range planes {
			for ly := range k.H {
				switch {
				case ly > 0 || i < j:
					add(i, j, ly, 1-k.W, 2*k.W-1)
				case i == j:
					add(i, j, ly, 0, k.W)
				}
			}
		}
		if bias {
			add(i, ones, 0, 0, 1)
		}
	}
	return p
}

// lagSums are sums by lag: over the columns [kw−1, OutW) that every tap sees,
// and for each of the kw−1 columns on either side.
type lagSums struct {
	side        int // kw−1
	core        []float64
	left, right []float64 // [lag*side + column]
}

func (p *lagPlan) newSums() *lagSums {
	side := p.kernel.W - 1
	return &lagSums{side, make([]float64, p.lags), make([]float64, p.lags*side), make([]float64, p.lags*side)}
}

func (s *lagSums) clear() {
	clear(s.core)
	clear(s.left)
	clear(s.right)
}

func (s *lagSums) add(o *lagSums) {
	addTo(s.core, o.core)
	addTo(s.left, o.left)
	addTo(s.right, o.right)
}

// clearRow sets the sums of one lag row to zero.
func (s *lagSums) clearRow(l lagRow) {
	clear(s.core[l.at : l.at+l.count])
	clear(s.left[l.at*s.side : (l.at+l.count)*s.side])
	clear(s.right[l.at*s.side : (l.at+l.count)*s.side])
}

func addTo(a, b []float64) {
	for i, v := range b {
		a[i] += v
	}
}

// addRow adds the products of padded row a of plane l.i with row b, ly below it,
// of plane l.j.
func (s *lagSums) addRow(p *lagPlan, l lagRow, a, b []float64) {
	side, outW := s.side, p.outW
	dotLags(s.core[l.at:l.at+l.count], a[side:outW], b[side+l.lo:])
	for k := range l.count {
		lx := l.lo + k
		at := (l.at + k) * side
		left, right := s.left[at:at+side], s.right[at:at+side]
		for q := max(0, -lx); q < side; q++ {
			left[q] += a[q] * b[q+lx]
		}
		for q := range min(side, side-lx) {
			right[q] += a[outW+q] * b[outW+q+lx]
		}
	}
}

// spread adds the sums of lag row l to the entries of G with u in [u0, u1].
func (s *lagSums) spread(p *lagPlan, g []float64, l lagRow, u0, u1 int) {
	kh, kw := p.kernel.H, p.kernel.W
	for k := range l.count {
		lx := l.lo + k
		at := (l.at + k) * s.side
		left, right := s.left[at:at+s.side], s.right[at:at+s.side]
		sides := sum(left)
		for v := range kw {
			if v > 0 {
				sides = sum(left[v:]) + sum(right[:v])
			}
			if v+lx < 0 || v+lx >= kw {
				continue
			}
			total := s.core[l.at+k] + sides
			for u := u0; u <= u1 && u+l.ly < kh; u++ {
				a := (l.i*kh+u)*kw + v
				b := p.n - 1
				if l.j != ones {
					b = (l.j*kh+u+l.ly)*kw + v + lx
				}
				g[a*p.n+b] += total
				if a != b {
					g[b*p.n+a] += total
				}
			}
		}
	}
}

// owners are the u for which padded row r counts towards the segment's sums:
// r in [y0+u, y1+u).
func (p *lagPlan) owners(s segment, r int) (u0, u1 int) {
	return max(0, r-s.y1+1), min(p.kernel.H-1, r-s.y0)
}
