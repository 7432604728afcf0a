package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// acl sets an ACL, or skips the test where the file system has none.
func acl(t *testing.T, path string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("setfacl"); err != nil {
		t.Skip("setfacl is not installed")
	}
	if out, err := exec.Command("setfacl", append(args, path)...).CombinedOutput(); err != nil {
		t.Skipf("%s", out)
	}
}

func getfacl(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("getfacl", "--omit-header", "--absolute-names", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%s", out)
	}
	return string(out)
}

func replaceWith(t *testing.T, path string) {
	t.Helper()
	var s Set
	if err := errors.Join(s.Write(path, text("new")), s.Commit()); err != nil {
		t.Fatal(err)
	}
}

func TestACLIsKept(t *testing.T) {
	for _, entries := range []string{"g::r,o::-,u:daemon:r,m::rw", "g::-,o::r,g:daemon:rw", "u:daemon:-"} {
		path := filepath.Join(t.TempDir(), "x")
		write(t, path, "old", 0o644)
		acl(t, path, "-m", entries)
		want := getfacl(t, path)
		replaceWith(t, path)
		if got := getfacl(t, path); got != want {
			t.Errorf("%s: got\n%swant\n%s", entries, got, want)
		}
	}
}

// TestNoACLIsKept: the folder's default does not open a file that had no ACL.
func TestNoACLIsKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	write(t, path, "old", 0o640)
	acl(t, dir, "-d", "-m", "u:daemon:rw,g::rw")
	want := getfacl(t, path)
	replaceWith(t, path)
	if got := getfacl(t, path); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestDefaultACL: a result of a private input stays private in a folder that opens
// its files to others.
func TestDefaultACL(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	write(t, in, "", 0o600)
	acl(t, dir, "-d", "-m", "u:daemon:rw,g::rw,o::r")
	var s Set
	s.LimitTo(in)
	if err := errors.Join(s.Write(out, text("x")), s.Commit()); err != nil {
		t.Fatal(err)
	}
	if got := mode(t, out); got&0o077 != 0 {
		t.Errorf("mode %o", got)
	}
}

// TestMaskIsNoGroup: the bits of the group of a file with an ACL are its mask; the
// group itself may have less.
func TestMaskIsNoGroup(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	write(t, in, "", 0o600)
	acl(t, in, "-m", "u:daemon:r,g::-")
	if mode(t, in)&0o040 == 0 {
		t.Fatal("the mask is empty")
	}
	var s Set
	s.LimitTo(in)
	if err := errors.Join(s.Write(out, text("x")), s.Commit()); err != nil {
		t.Fatal(err)
	}
	if got := mode(t, out); got&0o077 != 0 {
		t.Errorf("mode %o", got)
	}
}

func owner(t *testing.T, path string) (uid, gid int) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := st.Sys().(*syscall.Stat_t)
	return int(s.Uid), int(s.Gid)
}

func TestOwnerIsKept(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	path := filepath.Join(t.TempDir(), "x")
	write(t, path, "old", 0o660)
	if err := os.Chown(path, 1, 2); err != nil {
		t.Skip(err)
	}
	replaceWith(t, path)
	if uid, gid := owner(t, path); uid != 1 || gid != 2 || mode(t, path) != 0o660 {
		t.Errorf("owner %d:%d, mode %o", uid, gid, mode(t, path))
	}
}

// TestOtherGroup: a new file of another group is not open to that group.
func TestOtherGroup(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	for _, m := range []fs.FileMode{0o640, 0o644} {
		write(t, in, "", m)
		if err := os.Chown(in, 0, 2); err != nil {
			t.Skip(err)
		}
		var s Set
		s.LimitTo(in)
		if err := errors.Join(s.Write(out, text("x")), s.Commit()); err != nil {
			t.Fatal(err)
		}
		if open := mode(t, out)&0o040 != 0; open != (m&0o004 != 0) {
			t.Errorf("%o became %o", m, mode(t, out))
		}
		os.Remove(out)
	}
}

// TestPermEntry keeps the layout of the attribute.
func TestPermEntry(t *testing.T) {
	b := []byte("\x02\x00\x00\x00" + "\x01\x00\x06\x00\xff\xff\xff\xff" + "\x04\x00\x04\x00\xff\xff\xff\xff" + "\x20\x00\x00\x00\xff\xff\xff\xff")
	if got := permOf(entry(b, aclGroup)); got != 4 {
		t.Errorf("group %o", got)
	}
	if entry(b, aclMask) != nil || entry(b[:7], 1) != nil || !strings.HasPrefix(string(entry(b, aclOthers)), "\x20") {
		t.Error("wrong entries")
	}
}
