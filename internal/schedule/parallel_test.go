package schedule

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestParallel: shared work is done once, by no more goroutines than asked
// for, and is complete when Parallel returns, however many callers there are.
func TestParallel(t *testing.T) {
	var all sync.WaitGroup
	for caller := range 8 {
		all.Go(func() {
			for round := range 50 {
				n, jobs := 1+(caller+round)%5, round%7
				var next, done, now atomic.Int64
				Parallel(n, func() {
					if at := now.Add(1); at > int64(n) {
						t.Errorf("%d goroutines instead of %d", at, n)
					}
					for next.Add(1) <= int64(jobs) {
						if round%10 == 0 {
							time.Sleep(100 * time.Microsecond) // longer than anybody stays awake
						}
						done.Add(1)
					}
					now.Add(-1)
				})
				if done.Load() != int64(jobs) || now.Load() != 0 {
					t.Errorf("%d of %d jobs are done, %d goroutines still at work", done.Load(), jobs, now.Load())
				}
			}
		})
	}
	all.Wait()
}

// TestParallelWaits: a worker that has begun is waited for, and ends later.
func TestParallelWaits(t *testing.T) {
	begun, finished := make(chan bool), atomic.Bool{}
	var first atomic.Bool
	Parallel(2, func() {
		if !first.Swap(true) {
			<-begun
			return
		}
		close(begun)
		time.Sleep(2 * awake)
		finished.Store(true)
	})
	if !finished.Load() {
		t.Error("a worker was still at work")
	}
	for start := time.Now(); time.Since(start) < 10*time.Second; time.Sleep(awake) {
		pool.Lock()
		n := len(pool.workers)
		pool.Unlock()
		if n == 0 {
			return
		}
	}
	t.Error("workers wait for ever")
}
