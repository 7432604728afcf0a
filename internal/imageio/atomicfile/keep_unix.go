//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// mayWrite reports whether this user may write the existing file.
func mayWrite(path string) bool { return unix.Access(path, unix.W_OK) == nil }

func groupOf(st fs.FileInfo) int {
	if s, ok := st.Sys().(*syscall.Stat_t); ok {
		return int(s.Gid)
	}
	return noGroup
}

// keep gives f the owner, the group, the mode and the ACL of the file at path, as
// far as that is permitted. A group that cannot be given leaves its permissions
// to those that everyone has.
func keep(f *os.File, path string, st fs.FileInfo) error {
	mode, sameGroup := st.Mode().Perm(), true
	if was, ok := st.Sys().(*syscall.Stat_t); ok {
		now, err := f.Stat()
		if err != nil {
			return err
		}
		if is, ok := now.Sys().(*syscall.Stat_t); ok {
			if is.Gid != was.Gid {
				sameGroup = f.Chown(-1, int(was.Gid)) == nil
			}
			if is.Uid != was.Uid {
				// Only root may; for all others the file becomes theirs.
				_ = f.Chown(int(was.Uid), -1)
			}
		}
	}
	if !sameGroup {
		mode = mode&^0o070 | mode&((mode&0o007)<<3)
	}
	return keepMode(f, path, mode, sameGroup)
}
