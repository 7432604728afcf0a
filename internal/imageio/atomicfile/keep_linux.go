package atomicfile

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// The ACL of a file is the extended attribute aclName: a version, then entries of
// a tag, permissions and an id, 2, 2 and 4 bytes, all little-endian
// (Linux, include/uapi/linux/posix_acl_xattr.h).
const (
	aclName   = "system.posix_acl_access"
	aclHead   = 4
	aclEntry  = 8
	aclGroup  = 0x04 // the owning group
	aclMask   = 0x10 // the most that groups and named users have
	aclOthers = 0x20
	aclMost   = 64 << 10 // the kernel's bound of an attribute
)

// keepMode gives f the mode, and the ACL of the file at path or none.
func keepMode(f *os.File, path string, mode fs.FileMode, sameGroup bool) error {
	acl := readACL(func(b []byte) (int, error) { return unix.Getxattr(path, aclName, b) })
	if acl == nil {
		// The folder may have given the new file an ACL that the old one lacks.
		err := unix.Fremovexattr(int(f.Fd()), aclName)
		if err != nil && !errors.Is(err, unix.ENODATA) && !errors.Is(err, unix.ENOTSUP) && !errors.Is(err, unix.EPERM) {
			return &fs.PathError{Op: "acl", Path: path, Err: err}
		}
		return f.Chmod(mode)
	}
	if !sameGroup {
		if group, others := entry(acl, aclGroup), entry(acl, aclOthers); group != nil && others != nil {
			binary.LittleEndian.PutUint16(group[2:], permOf(group)&permOf(others))
		}
	}
	if err := unix.Fsetxattr(int(f.Fd()), aclName, acl, 0); err != nil {
		// Without its ACL a file must not be open to all whom the mask names.
		return f.Chmod(mode &^ 0o070)
	}
	return nil
}

// readACL returns the attribute that get reads, or nil.
func readACL(get func([]byte) (int, error)) []byte {
	n, err := get(nil)
	if err != nil || n < aclHead || n > aclMost {
		return nil
	}
	b := make([]byte, n)
	if n, err = get(b); err != nil || n < aclHead {
		return nil
	}
	return b[:n]
}

// entry returns the entry of a tag, or nil.
func entry(acl []byte, tag uint16) []byte {
	for at := aclHead; at+aclEntry <= len(acl); at += aclEntry {
		if e := acl[at : at+aclEntry]; binary.LittleEndian.Uint16(e) == tag {
			return e
		}
	}
	return nil
}

func permOf(entry []byte) uint16 { return binary.LittleEndian.Uint16(entry[2:]) }

// permissions returns the mode of a file and its group. With an ACL the bits of
// the group are those that its owning group really has.
func permissions(path string, st fs.FileInfo) (fs.FileMode, int) {
	return withACL(st, readACL(func(b []byte) (int, error) { return unix.Getxattr(path, aclName, b) }))
}

func permissionsOf(f *os.File, st fs.FileInfo) (fs.FileMode, int) {
	return withACL(st, readACL(func(b []byte) (int, error) { return unix.Fgetxattr(int(f.Fd()), aclName, b) }))
}

func withACL(st fs.FileInfo, acl []byte) (fs.FileMode, int) {
	mode := st.Mode().Perm()
	if group := entry(acl, aclGroup); group != nil {
		bits := permOf(group)
		if mask := entry(acl, aclMask); mask != nil {
			bits &= permOf(mask)
		}
		mode = mode&^0o070 | fs.FileMode(bits&7)<<3
	}
	return mode, groupOf(st)
}
