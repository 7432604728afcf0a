package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio/atomicfile"
)

// oneSignal is how long after the first a further signal counts as the same one:
// timeout(1) sends its signal to the program and then to its group.
const oneSignal = 200 * time.Millisecond

// interruptible returns a context that the first signal to end cancels. The run
// then removes what is unfinished and ends by itself. A second signal ends it at
// once, and still leaves no temporary file.
//
// A signal that was ignored when the program started stays ignored: nohup ignores
// SIGHUP, and a shell without job control ignores SIGINT and SIGQUIT for what runs
// in its background. Go tells that of SIGHUP and SIGINT alone.
//
// SIGPIPE is ignored, so that a write to a reader that went away is an error like
// any other.
func interruptible() (ctx context.Context, stop func()) {
	ends := []os.Signal{syscall.SIGTERM}
	for _, s := range endSignals {
		if !signal.Ignored(s) {
			ends = append(ends, s)
		}
	}
	if len(brokenPipe) > 0 { // without arguments Ignore takes every signal
		signal.Ignore(brokenPipe...)
	}
	ctx, cancel := context.WithCancel(context.Background())
	came := make(chan os.Signal, 8)
	signal.Notify(came, ends...)
	go func() {
		<-came
		cancel()
		for first := time.Now(); time.Since(first) < oneSignal; {
			<-came
		}
		atomicfile.RemoveAll()
		os.Exit(exit.Interrupted)
	}()
	return ctx, func() {
		signal.Stop(came)
		cancel()
	}
}
