package match

import (
	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// unit is a block of outputs that is computed as a whole.
type unit struct{ y, x, rows, cols int }

// stage is a unit's numbers in arithmetic N.
type stage[N tensor.Float] struct {
	t       *Template
	side    int
	blocks  []block
	tile    *fft.Tile[N]
	stride  int
	x       [][]N // of each channel, the region that the unit sees, less a centre
	cross   []N   // Σ(x-m_x)(t-m_t) of each output
	more    []N   // of a channel or a block, to be added
	running []running[N]
}

func newStage[N tensor.Float](t *Template, side int, blocks []block) *stage[N] {
	return &stage[N]{t: t, side: side, blocks: blocks, x: make([][]N, t.c), running: make([]running[N], t.c)}
}

// fill takes the region of a unit from the rows of a band, x columns from the
// left, and subtracts a centre. What is not finite becomes 0.
func fill[N, T tensor.Float](s *stage[N], raw [][]T, stride int, u unit, centre float64, finite bool) {
	rows, cols := u.rows+s.t.h-1, u.cols+s.t.w-1
	s.stride = (cols + 15) / 16 * 16
	for c := range raw {
		s.x[c] = tensor.Grow(s.x[c], rows*s.stride)
		for y := range rows {
			src := raw[c][y*stride+u.x:][:cols]
			dst := s.x[c][y*s.stride:][:len(src)]
			if m := N(centre); float64(T(centre)) == centre && float64(m) == centre {
				m := T(centre)
				for i, v := range src {
					dst[i] = N(v - m)
				}
			} else {
				for i, v := range src {
					dst[i] = N(float64(v) - centre)
				}
			}
			clear(s.x[c][y*s.stride+cols:][:s.stride-cols])
			if !finite {
				zeroHoles(dst, src)
			}
		}
	}
}

// zeroHoles writes 0 where the source is not finite.
func zeroHoles[N, T tensor.Float](dst []N, src []T) {
	for i, v := range src {
		if v-v != 0 {
			dst[i] = 0
		}
	}
}

// spectra correlates all channels with the filters and adds them up.
func (s *stage[N]) spectra(f *filters[N], u unit) {
	s.cross = tensor.Grow(s.cross, u.rows*u.cols)
	for c := range s.t.c {
		s.correlate(s.cross, s.x[c], f.cross[c], u, c > 0)
	}
}

// correlate sets dst to the correlation with a filter, or adds it.
func (s *stage[N]) correlate(dst, x []N, filter []*fft.Spectrum[N], u unit, add bool) {
	for i, k := range filter {
		if !add && i == 0 {
			s.tiles(dst, x, k, s.blocks[i], u)
			continue
		}
		s.more = tensor.Grow(s.more, len(dst))
		s.tiles(s.more, x, k, s.blocks[i], u)
		for j, v := range s.more {
			dst[j] += v
		}
	}
}

// tiles correlates with a block. Two tiles side by side travel together.
func (s *stage[N]) tiles(dst, x []N, k *fft.Spectrum[N], b block, u unit) {
	if s.tile == nil {
		s.tile = fft.NewTile[N](s.side)
	}
	x = x[b.y*s.stride+b.x:]
	width, rows := s.stride-b.x, u.rows+b.h-1
	var left, leftX, right, rightX fft.Window[N]
	cols := min(fft.Step(s.side, s.blocks[0].w), u.cols)
	left = fft.Window[N]{Data: dst, Stride: u.cols, Rows: u.rows, Cols: cols}
	leftX = fft.Window[N]{Data: x, Stride: s.stride, Rows: rows, Cols: min(width, s.side)}
	if rest := u.cols - cols; rest > 0 {
		right = fft.Window[N]{Data: dst[cols:], Stride: u.cols, Rows: u.rows, Cols: rest}
		rightX = fft.Window[N]{Data: x[cols:], Stride: s.stride, Rows: rows, Cols: min(width-cols, s.side)}
	}
	s.tile.Correlate(k, left, leftX, right, rightX, 0)
}

// directly correlates all channels product by product.
func directly(s *stage[float64], l *loops, u unit) {
	s.cross = tensor.Grow(s.cross, u.rows*u.cols)
	mode := vec.Mode(0)
	for c, k := range l.cross {
		vec.Correlate(s.cross, u.cols, s.x[c], s.stride, k, 1, u.rows, u.cols, 0, mode)
		mode = vec.Add
	}
}
