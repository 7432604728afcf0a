package edges

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Linked in pieces and sewn, marks are what they are when grown until nothing
// changes.
func TestMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 12).Draw(t, "h"), rapid.IntRange(1, 12).Draw(t, "w")
		rows := rapid.IntRange(1, 5).Draw(t, "rows")
		got, want := newMarks(h, w), newMarks(h, w)
		for y := range h {
			for x := range w {
				// Mostly weak, so that chains are long.
				c := []byte{none, weak, weak, strong}[min(3, rapid.IntRange(0, 30).Draw(t, "cell")/10)]
				got.row(y)[x], want.row(y)[x] = c, c
			}
		}
		for y := 0; y < h; y += rows {
			got.link(y, min(rows, h-y))
		}
		for y := rows; y < h; y += rows {
			got.sew(y, h)
		}
		for changed := true; changed; {
			changed = false
			for i, c := range want.cells {
				if c != weak {
					continue
				}
				s := want.stride
				for _, d := range []int{-s - 1, -s, -s + 1, -1, 1, s - 1, s, s + 1} {
					if want.cells[i+d] == strong {
						want.cells[i], changed = strong, true
						break
					}
				}
			}
		}
		if !slices.Equal(got.cells, want.cells) {
			t.Fatalf("pieces of %d rows differ", rows)
		}
	})
}
