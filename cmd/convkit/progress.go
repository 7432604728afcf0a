package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/tensor"
)

// progressMode says when progress is shown.
type progressMode int

const (
	progressAuto progressMode = iota // on a terminal, for what takes longer than a moment
	progressAlways
	progressNever
)

var progressNames = []string{"auto", "always", "never"}

func parseProgress(s string) (progressMode, error) {
	return enum.Parse[progressMode](s, progressNames)
}

// meter counts finished rows and prints the share on standard error, a few
// times a second.
type meter struct {
	a           *app
	what        string
	every       time.Duration
	mu          sync.Mutex
	done, total int
	last        time.Time
	shown       bool
}

// showsProgress reports whether progress is wanted.
func (a *app) showsProgress() bool {
	return !a.quiet && (a.progress == progressAlways || a.progress == progressAuto && isTerminal(a.stderr))
}

// newMeter returns nil where progress is not wanted; a nil meter does nothing.
func (a *app) newMeter(what string, total int) *meter {
	if !a.showsProgress() || a.counting {
		return nil
	}
	return &meter{a: a, what: what, total: total, every: time.Second / 5, last: time.Now()}
}

func (m *meter) add(n int) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done += n; time.Since(m.last) >= m.every {
		m.last, m.shown = time.Now(), true
		m.a.stderr.overwrite(m.line(), "")
	}
}

// set sets how much is done of how much.
func (m *meter) set(done, total int) {
	if m == nil {
		return
	}
	m.mu.Lock()
	m.done, m.total = done, total
	m.mu.Unlock()
	m.add(0)
}

// rename goes on with something else.
func (m *meter) rename(what string) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shown && len(what) < len(m.what) {
		m.a.stderr.overwrite(strings.Repeat(" ", len(m.line())), "\r")
	}
	m.what, m.done = what, 0
}

// line is what the meter shows.
func (m *meter) line() string {
	return fmt.Sprintf("%s %3d %%", m.what, 100*m.done/max(1, m.total))
}

// end clears the line, or on request of --progress always leaves it at 100 %.
func (m *meter) end() {
	switch {
	case m == nil:
	case m.a.progress == progressAlways:
		m.a.stderr.overwrite(m.line(), "\n")
	case m.shown:
		m.a.stderr.overwrite(strings.Repeat(" ", len(m.line())), "\r")
	}
}

// metered counts the rows that go into a sink.
type metered[T tensor.Float] struct {
	tensor.Sink[T]
	m *meter
}

func (s metered[T]) Put(b tensor.Band[T]) (func() error, error) {
	commit, err := s.Sink.Put(b)
	s.m.add(b.Rows)
	return commit, err
}
