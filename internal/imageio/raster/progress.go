package raster

import (
	"sync"
	"sync/atomic"
)

// Progress tells how many rows of a picture are unpacked, while the others still
// are being.
type Progress struct {
	rows  atomic.Int64
	mu    sync.Mutex
	more  sync.Cond
	ended bool
	err   error
}

// NewProgress returns a Progress of no rows.
func NewProgress() *Progress {
	p := &Progress{}
	p.more.L = &p.mu
	return p
}

// Reach says that rows 0 to n-1 are there.
func (p *Progress) Reach(n int) {
	p.rows.Store(int64(n))
	p.mu.Lock()
	p.more.Broadcast()
	p.mu.Unlock()
}

// End says that no more rows will come, and why if err is not nil.
func (p *Progress) End(err error) {
	p.mu.Lock()
	p.ended, p.err = true, err
	p.more.Broadcast()
	p.mu.Unlock()
}

// Wait returns once row y is there, or with the error of End.
func (p *Progress) Wait(y int) error {
	if p.rows.Load() > int64(y) {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.rows.Load() <= int64(y) && !p.ended {
		p.more.Wait()
	}
	return p.err
}

// Wait returns once row y of the file is there. It returns at once for a picture
// that is complete.
func (m *Picture) Wait(y int) error {
	if m.Pending == nil {
		return nil
	}
	return m.Pending.Wait(y)
}
