package corr

import "sync"

// turnstile lets goroutines that finish in any order pass one at a time in the
// order of their numbers.
type turnstile struct {
	mu   sync.Mutex
	wake sync.Cond
	next int
	err  error
}

func newTurnstile() *turnstile {
	t := &turnstile{}
	t.wake.L = &t.mu
	return t
}

// pass waits until every number below at has passed, then runs f. The first
// error, from f or from stop, ends this and all later calls.
func (t *turnstile) pass(at int, f func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next != at && t.err == nil {
		t.wake.Wait()
	}
	if t.err == nil {
		t.err = f()
		t.next++
		t.wake.Broadcast()
	}
	return t.err
}

// stop ends all calls with err.
func (t *turnstile) stop(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = err
	}
	t.wake.Broadcast()
}
