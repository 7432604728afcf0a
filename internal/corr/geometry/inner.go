package geometry

// Inner returns the part of the result that sees no padding: rows [y, y+rows) and
// columns [x, x+cols).
func (g Geometry) Inner() (y, rows, x, cols int) {
	y0, y1 := innerRange(g.OutH, g.InH, g.Top, g.Reach().H, g.Stride.H)
	x0, x1 := innerRange(g.OutW, g.InW, g.Left, g.Reach().W, g.Stride.W)
	return y0, y1 - y0, x0, x1 - x0
}

// innerRange is which of n outputs see only the size elements of a line that
// begins with some padding.
func innerRange(n, size, before, reach, stride int) (first, end int) {
	first = min((before+stride-1)/stride, n)
	if last := size - reach + before; last >= 0 {
		end = min(last/stride+1, n)
	}
	return first, max(first, end)
}
