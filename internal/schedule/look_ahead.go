package schedule

import "sync"

// lookAhead limits how far numbered jobs run ahead: no job begins that is limit
// or more above the lowest unfinished job. So a sink keeps few bands while it waits
// for an earlier one, however long one goroutine is held up.
type lookAhead struct {
	mu     sync.Mutex
	moved  sync.Cond
	low    int    // all jobs below are finished
	done   []bool // of job i, for low <= i < low+limit, at i modulo limit
	lifted bool
}

func newLookAhead(limit int) *lookAhead {
	l := &lookAhead{done: make([]bool, limit)}
	l.moved.L = &l.mu
	return l
}

// begin waits until job i is within the limit, or the limit is lifted.
func (l *lookAhead) begin(i int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i >= l.low+len(l.done) && !l.lifted {
		l.moved.Wait()
	}
}

// finish marks job i, which has begun, as finished.
func (l *lookAhead) finish(i int) {
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

// lift removes the limit: a job has failed and will never finish.
func (l *lookAhead) lift() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lifted = true
	l.moved.Broadcast()
}

// jobsAhead is how many jobs for each thread may run ahead of the slowest: enough that
// none waits while another writes a band out.
const jobsAhead = 4

// limitOf returns the look-ahead limit for jobs of so many bytes. It is lower for
// very large jobs, because a sink may have to keep all of them.
func limitOf(bytes, threads int) int {
	const most = 32 << 20
	return min(jobsAhead*threads, max(2*threads, most/max(bytes, 1)))
}
