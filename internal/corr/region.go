package corr

import (
	"github.com/convkit/convkit/internal/schedule"
	"github.com/convkit/convkit/internal/tensor"
)

// region is a part of a plane's result: rows [y, y+rows), columns [x, x+cols). One
// that is inside sees no padding.
type region struct {
	y, rows, x, cols int
	inside           bool
}

// inner is all of the result that sees no padding.
func inner(g Geometry) region {
	y, rows, x, cols := g.Inner()
	return region{y: y, rows: rows, x: x, cols: cols, inside: true}
}

const (
	// sideCols is how many columns at the sides are computed apart from those
	// inside, at least: one vector's, so that aligned rows stay so.
	sideCols = 16
	// innerCols is the fewest columns inside that are worth it.
	innerCols = 256
)

// reachable is the part of the result, of which a region inside can be computed
// from the image's own memory: nothing unless the image has its memory, and
// either no padding at the sides or, with separates, a method for which columns
// need not stand together.
func reachable[T tensor.Float](src tensor.Source[T], g Geometry, separates bool) region {
	a := inner(g)
	if _, ok := src.(*tensor.Dense[T]); !ok {
		return region{}
	}
	if a.cols == g.OutW {
		return a
	}
	end := a.x + a.cols
	if a.x > 0 {
		a.x = (a.x + sideCols - 1) / sideCols * sideCols
	}
	if end < g.OutW {
		end = min(end, g.OutW-sideCols)
	}
	if a.cols = end - a.x; !separates || a.cols < innerCols {
		return region{}
	}
	return a
}

// regions divides the rows of a job into regions inside and others.
func (w *worker[T]) regions(b schedule.Job, list []region) []region {
	wide, end := w.p.g.OutW, b.Y+b.Rows
	in := w.inner
	top := min(max(in.y, b.Y), end)
	bottom := min(max(in.y+in.rows, top), end)
	if in.cols == 0 || !w.separates && bottom-top < b.Rows {
		top, bottom = end, end
	}
	for _, a := range []region{
		{b.Y, top - b.Y, 0, wide, false},
		{top, bottom - top, 0, in.x, false},
		{top, bottom - top, in.x, in.cols, true},
		{top, bottom - top, in.x + in.cols, wide - in.x - in.cols, false},
		{bottom, end - bottom, 0, wide, false},
	} {
		if a.rows > 0 && a.cols > 0 {
			list = append(list, a)
		}
	}
	return list
}
