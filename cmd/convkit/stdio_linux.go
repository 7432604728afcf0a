package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// closedAtStart reports whether standard output was closed when the program
// started, as the shell's >&- leaves it. Go then opens /dev/null for reading and
// writing in its place before any code of ours runs, and what is written vanishes.
// A redirection of a shell opens it for writing only.
//
// Some programs hand their children a /dev/null that is open for reading and
// writing (Python's subprocess.DEVNULL does). One that serves as several of the
// three streams is recognised, since Go opens one for each. One that serves as
// standard output alone cannot be told from a closed stream, and counts as one.
func closedAtStart(f *os.File) bool {
	fd := int(f.Fd())
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFCHR || st.Rdev != unix.Mkdev(1, 3) {
		return false
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE != unix.O_RDWR {
		return false
	}
	for other := range 3 {
		if other != fd && sameDescription(fd, other) {
			return false
		}
	}
	return true
}

// sameDescription reports whether two descriptors came from one open call. It is
// false where the kernel does not say.
func sameDescription(a, b int) bool {
	const kcmpFile = 0
	pid := uintptr(os.Getpid())
	order, _, failed := unix.Syscall6(unix.SYS_KCMP, pid, pid, kcmpFile, uintptr(a), uintptr(b), 0)
	return failed == 0 && order == 0
}
