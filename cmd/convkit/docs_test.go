package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocs runs the commands of the README and of each page of docs from top to
// bottom, a page in one folder, as a reader would, and compares what they print
// with what stands there.
func TestDocs(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the commands are for a shell")
	}
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, filepath.Join("..", "..", "README.md")) {
		t.Run(filepath.Base(page), func(t *testing.T) { runPage(t, page) })
	}
}

func runPage(t *testing.T, page string) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	steps := commands(string(text))
	if len(steps) < 5 && filepath.Base(page) == "README.md" {
		t.Fatalf("found only %d commands", len(steps))
	}
	dir := t.TempDir()
	place(t, scenePath, filepath.Join(dir, "photo.png"))
	place(t, filepath.Join("..", "..", "testdata", "textbook-x.csv"), filepath.Join(dir, "x.csv"))
	for _, s := range steps {
		cmd := exec.Command("sh", "-c", s.line)
		cmd.Dir = dir
		var problems strings.Builder
		cmd.Stderr = &problems
		out, err := cmd.Output()
		if err != nil || strings.Contains(problems.String(), "convkit: error") {
			t.Errorf("%s\n%v: %s", s.line, err, problems.String())
		}
		if s.want != "" && string(out) != s.want {
			t.Errorf("%s\nprints\n%sand the page says\n%s", s.line, out, s.want)
		}
	}
}

// step is a command, and what the page says it prints, if anything.
type step struct{ line, want string }

// commands finds the lines that run convkit: all of a sh block, and those behind
// a $ in a console block.
func commands(text string) []step {
	var steps []step
	block := ""
	for line := range strings.Lines(text) {
		typed, prompt := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			block = strings.TrimSpace(strings.TrimPrefix(line, "```"))
		case block == "sh" && strings.HasPrefix(line, "convkit "), block == "console" && prompt:
			steps = append(steps, step{line: typed})
		case block == "console" && len(steps) > 0:
			steps[len(steps)-1].want += line
		}
	}
	return steps
}

func place(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
