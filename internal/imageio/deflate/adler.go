package deflate

// JoinAdler gives the Adler-32 of two pieces in a row from theirs: with
// sums A = 1 + Σ d_i and B = Σ (n-i+1) d_i + n modulo 65521, the second piece of
// n bytes adds its own, and n times what A was before.
func JoinAdler(first, second uint32, n int) uint32 {
	const mod = 65521
	a1, b1, a2, b2 := first&0xffff, first>>16, second&0xffff, second>>16
	a := (a1 + a2 + mod - 1) % mod
	b := (uint64(b1) + uint64(b2) + uint64(n%mod)*uint64(a1+mod-1)) % mod
	return uint32(b)<<16 | a
}
