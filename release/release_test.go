package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// The files of a release are complete, their checksums are right, and the Debian package
// is installed, used and removed.
func TestRelease(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("packages are made for Linux")
	}
	out := filepath.Join(t.TempDir(), "dist")
	if err := run(t.Context(), "v0.0.1", out, "linux/"+runtime.GOARCH); err != nil {
		t.Fatal(err)
	}
	checkSums(t, out)
	stem := filepath.Join(out, "convkit_0.0.1_linux_"+runtime.GOARCH)
	names := tarNames(t, stem+".tar.gz")
	for _, want := range []string{"convkit", "LICENSE", "man/man1/convkit-learn.1", "completions/bash/convkit"} {
		if !slices.Contains(names, filepath.Base(stem)+"/"+want) {
			t.Errorf("the archive has no %s: %v", want, names)
		}
	}
	checkMaterials(t, stem+".cdx.json")
	installed(t, filepath.Join(out, "convkit_0.0.1_"+runtime.GOARCH+".deb"))
	if err := run(t.Context(), "v0.0.1", out, ""); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a second release into the same folder: %v", err)
	}
}

func checkSums(t *testing.T, out string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 4 {
		t.Errorf("%d checksums, want those of an archive, its materials and two packages", len(lines))
	}
	for _, l := range lines {
		sum, name, _ := strings.Cut(l, "  ")
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(data)); got != sum {
			t.Errorf("%s: checksum %s, want %s", name, sum, got)
		}
	}
}

func tarNames(t *testing.T, path string) (names []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

func checkMaterials(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BOMFormat  string
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(text, &bom); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, c := range bom.Components {
		found[c.Name] = c.Version
	}
	for _, want := range []string{"std", "github.com/spf13/cobra", "gonum.org/v1/gonum"} {
		if found[want] == "" {
			t.Errorf("%s is not among the materials: %v", want, found)
		}
	}
}

// installed installs a package below a folder of its own, runs the program, and removes
// the package.
func installed(t *testing.T, deb string) {
	t.Helper()
	if _, err := exec.LookPath("dpkg"); err != nil || os.Geteuid() != 0 {
		t.Log("the package is not installed: that takes dpkg and root")
		return
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg/updates"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg", name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dpkg := func(args ...string) {
		if text, err := exec.Command("dpkg", append([]string{"--root=" + root}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("dpkg %v: %v\n%s", args, err, text)
		}
	}
	dpkg("--install", deb)
	program := filepath.Join(root, "usr/bin/convkit")
	cmd := exec.Command(program, "corr", "-k", "0 1; 2 3")
	cmd.Stdin = strings.NewReader("0 1 2\n3 4 5\n6 7 8\n")
	text, err := cmd.CombinedOutput()
	if err != nil || string(text) != "19 25\n37 43\n" && string(text) != "19,25\n37,43\n" {
		t.Errorf("the installed program prints %q (%v)", text, err)
	}
	if text, err := exec.Command(program, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(text), "convkit v0.0.1") {
		t.Errorf("the installed program is %q (%v)", text, err)
	}
	for _, name := range []string{"share/man/man1/convkit-learn.1.gz", "share/bash-completion/completions/convkit", "share/doc/convkit/copyright"} {
		if _, err := os.Stat(filepath.Join(root, "usr", name)); err != nil {
			t.Error(err)
		}
	}
	dpkg("--remove", "convkit")
	if _, err := os.Stat(program); !os.IsNotExist(err) {
		t.Errorf("the program is still there after its removal (%v)", err)
	}
}

// Archives do not depend on the order of their files, nor on the time.
func TestArchivesAreReproducible(t *testing.T) {
	dir := t.TempDir()
	var files []file
	for _, name := range []string{"b", "a", "c/d"} {
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file{path, name, 0o644})
	}
	when := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for name, pack := range map[string]func(string, string, []file, time.Time) error{"tar": writeTarGz, "zip": writeZip} {
		var texts [2]string
		for i := range texts {
			path := filepath.Join(dir, fmt.Sprint(name, i))
			if err := pack(path, "top", files, when); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
			slices.Reverse(files)
			for _, f := range files {
				if err := os.Chtimes(f.from, time.Now(), time.Now().Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if texts[0] != texts[1] {
			t.Errorf("two %s archives of the same files differ", name)
		}
	}
}

func TestVersionsAndPlatforms(t *testing.T) {
	for _, bad := range []string{"", "0.2.0", "v1", "v1.2.3 "} {
		if err := run(t.Context(), bad, t.TempDir(), ""); err == nil {
			t.Errorf("version %q is taken", bad)
		}
	}
	if _, err := choose("linux"); err == nil {
		t.Error("a platform without an architecture is taken")
	}
	if l, err := choose("linux/386,js/wasm"); err != nil || len(l) != 2 || l[1] != (platform{"js", "wasm"}) {
		t.Errorf("%v, %v", l, err)
	}
}
