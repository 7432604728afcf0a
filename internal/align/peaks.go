package align

import (
	"cmp"
	"math"
	"slices"

	"github.com/convkit/convkit/internal/spectrum"
)

// peak is an element of the correlation.
type peak struct {
	y, x   int
	height float64
}

// highest finds the highest peaks within the largest shift, apart from each
// other, around the edges too.
func highest(z *spectrum.Plane, o Options) []peak {
	within := func(i, n int) bool { return o.MaxShift < 0 || min(i, n-i) <= o.MaxShift }
	rows := make([][]peak, z.H)
	spectrum.Each(o.Threads, z.H, func() func(int) {
		return func(y int) {
			if !within(y, z.H) {
				return
			}
			row, above, below := z.Row(y), z.Row((y+z.H-1)%z.H), z.Row((y+1)%z.H)
			least := math.Inf(-1)
			for x, v := range row {
				h := real(v)
				if h <= least || !within(x, z.W) {
					continue
				}
				l, r := (x+z.W-1)%z.W, (x+1)%z.W
				if h < real(row[l]) || h < real(row[r]) || h < real(above[x]) || h < real(below[x]) {
					continue
				}
				rows[y] = insert(rows[y], peak{y, x, h})
				if len(rows[y]) == 2*peakCount {
					least = rows[y][2*peakCount-1].height
				}
			}
		}
	})
	all := slices.Concat(rows...)
	slices.SortStableFunc(all, func(a, b peak) int { return cmp.Compare(b.height, a.height) })
	distance := func(a, b, n int) int { d := max(a-b, b-a); return min(d, n-d) }
	var list []peak
	for _, p := range all {
		if !slices.ContainsFunc(list, func(q peak) bool {
			return distance(p.y, q.y, z.H) < apart && distance(p.x, q.x, z.W) < apart
		}) {
			if list = append(list, p); len(list) == peakCount {
				break
			}
		}
	}
	return list
}

// insert keeps a row's highest peaks, the highest first.
func insert(list []peak, p peak) []peak {
	i, _ := slices.BinarySearchFunc(list, p, func(a, b peak) int { return cmp.Compare(b.height, a.height) })
	list = slices.Insert(list, i, p)
	return list[:min(len(list), 2*peakCount)]
}
