//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// fileID is the device and the inode of a file.
type fileID struct{ device, inode uint64 }

// idOf returns what two names of one file have in common.
func idOf(info fs.FileInfo) (fileID, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}, false
	}
	return fileID{uint64(st.Dev), st.Ino}, true
}
