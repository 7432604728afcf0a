//go:build !purego

package sample

import "golang.org/x/sys/cpu"

// fast is a variable so that a test can run both ways.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasPOPCNT
