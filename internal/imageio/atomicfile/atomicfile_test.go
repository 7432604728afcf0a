package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// content returns the names in a folder with what they hold.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range list {
		got[e.Name()] = "/"
		if !e.IsDir() {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			got[e.Name()] = string(b)
		}
	}
	return got
}

func equal(a, b map[string]string) bool {
	for k, v := range a {
		if w, ok := b[k]; !ok || v != w {
			return false
		}
	}
	return len(a) == len(b)
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Mode().Perm()
}

func TestErrorsNameTheTarget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	o, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Abort()
	o.file.Close() // so that writing fails
	_, err = o.Write(make([]byte, 2*bufferSize))
	if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("got %v", err)
	}
}

// TestModeIsKept: whatever the umask, and whatever the inputs.
func TestModeIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, want := range []fs.FileMode{0o600, 0o640, 0o644, 0o660, 0o666, 0o755, 0o200} {
		write(t, path, "old", want)
		s := &Set{}
		s.limit(0o600, noGroup)
		if err := errors.Join(s.Write(path, text("new")), s.Commit()); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, path); got != want {
			t.Errorf("%v became %v", want, got)
		}
		os.Remove(path)
	}
}

// TestSet: all files take their places, or none.
func TestSet(t *testing.T) {
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "c")
	write(t, a, "old a", 0o644)
	var s Set
	put := func(paths ...string) {
		t.Helper()
		for _, p := range paths {
			if err := s.Write(p, text("new "+filepath.Base(p))); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(a, b)
	if got := content(t, dir); got["a"] != "old a" || len(got) != 3 {
		t.Errorf("before the commit: %v", got)
	}
	s.Abort()
	if got := content(t, dir); !equal(got, map[string]string{"a": "old a"}) {
		t.Errorf("after Abort: %v", got)
	}
	// A folder where a file is to go lets its rename fail, at each turn.
	for _, order := range [][]string{{a, b, c}, {a, c, b}, {c, a, b}} {
		put(order...)
		if err := os.Mkdir(c, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(); err == nil || !strings.Contains(err.Error(), c) {
			t.Errorf("%v: got %v", order, err)
		}
		if got := content(t, dir); !equal(got, map[string]string{"a": "old a", "c": "/"}) {
			t.Errorf("%v: left %v", order, got)
		}
		os.Remove(c)
	}
	put(a, b, c)
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, dir); !equal(got, map[string]string{"a": "new a", "b": "new b", "c": "new c"}) {
		t.Errorf("after the commit: %v", got)
	}
	if len(temporaries.names) != 0 {
		t.Errorf("still to be removed: %v", temporaries.names)
	}
}

// TestWriteError: what could not be written leaves nothing.
func TestWriteError(t *testing.T) {
	dir := t.TempDir()
	var s Set
	if err := s.Write(filepath.Join(dir, "a"), text("a")); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("no more")
	if err := s.Write(filepath.Join(dir, "b"), func(io.Writer) error { return bad }); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
	s.Abort()
	if got := content(t, dir); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

// TestLimits: a new file is readable by those who may read all inputs.
func TestLimits(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	write(t, plain, "", 0o666)
	for _, c := range []struct {
		inputs []fs.FileMode
		want   fs.FileMode // at most
	}{
		{[]fs.FileMode{0o600}, 0o600},
		{[]fs.FileMode{0o400}, 0o600},
		{[]fs.FileMode{0o640}, 0o660},
		{[]fs.FileMode{0o640, 0o604}, 0o600},
		{[]fs.FileMode{0o644, 0o600}, 0o600},
		{[]fs.FileMode{0o444}, 0o666},
		{nil, 0o666},
	} {
		var s Set
		for i, m := range c.inputs {
			in := filepath.Join(dir, "in"+string(rune('0'+i)))
			write(t, in, "", m)
			s.LimitTo(in)
		}
		s.LimitTo(filepath.Join(dir, "none"))
		s.LimitTo(os.DevNull)
		out := filepath.Join(dir, "out")
		if err := errors.Join(s.Write(out, text("x")), s.Commit()); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, out); got&^c.want != 0 || got&0o600 != 0o600 {
			t.Errorf("%o: got %o, want at most %o", c.inputs, got, c.want)
		}
		os.Remove(out)
	}
	var s Set
	s.limit(0o644, 7)
	restore := s.Limits()
	s.limit(0o600, 7)
	restore()
	if s.readers.most != 0o644 {
		t.Errorf("restored to %o", s.readers.most)
	}
}

func TestBesideIsShort(t *testing.T) {
	if n := len(filepath.Base(beside(strings.Repeat("x", 255)))); n > 255 {
		t.Errorf("a name of %d bytes", n)
	}
	names := []string{beside("a"), beside("a"), beside("a")}
	slices.Sort(names)
	if len(slices.Compact(names)) != 3 {
		t.Error("names repeat")
	}
}

// TestRemoveAll: nothing is left when the process ends, and nothing comes later.
func TestRemoveAll(t *testing.T) {
	dir := t.TempDir()
	defer func() { temporaries.closed = false }()
	var s Set
	if err := s.Write(filepath.Join(dir, "a"), text("a")); err != nil {
		t.Fatal(err)
	}
	RemoveAll()
	if got := content(t, dir); len(got) != 0 {
		t.Errorf("left %v", got)
	}
	if err := s.Commit(); !errors.Is(err, errEnding) {
		t.Errorf("a commit after the end: %v", err)
	}
	if _, err := Create(filepath.Join(dir, "b")); err == nil {
		t.Error("a file after the end")
	}
}
