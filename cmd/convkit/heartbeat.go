package main

import (
	"fmt"
	"strings"
	"time"
)

// beatEvery is the time after which a phase that shows nothing says that it still runs:
// nothing is silent for longer than twice that.
const beatEvery = 900 * time.Millisecond

// heartbeat shows a phase and its seconds, at each tick before which nothing else was
// shown.
type heartbeat struct {
	to    *console
	what  string
	seen  int64 // writes to the console until the last tick
	ticks int
	line  string // the last that was shown
}

func (h *heartbeat) tick() {
	h.ticks++
	if now := h.to.writes.Load(); now != h.seen {
		h.seen = now
		return
	}
	h.line = fmt.Sprintf("%s, %.0f s", h.what, (time.Duration(h.ticks) * beatEvery).Seconds())
	h.to.overwrite(h.line, "")
	h.seen = h.to.writes.Load()
}

// end clears the line, if there is one.
func (h *heartbeat) end() {
	if h.line != "" {
		h.to.overwrite(strings.Repeat(" ", len(h.line)), "\r")
	}
}

// beat begins a heartbeat, where progress is shown. The function that it returns ends it.
func (a *app) beat(what string) (end func()) {
	if !a.showsProgress() {
		return func() {}
	}
	h := &heartbeat{to: a.stderr, what: what, seen: a.stderr.writes.Load()}
	ticker, done, ended := time.NewTicker(beatEvery), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				h.tick()
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
		<-ended
		h.end()
	}
}
