//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMegs is the peak memory of a process that ended, in megabytes.
func peakMegs(p *os.ProcessState) float64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // counts bytes, the others KiB
		return float64(usage.Maxrss) / 1e6
	}
	return float64(usage.Maxrss) / 1e6 * 1024
}
