package corr

import "sync"

// leash keeps goroutines that take numbered jobs close together: none begins
// a job that is reach or more above the lowest one not finished. So what a
// sink must keep until earlier bands have come stays small, however long one
// goroutine is held up.
type leash struct {
	mu    sync.Mutex
	moved sync.Cond
	low   int    // all jobs below are finished
	done  []bool // of job i, for low <= i < low+reach, at i modulo reach
	cut   bool
}

func newLeash(reach int) *leash {
	l := &leash{done: make([]bool, reach)}
	l.moved.L = &l.mu
	return l
}

// begin waits until job i is near enough, or the leash is cut.
func (l *leash) begin(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i >= l.low+len(l.done) && !l.cut {
		l.moved.Wait()
	}
}

// finish tells that job i, which has begun, is finished.
func (l *leash) finish(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.done)
	l.done[i%n] = true
	for l.done[l.low%n] {
		l.done[l.low%n] = false
		l.low++
	}
	l.moved.Broadcast()
}

// release lets all go: a job has failed and will never be finished.
func (l *leash) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	l.moved.Broadcast()
}
