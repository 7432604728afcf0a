//go:build !purego

package sample

// fast is a variable so that a test can run both ways. Every arm64 processor has NEON.
var fast = true
