package edges

import (
	"bytes"
	"encoding/binary"
)

// What Canny's detector knows of a pixel.
const (
	none   = iota
	weak   // bit 0, which no other has: a ridge above the low threshold
	strong // an edge: above the high threshold, or touching an edge
)

// marks is what is known of the pixels of one plane, a byte each, in a frame of
// none: element (y, x) stands at (y+1)*stride + x+1.
type marks struct {
	stride int
	cells  []byte
}

func newMarks(h, w int) *marks {
	return &marks{stride: w + 2, cells: make([]byte, (h+2)*(w+2)+1)} // one more, for lonely
}

// row is the w marks of row y.
func (m *marks) row(y int) []byte { return m.cells[(y+1)*m.stride+1 : (y+2)*m.stride-1] }

// span is where the cells of rows [y, y+rows) begin and end.
func (m *marks) span(y, rows int) (begin, end int) {
	return (y + 1) * m.stride, (y + 1 + rows) * m.stride
}

// link makes strong what is weak and touches, over any chain of weak ones by side
// or corner, a strong pixel, within rows [y, y+rows). Rows can be linked in pieces
// side by side; sew joins the pieces.
func (m *marks) link(y, rows int) {
	begin, end := m.span(y, rows)
	var stack []int
	for i := begin; ; i++ {
		next := bytes.IndexByte(m.cells[i:end], strong)
		if next < 0 {
			return
		}
		i += next
		stack = m.spread(append(stack, i), begin, end)
	}
}

// sew carries on over the line above row y what was linked on both sides of it.
func (m *marks) sew(y, rows int) {
	begin, end := m.span(0, rows)
	a, b := m.span(y-1, 2)
	var stack []int
	for i := a; i < b; i++ {
		if m.cells[i] == strong {
			stack = m.spread(append(stack, i), begin, end)
		}
	}
}

// spread empties the stack of strong cells, whose weak neighbours between begin and
// end become strong and are gone on from.
func (m *marks) spread(stack []int, begin, end int) []int {
	s := m.stride
	around := [8]int{-s - 1, -s, -s + 1, -1, 1, s - 1, s, s + 1}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if m.lonely(i, begin, end) {
			continue
		}
		for _, d := range around {
			if j := i + d; begin <= j && j < end && m.cells[j] == weak {
				m.cells[j] = strong
				stack = append(stack, j)
			}
		}
	}
	return stack
}

// lonely tells that no cell around i, between begin and end, is weak, as is so for
// most: by four bytes of each row, of which the last is past the neighbours.
func (m *marks) lonely(i, begin, end int) bool {
	four := func(at int) uint32 { return binary.LittleEndian.Uint32(m.cells[at-1:]) }
	all := four(i)
	if i-m.stride >= begin {
		all |= four(i - m.stride)
	}
	if i+m.stride < end {
		all |= four(i + m.stride)
	}
	return all&(weak|weak<<8|weak<<16) == 0
}
