package schedule

import "sync"

// sequencer runs functions one at a time in the order of their numbers, while
// the goroutines that bring them arrive in any order.
type sequencer struct {
	mu   sync.Mutex
	wake sync.Cond
	next int
	err  error
}

func newSequencer() *sequencer {
	s := &sequencer{}
	s.wake.L = &s.mu
	return s
}

// run waits until the functions of all lower numbers have run, then runs f. The first
// error, from f or from stop, ends this and all later calls.
func (s *sequencer) run(at int, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.next != at && s.err == nil {
		s.wake.Wait()
	}
	if s.err == nil {
		s.err = f()
		s.next++
		s.wake.Broadcast()
	}
	return s.err
}

// stop ends all calls with err.
func (s *sequencer) stop(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	s.wake.Broadcast()
}
