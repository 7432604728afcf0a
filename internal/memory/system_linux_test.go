package memory

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestControlGroup takes the least limit on the way up, of both versions.
func TestControlGroup(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("mount/a/b/memory.max", "max\n")
	put("mount/a/memory.max", "3000000\n")
	put("mount/memory/c/memory.limit_in_bytes", "2000000\n")
	for text, want := range map[string]int64{
		"0::/a/b\n":                    3_000_000,
		"0::/\n":                       math.MaxInt64,
		"4:cpu:/c\n":                   math.MaxInt64,
		"4:cpu,memory:/c\n0::/a\n":     2_000_000,
		"nonsense\n0::/../a\n1:memory": 3_000_000,
	} {
		put("self", text)
		if got := controlGroup(filepath.Join(dir, "self"), filepath.Join(dir, "mount")); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
	if got := controlGroup(filepath.Join(dir, "none"), dir); got != math.MaxInt64 {
		t.Errorf("without a group: %d", got)
	}
}
