package align

import "math"

// overlap is the part of A that B covers when it is moved.
func overlap(a, b plane, dy, dx int) (y0, x0, y1, x1 int) {
	return max(0, dy), max(0, dx), min(a.h, b.h+dy), min(a.w, b.w+dx)
}

// least is the smallest share of the smaller image's sides that overlap.
const least = 0.1

// samples is how many elements of an overlap are compared, about.
const samples = 1 << 16

// agreement is the correlation coefficient of the overlap, and the overlap's
// share of the smaller image: 0 where there is none to speak of.
func agreement(a, b plane, dy, dx int) (r, share float64) {
	y0, x0, y1, x1 := overlap(a, b, dy, dx)
	h, w := min(a.h, b.h), min(a.w, b.w)
	if float64(y1-y0) < max(1, least*float64(h)) || float64(x1-x0) < max(1, least*float64(w)) {
		return 0, 0
	}
	area := float64(y1-y0) * float64(x1-x0)
	step := max(1, int(math.Sqrt(area/samples)))
	var n, sa, sb, saa, sbb, sab float64
	for y := y0; y < y1; y += step {
		ra, rb := a.data[y*a.w:][:a.w], b.data[(y-dy)*b.w:][:b.w]
		for x := x0; x < x1; x += step {
			u, v := ra[x]-a.data[0], rb[x-dx]-b.data[0]
			n++
			sa += u
			sb += v
			saa += float64(u * u)
			sbb += float64(v * v)
			sab += float64(u * v)
		}
	}
	share = area / (float64(h) * float64(w))
	if va, vb := saa-sa*sa/n, sbb-sb*sb/n; va > 0 && vb > 0 {
		r = (sab - sa*sb/n) / math.Sqrt(va*vb)
	}
	return r, share
}
