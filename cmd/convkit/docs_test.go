package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocs runs the commands of each page from top to bottom, a page in one
// folder, as a reader in a checkout would, and compares what they print with what
// stands there.
func TestDocs(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the commands are for a shell")
	}
	for _, page := range pages(t) {
		t.Run(page, func(t *testing.T) { runPage(t, page) })
	}
}

func runPage(t *testing.T, page string) {
	steps := commands(readPage(t, page))
	if len(steps) < 5 && page == "README.md" {
		t.Fatalf("found only %d commands", len(steps))
	}
	if len(steps) == 0 {
		t.Skip("the page has no commands")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(filepath.Join(root, "testdata"))); err != nil {
		t.Fatal(err)
	}
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

// commands returns the commands of a page: the lines of its sh blocks, and those
// behind a $ in its console blocks. A line that ends with a backslash goes on.
func commands(text string) []step {
	var steps []step
	block, begun := "", ""
	for line := range strings.Lines(text) {
		typed, prompt := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			block = strings.TrimSpace(strings.TrimPrefix(line, "```"))
		case block != "sh" && block != "console":
		case strings.HasSuffix(line, "\\\n") && (block == "sh" || prompt || begun != ""):
			begun += typed
		case begun != "", block == "sh", prompt:
			command := strings.Replace(begun+typed, "go run ./cmd/convkit ", "convkit ", 1)
			begun = ""
			if isRun(command) {
				steps = append(steps, step{line: command})
			}
		case len(steps) > 0:
			steps[len(steps)-1].want += line
		}
	}
	return steps
}

// isRun reports whether a command of a page is one that this test runs. Those of
// the Go tools, which build and test the project itself, are not.
func isRun(command string) bool {
	for _, tool := range []string{"go ", "git ", "make ", "#"} {
		if strings.HasPrefix(command, tool) {
			return false
		}
	}
	return strings.TrimSpace(command) != ""
}
