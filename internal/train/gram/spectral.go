package gram

import "github.com/convkit/convkit/internal/corr/fft"

// spectral is sums through spectra. The numbers of a band are brought to about one
// by powers of two, so that float32 holds them whatever their units are.
type spectral[T fft.Float] struct {
	shape    Shape
	n        int // side of a tile
	tile     *fft.Tile[T]
	sums     []*fft.Products[T]   // of a pair of taps with each plane
	images   [][]*fft.Spectrum[T] // [tile][plane], of the tiles of a part
	x        []T                  // padded rows less the centre, with columns behind them
	width    int                  // their distance
	w        [][]T                // weights of the tiles of a part
	parts    [][]T                // what their windows see: the same of x, close together
	a, b     []T                  // sums of a pair of taps
	taps     []float64            // Σ w x of each tap, x less the centre
	ones     []T                  // as many as a tile needs
	seen     []int32
	variance float64 // of a sum of the band so far
}

// partTiles is the most tiles across that share an inverse transform: with two dozen
// it costs a thirtieth of the whole, and their spectra stay in the third cache.
const partTiles = 24

func newSpectral[T fft.Float](s Shape, n int) *spectral[T] {
	r := &spectral[T]{shape: s, n: n, tile: fft.NewTile[T](n)}
	for range s.Inputs * blockPairs {
		r.sums = append(r.sums, fft.NewProducts[T](n))
	}
	box := s.Kernel.H * s.Kernel.W
	r.a, r.b, r.taps = make([]T, box), make([]T, box), make([]float64, s.Taps())
	r.width = s.OutW + s.Kernel.W - 1 + n
	return r
}

// columns is the outputs across a tile.
func (s *spectral[T]) columns() int { return s.n - s.shape.Kernel.W + 1 }

// wide and apart are the distances of the rows of weights and of what they see: no
// powers of two.
func (s *spectral[T]) wide() int { return s.n + fft.Line }

func (s *spectral[T]) apart() int {
	return ((s.n+s.shape.Kernel.W-1)/fft.Line*fft.Line + fft.Line) | fft.Line
}

// part is tiles of a band whose sums are transformed together.
type part struct{ x []int } // their first columns

func (s *spectral[T]) add(all *Sums, g []float64, b Band) (variance float64) {
	s.variance = 0
	clear(s.taps)
	ws, xs := scaleOf(b.W[:b.Rows*s.shape.OutW], 0), s.fill(all, b)
	if ws == 0 {
		return 0
	}
	var p part
	for x := 0; x < s.shape.OutW; x += s.columns() {
		cols := min(s.columns(), s.shape.OutW-x)
		count := 0
		for oy := range b.Rows {
			for _, v := range b.W[oy*s.shape.OutW+x:][:cols] {
				if v != 0 {
					count++
				}
			}
		}
		switch {
		case count == 0:
			continue
		case !all.always && windowsCost(s.shape, count, precisionOf[T]()) < tileCost(s.shape, s.n, precisionOf[T]()):
			all.windows.addColumns(g, x, x+cols)
			clearWeights(b, s.shape.OutW, x, cols)
			continue
		}
		if p.x = append(p.x, x); len(p.x) == partTiles {
			s.addPart(all, p, g, b, xs, ws)
			p.x = p.x[:0]
		}
	}
	if len(p.x) > 0 {
		s.addPart(all, p, g, b, xs, ws)
	}
	s.shape.addFunctions(g, b)
	s.uncentre(all.centre, g, b)
	return s.variance
}

// clearWeights sets the weights of the columns of a tile to zero, once they are
// summed otherwise.
func clearWeights(b Band, outW, x, cols int) {
	for oy := range b.Rows {
		clear(b.W[oy*outW+x:][:cols])
	}
}

// blockPairs is how many pairs of taps go through a tile together: its spectrum is
// then fetched once for all of them, and their sums stay in the second cache.
const blockPairs = 2

