//go:build !unix

package main

import "os"

// peakMegs is 0: the system does not tell the peak memory of a process.
func peakMegs(*os.ProcessState) float64 { return 0 }
