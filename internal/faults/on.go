//go:build faults

package faults

import (
	"io/fs"
	"sync"
	"syscall"
)

var state struct {
	sync.Mutex
	fail  int // the call that fails, from 1; 0: none
	full  bool
	calls int
	fired bool
	op    Op
}

// Set lets call n of At fail, counted from 1, and none if n is 0. If full, every
// write and every new file from then on fails too, as on a disk that is full.
func Set(n int, full bool) {
	state.Lock()
	defer state.Unlock()
	state.fail, state.full, state.calls, state.fired = n, full, 0, false
}

// Fired returns whether a call failed since Set, and its operation.
func Fired() (Op, bool) {
	state.Lock()
	defer state.Unlock()
	return state.op, state.fired
}

var causes = [ops]syscall.Errno{
	Open: syscall.EMFILE, Create: syscall.ENOSPC, Read: syscall.EIO, Write: syscall.ENOSPC, Close: syscall.EIO,
	Chmod: syscall.EPERM, Link: syscall.EPERM, Rename: syscall.EIO, Remove: syscall.EIO, Memory: syscall.ENOMEM,
}

var names = [ops]string{"open", "create", "read", "write", "close", "chmod", "link", "rename", "remove", "allocate"}

// String returns the verb.
func (o Op) String() string { return names[o] }

// At returns the error with which an operation on a file must fail, or nil.
func At(op Op, path string) error {
	state.Lock()
	defer state.Unlock()
	state.calls++
	again := state.fired && state.full && (op == Write || op == Create)
	if state.calls != state.fail && !again {
		return nil
	}
	if !state.fired {
		state.fired, state.op = true, op
	}
	return &fs.PathError{Op: op.String(), Path: path, Err: causes[op]}
}