// addPart adds the sums of some tiles of a band. Few pairs of taps at a time go
// through all tiles, so that few sums are held.
func (s *spectral[T]) addPart(all *Sums, p part, g []float64, b Band, xs, ws float64) {
	s.prepare(p, b, ws)
	k, rows := s.shape.Kernel, b.Rows+s.shape.Kernel.H-1
	box, f := k.H*k.W, xs*xs*ws
	for i := range s.shape.Inputs {
		taps := box
		if i == 0 && all.centre != 0 {
			taps++ // the weights themselves, as if x were one
		}
		for first := 0; first < taps; first += 2 * blockPairs {
			for t := range p.x {
				from := func(u int) []T {
					switch {
					case u == box && taps > box:
						return s.ones
					case u >= box:
						return nil
					}
					return s.parts[t][(i*rows+u/k.W)*s.apart()+u%k.W:]
				}
				for q := 0; q < blockPairs && first+2*q < taps; q++ {
					s.tile.Forward(s.w[t], s.wide(), b.Rows, from(first+2*q), from(first+2*q+1), s.apart())
					s.tile.Add(s.sums[q*s.shape.Inputs+i:][:s.shape.Inputs-i], s.images[t][i:])
				}
			}
			if middle := box / 2; first <= middle && middle < first+2*blockPairs { // as good as any
				s.variance += s.uncertain(p, b, s.x[(i*rows+first/k.W)*s.width+first%k.W:], i, f, all.centre*xs*ws)
			}
			for q := 0; q < blockPairs && first+2*q < taps; q++ {
				s.take(g, i, first+2*q, q, f, xs*ws)
			}
		}
	}
}

// take adds the sums of taps u and u+1 of plane i, pair q of a block, times f to g; those
// of the weights themselves times fw to the sums of taps.
func (s *spectral[T]) take(g []float64, i, u, q int, f, fw float64) {
	k, n := s.shape.Kernel, s.shape.Unknowns()
	box := k.H * k.W
	for j := i; j < s.shape.Inputs; j++ {
		window := func(data []T) fft.Window[T] { return fft.Window[T]{Data: data, Stride: k.W, Rows: k.H, Cols: k.W} }
		s.tile.Take(s.sums[q*s.shape.Inputs+j], window(s.a), window(s.b))
		for k, sums := range [][]T{s.a, s.b} {
			switch tap := u + k; {
			case tap < box:
				addUpper(g, n, i*box+tap, j*box, sums, f)
			case tap == box && i == 0:
				for v, a := range sums {
					s.taps[j*box+v] += fw * float64(a)
				}
			}
		}
	}
}

// addUpper adds f times the sums of tap p with the taps from q on to row p of g,
// from the diagonal on.
func addUpper[T fft.Float](g []float64, n, p, q int, sums []T, f float64) {
	from := max(0, p-q)
	row := g[p*n+q+from : p*n+q+len(sums)]
	for v, a := range sums[from:] {
		row[v] += f * float64(a)
	}
}

// prepare makes the weights and the spectra of the tiles of a part.
func (s *spectral[T]) prepare(p part, b Band, ws float64) {
	k, rows := s.shape.Kernel, b.Rows+s.shape.Kernel.H-1
	for need := rows*s.apart() + s.n; len(s.ones) < need; {
		s.ones = append(s.ones, 1)
	}
	for len(s.images) < len(p.x) {
		var list []*fft.Spectrum[T]
		for range s.shape.Inputs {
			list = append(list, fft.NewImage[T](s.n))
		}
		s.images, s.w = append(s.images, list), append(s.w, make([]T, s.n*s.wide()))
		s.parts = append(s.parts, make([]T, (s.shape.Inputs*(s.n+k.H)+1)*s.apart()))
	}
	for t, x := range p.x {
		cols := min(s.columns(), s.shape.OutW-x)
		for oy := range b.Rows {
			to := s.w[t][oy*s.wide():][:s.n]
			clear(to[cols:])
			for i, v := range b.W[oy*s.shape.OutW+x:][:cols] {
				to[i] = T(v / ws)
			}
		}
		for i := range s.shape.Inputs {
			from := s.x[i*rows*s.width+x:]
			for r := range rows {
				copy(s.parts[t][(i*rows+r)*s.apart():][:s.n+k.W-1], from[r*s.width:])
			}
			s.tile.Image(s.images[t][i], fft.Window[T]{Data: from, Stride: s.width, Rows: rows, Cols: cols + k.W - 1})
		}
	}
}
