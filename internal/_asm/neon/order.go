package neon

import "slices"

// apart is how many operations stand between two stores: a processor that begins few
// instructions a cycle would otherwise begin nothing but stores.
const apart = 2

// ordered spreads loads and stores among the arithmetic: a load stands before the first
// instruction that needs it, a store soon after the last that changes its value.
func ordered(code []instruction) []instruction {
	loads, last := map[V]int{}, map[V]int{}
	for i, in := range code {
		switch in.kind {
		case other:
			return code
		case load:
			for _, v := range in.results {
				loads[v] = i
			}
		case arithmetic:
			for _, v := range slices.Concat(in.sources, in.results) {
				last[v] = i
			}
		}
	}
	var list []instruction
	done := make([]bool, len(code))
	emit := func(i int) {
		if !done[i] {
			done[i] = true
			list = append(list, code[i])
		}
	}
	since := 0
	for i, in := range code {
		if in.kind != arithmetic {
			continue
		}
		for _, v := range in.sources {
			if l, ok := loads[v]; ok {
				emit(l)
			}
		}
		emit(i)
		if since++; since < apart {
			continue
		}
		ready := func(in instruction) bool {
			return !slices.ContainsFunc(in.sources, func(v V) bool { return last[v] > i })
		}
		for s, in := range code {
			if in.kind == store && !done[s] && ready(in) {
				emit(s)
				since = 0
				break
			}
		}
	}
	for i := range code {
		emit(i)
	}
	return list
}
