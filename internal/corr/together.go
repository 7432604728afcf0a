package corr

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// together runs f on the caller's goroutine and on up to n-1 more, and returns
// when all have returned. f takes its share of a common work until there is no
// more, so that a helper who has not begun when the caller is done is let off.
//
// A thread that sleeps takes some 20 µs to wake, in which another one filters a
// quarter of a million pixels. So helpers stay awake for a moment after their
// work and are there for whoever comes within it.
func together(n int, f func()) {
	t := &task{do: f}
	t.left.Store(int64(n - 1))
	t.all.Add(n - 1)
	var some [8]*helper
	helpers := some[:0]
	for range n - 1 {
		helpers = append(helpers, hire(t))
	}
	f()
	for _, h := range helpers {
		if h.work.CompareAndSwap(t, nil) { // has not begun
			h.rest()
			t.leave()
		}
	}
	for start := time.Now(); t.left.Load() > 0 && time.Since(start) < awake; {
	}
	t.all.Wait()
}

// awake is how long a goroutine waits before it sleeps or ends.
const awake = 50 * time.Microsecond

// task is work that several goroutines share.
type task struct {
	do   func()
	left atomic.Int64 // helpers at work
	all  sync.WaitGroup
}

// leave tells that a helper is done.
func (t *task) leave() {
	t.left.Add(-1)
	t.all.Done()
}

// helper is a goroutine that takes tasks from work, one at a time.
type helper struct{ work atomic.Pointer[task] }

// idle are the helpers who wait for a task.
var idle struct {
	sync.Mutex
	helpers []*helper
}

// hire gives a task to a helper who is idle, or to a new one.
func hire(t *task) *helper {
	idle.Lock()
	defer idle.Unlock()
	n := len(idle.helpers)
	if n == 0 {
		h := &helper{}
		h.work.Store(t)
		go h.serve()
		return h
	}
	h := idle.helpers[n-1]
	idle.helpers = idle.helpers[:n-1]
	h.work.Store(t)
	return h
}

// rest makes the helper idle.
func (h *helper) rest() {
	idle.Lock()
	defer idle.Unlock()
	idle.helpers = append(idle.helpers, h)
}

// quit tells whether the helper may go: if it is idle, for it may have been
// hired meanwhile.
func (h *helper) quit() bool {
	idle.Lock()
	defer idle.Unlock()
	i := slices.Index(idle.helpers, h)
	if i >= 0 {
		idle.helpers = slices.Delete(idle.helpers, i, i+1)
	}
	return i >= 0
}

// patience is how long an idle helper waits: not at all where as many as there
// are processors do.
func patience() time.Duration {
	idle.Lock()
	defer idle.Unlock()
	if len(idle.helpers) >= runtime.GOMAXPROCS(0) {
		return 0
	}
	return awake
}

// serve carries out tasks until none has come for a while.
func (h *helper) serve() {
	for t := h.next(); t != nil; t = h.next() {
		t.do()
		h.rest()
		t.leave()
	}
}

// next waits for a task; nil where none comes.
func (h *helper) next() *task {
	long := patience()
	for start := time.Now(); ; {
		if t := h.work.Load(); t != nil && h.work.CompareAndSwap(t, nil) {
			return t
		}
		if time.Since(start) > long && h.quit() {
			return nil
		}
	}
}
