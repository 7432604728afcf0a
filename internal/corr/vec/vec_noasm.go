//go:build (!amd64 && !arm64) || purego

package vec

// processor has nothing but the portable loops.
func processor() []*implementation { return nil }
