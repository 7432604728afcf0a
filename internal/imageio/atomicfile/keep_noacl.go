//go:build !linux

package atomicfile

import (
	"io/fs"
	"os"
)

// keepMode gives f the mode. ACLs of other systems than Linux are not copied.
func keepMode(f *os.File, _ string, mode fs.FileMode, _ bool) error { return f.Chmod(mode) }

func permissions(_ string, st fs.FileInfo) (fs.FileMode, int) { return st.Mode().Perm(), groupOf(st) }

func permissionsOf(_ *os.File, st fs.FileInfo) (fs.FileMode, int) {
	return st.Mode().Perm(), groupOf(st)
}
