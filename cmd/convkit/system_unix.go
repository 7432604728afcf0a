//go:build unix

package main

import (
	"os"
	"syscall"
)

// nonBlocking opens a FIFO without waiting for a writer.
const nonBlocking = syscall.O_NONBLOCK

// endSignals end a run, besides SIGTERM, unless they were ignored at its start.
var endSignals = []os.Signal{os.Interrupt, syscall.SIGHUP}

// brokenPipe is sent to who writes to a pipe that nobody reads.
var brokenPipe = []os.Signal{syscall.SIGPIPE}
