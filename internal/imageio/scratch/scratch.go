// Package scratch lends memory for a row or so, and takes it back.
package scratch

import "sync"

var pool = sync.Pool{New: func() any { return new([]byte) }}

// Get lends a buffer of any size; Sized makes it as large as needed.
func Get() *[]byte { return pool.Get().(*[]byte) }

// Put takes back a buffer from Get. Its memory must not be used afterwards.
func Put(b *[]byte) { pool.Put(b) }

// Sized returns n bytes of a buffer, which grows where it is too small. Their
// content is undefined.
func Sized(buf *[]byte, n int) []byte {
	if cap(*buf) < n {
		*buf = make([]byte, n)
	}
	*buf = (*buf)[:n]
	return *buf
}
