package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBenchmarksPage checks that every row of a table in docs/benchmarks.md stands
// in the newest results.
func TestBenchmarksPage(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("results", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no results: %v", err)
	}
	newest, err := os.ReadFile(pages[len(pages)-1]) // names are dates, and sorted
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "benchmarks.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "|") {
			rows++
			if !strings.Contains(string(newest), line) {
				t.Errorf("%s does not have the page's row\n%s", pages[len(pages)-1], line)
			}
		}
	}
	if rows == 0 {
		t.Error("docs/benchmarks.md has no table")
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
