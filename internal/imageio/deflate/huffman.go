package deflate

import (
	"math/bits"
	"slices"
)

// huffman gives each symbol the length of its code, at most most bits: those of
// an optimal prefix code (Huffman 1952), flattened where they are too long. A
// code is always complete, with two symbols or more, as strict decoders want.
func huffman(freq []uint32, most int, lengths []uint8) {
	clear(lengths)
	order := make([]uint64, 0, len(freq)) // frequency and symbol, the rarest first
	for s, f := range freq {
		if f > 0 {
			order = append(order, uint64(f)<<16|uint64(s))
		}
	}
	for s := uint64(0); len(order) < 2; s++ {
		if freq[s] == 0 {
			order = append(order, s)
		}
	}
	slices.Sort(order)
	depths := treeDepths(order)
	flatten(depths, most)
	for i, o := range order {
		lengths[o&0xffff] = depths[i]
	}
}

// treeDepths merges the two rarest nodes until one is left, and gives the depth
// of each leaf. The merged nodes come in order by themselves.
func treeDepths(order []uint64) []uint8 {
	n := len(order)
	weight := make([]uint64, 2*n-1)
	for i, o := range order {
		weight[i] = o >> 16
	}
	parent := make([]int, 2*n-1)
	leaf, inner := 0, n
	for at := n; at < 2*n-1; at++ {
		for range 2 {
			k := inner
			if leaf < n && (inner == at || weight[leaf] <= weight[inner]) {
				k = leaf
				leaf++
			} else {
				inner++
			}
			weight[at] += weight[k]
			parent[k] = at
		}
	}
	depth := make([]uint8, 2*n-1)
	for i := 2*n - 3; i >= 0; i-- {
		depth[i] = depth[parent[i]] + 1
	}
	return depth[:n]
}

// flatten bounds the depths of the leaves, the rarest first, and keeps the code
// complete: the sum of 2^-depth is 1 again at the end.
func flatten(depths []uint8, most int) {
	whole := 1 << most
	used := 0
	for i, d := range depths {
		depths[i] = min(d, uint8(most))
		used += whole >> depths[i]
	}
	for i := 0; used > whole; i++ { // the rarest that can go down do
		for int(depths[i]) < most && used > whole {
			depths[i]++
			used -= whole >> depths[i]
		}
	}
	for used < whole { // the commonest of the deepest goes up
		deepest := slices.Max(depths)
		i := len(depths) - 1
		for depths[i] != deepest {
			i--
		}
		used += whole >> deepest
		depths[i]--
	}
}

// prefixCodes gives the canonical code of each symbol, its first bit lowest
// (RFC 1951, section 3.2.2).
func prefixCodes(lengths []uint8, codes []uint16) {
	var next [maxBits + 2]int
	for _, n := range lengths {
		next[n+1]++
	}
	next[1] = 0
	for n := 1; n <= maxBits; n++ {
		next[n+1] = (next[n] + next[n+1]) << 1
	}
	for s, n := range lengths {
		if n > 0 {
			codes[s] = bits.Reverse16(uint16(next[n])) >> (16 - n)
			next[n]++
		}
	}
}
