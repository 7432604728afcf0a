//go:build !unix

package main

import "os"

// nonBlocking is 0: there are no FIFOs in the file system.
const nonBlocking = 0

// endSignals end a run, besides SIGTERM, unless they were ignored at its start.
var endSignals = []os.Signal{os.Interrupt}

// brokenPipe is empty: a write to a closed pipe is an error only.
var brokenPipe []os.Signal
