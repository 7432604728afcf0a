package vec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Several channels at once give the bits of one after the other, and touch
// nothing else: all widths, channels side by side and scattered.
func TestMixed(t *testing.T) {
	for _, name := range Implementations() {
		t.Run(name, func(t *testing.T) {
			defer Use(name)()
			testMixed[float32](t)
			testMixed[float64](t)
		})
	}
}

func testMixed[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for cols := 1; cols <= 4*lanes+3; cols++ {
		n, kh, kw, dx, rows, mode := 2+cols%3, 1+r.IntN(5), 1+r.IntN(5), 1+r.IntN(2), 1+r.IntN(3), Mode(r.IntN(4))
		xs, ys := cols+(kw-1)*dx, cols+r.IntN(3)
		x, planes := make([][]T, 1+r.IntN(4)), r.IntN(4)
		for i := range x {
			_, x[i] = buffer[T]((rows+kh-2)*xs + (kw-1)*dx + cols)
			fill(r, x[i])
		}
		if planes > 0 { // side by side, perhaps with a gap
			size := len(x[0])
			_, all := buffer[T](len(x) * (size + planes))
			fill(r, all)
			for i := range x {
				x[i] = all[i*(size+planes):][:size]
			}
		}
		apart := rows*ys + r.IntN(50)
		got, whole := buffer[T](n * apart)
		fill(r, whole)
		want := slices.Clone(got)
		at := (len(got) - len(whole)) / 2
		taps, bias := make([][]*Taps[T], len(x)), fill(r, make([]T, n))
		y := make([][]T, n)
		for o := range n {
			for i := range x {
				taps[i] = append(taps[i], NewTaps(fill(r, make([]T, kh*kw)), kh, kw))
			}
			y[o] = whole[o*apart:][:(rows-1)*ys+cols]
		}
		if cols%5 == 0 {
			y[0], y[1] = y[1], y[0]
		}
		for o := range n {
			for i := range x {
				one := mode
				if i > 0 {
					one |= Add
				}
				Correlate(want[at+cap(whole)-cap(y[o]):], ys, x[i], xs, taps[i][o], dx, rows, cols, bias[o], one)
			}
		}
		CorrelateMixed(y, ys, x, xs, NewMixed(taps), dx, rows, cols, bias, mode)
		for i := range want {
			if math.Float64bits(float64(want[i])) != math.Float64bits(float64(got[i])) {
				t.Fatalf("%d columns, %d channels, mode %d: element %d is %v, want %v", cols, n, mode, i-at, got[i], want[i])
			}
		}
	}
}
