package corr

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestTogether: a common work is done once, by no more goroutines than asked
// for, and is done when together returns; however many ask at once.
func TestTogether(t *testing.T) {
	var all sync.WaitGroup
	for caller := range 8 {
		all.Go(func() {
			for round := range 50 {
				n, jobs := 1+(caller+round)%5, round%7
				var next, done, now atomic.Int64
				together(n, func() {
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

// TestTogetherWaits: who has begun is waited for, and then rests and goes.
func TestTogetherWaits(t *testing.T) {
	begun, finished := make(chan bool), atomic.Bool{}
	var first atomic.Bool
	together(2, func() {
		if !first.Swap(true) {
			<-begun
			return
		}
		close(begun)
		time.Sleep(2 * awake)
		finished.Store(true)
	})
	if !finished.Load() {
		t.Error("a helper was still at work")
	}
	for start := time.Now(); time.Since(start) < 10*time.Second; time.Sleep(awake) {
		idle.Lock()
		n := len(idle.helpers)
		idle.Unlock()
		if n == 0 {
			return
		}
	}
	t.Error("helpers wait for ever")
}
