package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/convkit/convkit/internal/corr/vec"
)

// heading says when, on what and with which versions.
func (s *sitting) heading(now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# convkit and its peers, %s\n\n", now.Format("2 January 2006"))
	fmt.Fprintf(&b, "Made by `go run ./bench` on %s, %d threads, %s/%s, %s, %s. Each figure is the least of %d rounds in which all programs took turns.\n\n",
		processor(), runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH, runtime.Version(), vec.Name(), s.rounds)
	versions := s.python.versions()
	for _, tool := range []struct{ name, command, flag string }{{"libvips", "vips", "--version"}, {"ImageMagick", "convert", "--version"}, {"G'MIC", "gmic", "--version"}} {
		if v := commandVersion(tool.command, tool.flag); v != "" {
			versions = append(versions, tool.name+" "+v)
		}
	}
	if len(versions) > 0 {
		fmt.Fprintf(&b, "Peers: %s.\n\n", strings.Join(versions, ", "))
	}
	return b.String()
}

// processor is the name of the CPU, where the system tells it.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range bytes.Lines(data) {
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.HasPrefix(name, []byte("model name")) {
			return string(bytes.TrimSpace(value))
		}
	}
	return "a processor without a name"
}

var numbered = regexp.MustCompile(`[0-9]+(\.[0-9]+)+(-[0-9]+)?`)

// commandVersion is the first version number that a command prints; "" where
// the command is missing.
func commandVersion(name, flag string) string {
	path := findCommand(name)
	if path == "" {
		return ""
	}
	out, _ := exec.Command(path, flag).CombinedOutput()
	return numbered.FindString(string(out))
}

// findCommand looks where the system's packages stand first, and then in PATH.
func findCommand(name string) string {
	for _, dir := range []string{"/usr/bin", "/opt/homebrew/bin"} {
		if path := filepath.Join(dir, name); exec.Command(path, "--version").Run() == nil {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// buildConvkit builds the command as go install would.
func buildConvkit(dir string) (string, error) {
	path := filepath.Join(dir, "convkit")
	out, err := exec.Command("go", "build", "-o", path, "./cmd/convkit").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build ./cmd/convkit: %w\n%s(run this in the root of the module)", err, out)
	}
	return path, nil
}
