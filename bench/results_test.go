package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme: every row of a table in the README's chapter of numbers stands in
// the newest results.
func TestReadme(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("results", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no results: %v", err)
	}
	newest, err := os.ReadFile(pages[len(pages)-1]) // names are dates, and sorted
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, found := strings.Cut(string(readme), "\n## Numbers\n")
	if !found {
		t.Fatal("the README has no chapter of numbers")
	}
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	rows := 0
	for line := range strings.Lines(chapter) {
		if strings.HasPrefix(line, "|") {
			rows++
			if !strings.Contains(string(newest), line) {
				t.Errorf("%s does not have the README's row\n%s", pages[len(pages)-1], line)
			}
		}
	}
	if rows == 0 {
		t.Error("the README's chapter of numbers has no table")
	}
}

func TestFigure(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{{1234.4, "1234"}, {99.94, "99.9"}, {9.994, "9.99"}, {0.123, "0.12"}} {
		if got := figure(c.v); got != c.want {
			t.Errorf("figure(%v) = %s, want %s", c.v, got, c.want)
		}
	}
}
