package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// protecting is an app in a folder of its own that has the file a.csv.
func protecting(t *testing.T) *app {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.csv", []byte("1,2\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	a := &app{stdout: newResults(io.Discard), stderr: &console{w: io.Discard}}
	a.files.Check, a.files.Placed = a.mayWrite, a.wrote
	return a
}

// TestOpenedMeanwhile: an output does not take the place of a file that was opened
// after the output was begun.
func TestOpenedMeanwhile(t *testing.T) {
	a := protecting(t)
	defer a.files.Abort()
	if err := a.files.Write("b.csv", func(w io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("a.csv", "b.csv"); err != nil {
		t.Skip(err)
	}
	f, err := a.open("a.csv", true)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := a.files.Commit(); err == nil || !strings.Contains(err.Error(), "b.csv would replace a.csv, which is read") {
		t.Error(err)
	}
	if got, err := os.ReadFile("b.csv"); string(got) != "1,2\n" {
		t.Error(string(got), err)
	}
	if left, _ := filepath.Glob(".*.tmp"); left != nil {
		t.Error("left behind:", left)
	}
}

// TestWrittenOnce: what the run has written is not replaced by another output of
// it, as on a file system that takes a.csv and A.csv for one.
func TestWrittenOnce(t *testing.T) {
	a := protecting(t)
	write := func(name string) error {
		err := a.files.Write(name, func(w io.Writer) error {
			_, err := io.WriteString(w, name)
			return err
		})
		if err == nil {
			err = a.files.Commit()
		}
		return err
	}
	if err := write("b.csv"); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("b.csv", "B.csv"); err != nil {
		t.Skip(err)
	}
	if err := write("B.csv"); err == nil || !strings.Contains(err.Error(), "b.csv and B.csv are one file") {
		t.Error(err)
	}
	if err := write("c.csv"); err != nil {
		t.Error(err)
	}
}

// TestOwnInput: --in-place gives way to the input itself, and to nothing else that
// is read.
func TestOwnInput(t *testing.T) {
	a := protecting(t)
	a.willFilter("a.csv")
	a.protected.own = "a.csv"
	if err := a.mayWrite("a.csv"); err != nil {
		t.Error(err)
	}
	a.willRead("./a.csv") // as a kernel, say
	if err := a.mayWrite("a.csv"); err == nil {
		t.Error("a file that is read otherwise, too, was given away")
	}
}
