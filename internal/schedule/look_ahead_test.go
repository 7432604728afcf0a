package schedule

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/convkit/convkit/internal/tensor"
)

// slowSink holds the first band back until no other can come, and counts those
// that came meanwhile.
type slowSink struct {
	tensor.Sink[float32]
	while  atomic.Int64 // bands that came, the first not counted
	before int64        // of them, those that came while the first was held back
	limit  int64
	full   chan struct{}
}

func (s *slowSink) Put(b tensor.Band[float32]) (func() error, error) {
	if b.Y == 0 {
		<-s.full
		s.before = s.while.Load()
		return nil, nil
	}
	if s.while.Add(1) == s.limit {
		close(s.full)
	}
	return nil, nil
}

// TestLookAhead: while one band is held up, the others go as far as the limit and
// no farther, so that a sink has few bands to keep.
func TestLookAhead(t *testing.T) {
	const threads = 3
	out := tensor.Shape{N: 1, C: 1, H: 3000, W: 5}
	s := &slowSink{Sink: tensor.NewDense[float32](out), limit: jobsAhead*threads - 1, full: make(chan struct{})}
	err := Deliver(context.Background(), out, 1, threads, s, func() func(tensor.Band[float32]) error {
		return func(tensor.Band[float32]) error { return nil }
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.before != s.limit {
		t.Errorf("%d bands came before the first, the limit is %d", s.before, s.limit)
	}
}

// TestLookAheadError: an error while others wait ends the run.
func TestLookAheadError(t *testing.T) {
	l := newLookAhead(2)
	l.begin(0)
	l.begin(1)
	waits := make(chan struct{})
	go func() {
		l.begin(2)
		close(waits)
	}()
	l.finish(1) // job 0 is not finished: 2 still waits
	select {
	case <-waits:
		t.Fatal("job 2 began while job 0 was not finished")
	default:
	}
	l.lift()
	<-waits
}
