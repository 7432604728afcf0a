package accumulate

import (
	"sync"
)

// queue gives out the numbers 0, 1, … and lets their results pass in order.
type queue struct {
	mu           sync.Mutex
	turn         *sync.Cond
	next, passed int
	total        int
}

func newQueue(total int) *queue {
	q := &queue{total: total}
	q.turn = sync.NewCond(&q.mu)
	return q
}

func (q *queue) take() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == q.total {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

// pass runs f when all lower numbers have passed.
func (q *queue) pass(i int, f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.passed != i {
		q.turn.Wait()
	}
	f()
	q.passed++
	q.turn.Broadcast()
}
