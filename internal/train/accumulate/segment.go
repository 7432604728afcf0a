package accumulate

// segment is output rows [y0, y1) of every plane, held out or not. The segments of a
// scan are all its output rows, in order.
type segment struct {
	y0, y1  int
	heldOut bool
}

// heldOutShare: one output row in ten is held out.
const heldOutShare = 10

// segments holds out a tenth of the rows, in up to four evenly spread blocks, none
// lower than the kernel. Neighbouring windows share pixels, so blocks are nearer to
// unseen data than single rows. Of fewer than four rows none are held out.
func segments(rows, kh int) []segment {
	if rows < 4 {
		return []segment{{0, rows, false}}
	}
	held := max(1, (rows+heldOutShare/2)/heldOutShare)
	blocks := min(4, max(1, held/max(8, kh)))
	var list []segment
	from := 0
	for i := range blocks {
		size := held*(i+1)/blocks - held*i/blocks
		y0 := (2*i+1)*rows/(2*blocks) - size/2
		list = append(list, segment{from, y0, false}, segment{y0, y0 + size, true})
		from = y0 + size
	}
	return append(list, segment{from, rows, false})
}

// band is output rows [y0, y1) of one group, within a segment.
type band struct {
	group   int
	y0, y1  int
	segment segment
}

// newBands cuts every segment into bands of at most height rows.
func newBands(groups int, list []segment, height int) []band {
	var jobs []band
	for g := range groups {
		for _, s := range list {
			for y := s.y0; y < s.y1; y += height {
				jobs = append(jobs, band{g, y, min(y+height, s.y1), s})
			}
		}
	}
	return jobs
}

// HeldOutRows marks the held-out rows among the output rows of an image, for a kernel
// of kh rows.
func HeldOutRows(rows, kh int) []bool {
	list := make([]bool, rows)
	for _, s := range segments(rows, kh) {
		for y := s.y0; y < s.y1; y++ {
			list[y] = s.heldOut
		}
	}
	return list
}
