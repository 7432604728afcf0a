//go:build (!amd64 && !arm64) || purego

package fft

// current are the portable loops.
func current[T Float]() *loops[T] { return portable[T]() }
