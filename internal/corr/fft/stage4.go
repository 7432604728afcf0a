package fft

// stage4Go is stageGo for radix 4. The factors of a transform of four are 1, ∓i, -1 and
// ±i, so it needs no products but the twiddles; the sums keep their order.
func stage4Go[T Float](sign float64, dr, di []T, ds int, sr, si []T, ss, n, l int, tw []T) {
	q, inverse := l/4, sign > 0
	for j := range q {
		w := [3]complexOf[T]{{1, 0}, {1, 0}, {1, 0}}
		for k := range w {
			if tw != nil {
				i := 2 * (3*j + k)
				w[k] = complexOf[T]{tw[i], tw[i+1] * T(-sign)}
			}
		}
		for o := j; o < n; o += l {
			var from, to [4]rows[T]
			for m := range from {
				from[m] = rowsAt(sr, si, (o+m*q)*ss)
				to[m] = rowsAt(dr, di, (o+m*q)*ds)
			}
			if inverse {
				butterflies4Inverse(&to, &from, &w, tw != nil)
			} else {
				butterflies4Forward(&to, &from, &w, tw != nil)
			}
		}
	}
}

// rows are a row of the real and one of the imaginary parts of a panel.
type rows[T Float] struct{ re, im *[goLanes]T }

func rowsAt[T Float](re, im []T, at int) rows[T] {
	return rows[T]{(*[goLanes]T)(re[at:]), (*[goLanes]T)(im[at:])}
}

func (r rows[T]) at(lane int) complexOf[T] { return complexOf[T]{r.re[lane], r.im[lane]} }

func (r rows[T]) set(lane int, v complexOf[T]) { r.re[lane], r.im[lane] = v.re, v.im }

// butterflies4Forward transforms all lanes and multiplies with the twiddles w.
func butterflies4Forward[T Float](to, from *[4]rows[T], w *[3]complexOf[T], turn bool) {
	w1, w2, w3 := w[0], w[1], w[2]
	for lane := range goLanes {
		x0, x1, x2, x3 := from[0].at(lane), from[1].at(lane), from[2].at(lane), from[3].at(lane)
		t1, t3 := complexOf[T]{x1.im, -x1.re}, complexOf[T]{x3.im, -x3.re}
		y1, y2, y3 := x0.plus(t1).minus(x2).minus(t3), x0.minus(x1).plus(x2).minus(x3), x0.minus(t1).minus(x2).plus(t3)
		if turn {
			y1, y2, y3 = y1.times(w1), y2.times(w2), y3.times(w3)
		}
		to[0].set(lane, x0.plus(x1).plus(x2).plus(x3))
		to[1].set(lane, y1)
		to[2].set(lane, y2)
		to[3].set(lane, y3)
	}
}

// butterflies4Inverse multiplies all lanes with the twiddles w and transforms them back.
func butterflies4Inverse[T Float](to, from *[4]rows[T], w *[3]complexOf[T], turn bool) {
	w1, w2, w3 := w[0], w[1], w[2]
	for lane := range goLanes {
		x0, x1, x2, x3 := from[0].at(lane), from[1].at(lane), from[2].at(lane), from[3].at(lane)
		if turn {
			x1, x2, x3 = x1.times(w1), x2.times(w2), x3.times(w3)
		}
		t1, t3 := complexOf[T]{-x1.im, x1.re}, complexOf[T]{-x3.im, x3.re}
		to[0].set(lane, x0.plus(x1).plus(x2).plus(x3))
		to[1].set(lane, x0.plus(t1).minus(x2).minus(t3))
		to[2].set(lane, x0.minus(x1).plus(x2).minus(x3))
		to[3].set(lane, x0.minus(t1).minus(x2).plus(t3))
	}
}

func (a complexOf[T]) minus(b complexOf[T]) complexOf[T] {
	return complexOf[T]{a.re - b.re, a.im - b.im}
}
