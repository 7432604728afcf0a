package main

import (
	"bytes"
	"testing"
)

// A phase that shows nothing says at every tick that it runs; one that shows something
// else is left alone. The line does not stay.
func TestHeartbeat(t *testing.T) {
	var b bytes.Buffer
	c := &console{w: &b}
	h := &heartbeat{to: c, what: "solve"}
	for _, other := range []bool{false, false, true, true, false} {
		if other {
			c.overwrite("12 %", "")
		}
		h.tick()
	}
	h.end()
	const want = "\rsolve, 1 s\rsolve, 2 s\r12 %      \r12 %\rsolve, 4 s\r          \r"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// Phases have a heartbeat only where progress is shown.
func TestShowsProgress(t *testing.T) {
	for _, c := range []struct {
		mode        progressMode
		quiet, want bool
	}{{progressAlways, false, true}, {progressAlways, true, false}, {progressAuto, false, false}, {progressNever, false, false}} {
		a := &app{stderr: &console{w: &bytes.Buffer{}}, progress: c.mode, quiet: c.quiet}
		if got := a.showsProgress(); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
