//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package memory

import "golang.org/x/sys/unix"

func system() (total int64, ok bool) {
	for _, name := range []string{"hw.memsize", "hw.physmem", "hw.physmem64"} {
		if v, err := unix.SysctlUint64(name); err == nil && v > 0 {
			return int64(v), true
		}
	}
	return 0, false
}
