//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/convkit/convkit/internal/exit"
)

// unread returns the writing end of a pipe that nobody reads.
func unread(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	t.Cleanup(func() { w.Close() })
	return w
}

// inFolder prepares a command in a folder of its own that has two images.
func inFolder(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = t.TempDir()
	for _, name := range []string{"a.csv", "b.csv"} {
		if err := os.WriteFile(filepath.Join(cmd.Dir, name), []byte("1,2\n3,4\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return cmd
}

// noTemporaries fails where a temporary file was left.
func noTemporaries(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestNobodyReadsMessages: a batch goes on to its end although nobody reads its
// progress, notes and warnings.
func TestNobodyReadsMessages(t *testing.T) {
	for _, flags := range [][]string{{"--progress", "always"}, {"--verbose"}, {"--quality", "5"}} {
		cmd := inFolder(t, append([]string{"convkit", "corr", "a.csv", "b.csv", "-k", "1", "-o", "out/"}, flags...)...)
		cmd.Stderr = unread(t)
		if err := cmd.Run(); err != nil {
			t.Errorf("%v: %v", flags, err)
		}
		for _, name := range []string{"a.csv", "b.csv"} {
			if got, err := os.ReadFile(filepath.Join(cmd.Dir, "out", name)); err != nil || string(got) != "1,2\n3,4\n" {
				t.Errorf("%v: %q %v", flags, got, err)
			}
		}
		noTemporaries(t, cmd.Dir)
	}
}

// TestNobodyReadsResults: a result that nobody reads is exit code 1, whichever
// command writes it, and leaves nothing behind.
func TestNobodyReadsResults(t *testing.T) {
	for _, args := range [][]string{
		{"corr", "a.csv", "-k", "1"},
		{"corr", "a.csv", "-k", "1", "--explain", "0,0"},
		{"corr", "a.csv", "-k", "1", "--unroll"},
		{"edges", "a.csv"},
		{"match", "a.csv", "b.csv"},
		{"align", "a.csv", "b.csv", "-o", "moved.csv"},
		{"learn", "a.csv", "b.csv"},
		{"learn", "--epochs", "1000000000", "--log-every", "1"}, // ends at the first line
		{"kernels"},
		{"formats"},
		{"learn", "--help"},
		{"completion", "bash"},
		{"--version"},
	} {
		cmd := inFolder(t, append([]string{"convkit"}, args...)...)
		cmd.Stdout = unread(t)
		var messages bytes.Buffer
		cmd.Stderr = &messages
		if err := cmd.Run(); cmd.ProcessState.ExitCode() != exit.Failed {
			t.Errorf("%v: %v", args, err)
		}
		if strings.Contains(messages.String(), "error") {
			t.Errorf("%v tells of a reader that has seen enough: %s", args, messages.String())
		}
		noTemporaries(t, cmd.Dir)
	}
}

// TestIgnoredSignals: what the parent ignores is ignored, as nohup and background
// jobs have it.
func TestIgnoredSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
		name := map[syscall.Signal]string{syscall.SIGINT: "INT", syscall.SIGHUP: "HUP"}[s]
		cmd := inFolder(t, "sh", "-c", "trap '' "+name+"; exec convkit corr pipe -k 1 -o out.csv")
		pipe := filepath.Join(cmd.Dir, "pipe")
		if err := syscall.Mkfifo(pipe, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if _, err := w.WriteString("1,2\n"); err != nil {
			t.Error(err)
		}
		w.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", s, err)
		}
		if got, err := os.ReadFile(filepath.Join(cmd.Dir, "out.csv")); string(got) != "1,2\n" {
			t.Errorf("%v: %q %v", s, got, err)
		}
	}
}
