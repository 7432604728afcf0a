package vec

// correlateGo is the reference of the assembly, which fuses where this rounds twice. The
// order of each sum is the same: the taps row by row, left to right.
func correlateGo[T Float](y []T, ys int, x []T, xs int, k *Taps[T], dx, rows, cols int, bias T, mode Mode) {
	for r := range rows {
		out, in := y[r*ys:r*ys+cols], x[r*xs:]
		if mode&Add == 0 {
			for c := range out {
				out[c] = bias
			}
		}
		switch {
		case k.kw == 1: // a column is a row whose elements stand a row apart
			addRow(out, in, k.rows, xs)
		case k.kh == 3 && k.kw == 3:
			add3x3(out, in, in[xs:], in[2*xs:], (*[9]T)(k.rows), dx)
		default:
			for u := range k.kh {
				addRow(out, in[u*xs:], k.rows[u*k.kw:(u+1)*k.kw], dx)
			}
		}
	}
}

// add3x3 adds the most frequent kernel in one pass: nothing but the sum is stored.
func add3x3[T Float](out, above, here, below []T, k *[9]T, dx int) {
	n := len(out)
	a0, a1, a2 := above[:n], above[dx:][:n], above[2*dx:][:n]
	b0, b1, b2 := here[:n], here[dx:][:n], here[2*dx:][:n]
	c0, c1, c2 := below[:n], below[dx:][:n], below[2*dx:][:n]
	k0, k1, k2, k3, k4, k5, k6, k7, k8 := k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], k[8]
	for i, s := range out {
		s += T(k0 * a0[i])
		s += T(k1 * a1[i])
		s += T(k2 * a2[i])
		s += T(k3 * b0[i])
		s += T(k4 * b1[i])
		s += T(k5 * b2[i])
		s += T(k6 * c0[i])
		s += T(k7 * c1[i])
		s += T(k8 * c2[i])
		out[i] = s
	}
}

// addRow adds one kernel row: out[c] += Σ_v taps[v] * x[c+v*dx], v rising. Taps share a
// pass, which saves loads and stores: four at a time, and the last five or seven at once.
func addRow[T Float](out, x, taps []T, dx int) {
	at := func(v int) []T { return x[v*dx:][:len(out)] }
	for i := 0; i < len(taps); {
		switch t := taps[i:]; len(t) {
		case 7:
			add7(out, (*[7]T)(t), at(i), at(i+1), at(i+2), at(i+3), at(i+4), at(i+5), at(i+6))
			i += 7
		case 5:
			add5(out, (*[5]T)(t), at(i), at(i+1), at(i+2), at(i+3), at(i+4))
			i += 5
		case 3, 6:
			add3(out, (*[3]T)(t), at(i), at(i+1), at(i+2))
			i += 3
		case 2:
			add2(out, (*[2]T)(t), at(i), at(i+1))
			i += 2
		case 1:
			add1(out, t[0], at(i))
			i++
		default:
			add4(out, (*[4]T)(t), at(i), at(i+1), at(i+2), at(i+3))
			i += 4
		}
	}
}

func add1[T Float](out []T, t T, x []T) {
	x = x[:len(out)]
	for c := range out {
		out[c] += T(t * x[c])
	}
}

func add2[T Float](out []T, t *[2]T, x0, x1 []T) {
	n := len(out)
	t0, t1 := t[0], t[1]
	x0, x1 = x0[:n], x1[:n]
	for c := range out {
		out[c] = out[c] + T(t0*x0[c]) + T(t1*x1[c])
	}
}

func add3[T Float](out []T, t *[3]T, x0, x1, x2 []T) {
	n := len(out)
	t0, t1, t2 := t[0], t[1], t[2]
	x0, x1, x2 = x0[:n], x1[:n], x2[:n]
	for c := range out {
		out[c] = out[c] + T(t0*x0[c]) + T(t1*x1[c]) + T(t2*x2[c])
	}
}

func add4[T Float](out []T, t *[4]T, x0, x1, x2, x3 []T) {
	n := len(out)
	t0, t1, t2, t3 := t[0], t[1], t[2], t[3]
	x0, x1, x2, x3 = x0[:n], x1[:n], x2[:n], x3[:n]
	for c := range out {
		out[c] = out[c] + T(t0*x0[c]) + T(t1*x1[c]) + T(t2*x2[c]) + T(t3*x3[c])
	}
}

func add5[T Float](out []T, t *[5]T, x0, x1, x2, x3, x4 []T) {
	n := len(out)
	t0, t1, t2, t3, t4 := t[0], t[1], t[2], t[3], t[4]
	x0, x1, x2, x3, x4 = x0[:n], x1[:n], x2[:n], x3[:n], x4[:n]
	for c := range out {
		out[c] = out[c] + T(t0*x0[c]) + T(t1*x1[c]) + T(t2*x2[c]) + T(t3*x3[c]) + T(t4*x4[c])
	}
}

func add7[T Float](out []T, t *[7]T, x0, x1, x2, x3, x4, x5, x6 []T) {
	n := len(out)
	t0, t1, t2, t3, t4, t5, t6 := t[0], t[1], t[2], t[3], t[4], t[5], t[6]
	x0, x1, x2, x3, x4, x5, x6 = x0[:n], x1[:n], x2[:n], x3[:n], x4[:n], x5[:n], x6[:n]
	for c := range out {
		out[c] = out[c] + T(t0*x0[c]) + T(t1*x1[c]) + T(t2*x2[c]) + T(t3*x3[c]) + T(t4*x4[c]) + T(t5*x5[c]) + T(t6*x6[c])
	}
}
