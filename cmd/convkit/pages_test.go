package main

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// pages returns all pages for readers, by their paths from the root of the
// project. Results of benchmarks are written by a program and are left out.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == "bench/results" || path != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case filepath.Ext(path) == ".md":
			all = append(all, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(all, "README.md") || !slices.Contains(all, "docs/cli.md") {
		t.Fatalf("found only %v", all)
	}
	return all
}

// root is the folder of the project, from the folder of this test.
var root = filepath.Join("..", "..")

func readPage(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPagesAreReadable checks the length of sentences and the spelling of terms.
func TestPagesAreReadable(t *testing.T) {
	for _, page := range pages(t) {
		for _, fault := range proseProblems(markdownProse(readPage(t, page))) {
			t.Errorf("%s:%s", page, fault)
		}
	}
}

// TestLinksOfPages checks that each link leads to a file, and to a heading where
// it names one. Addresses on the network are only parsed.
func TestLinksOfPages(t *testing.T) {
	for _, page := range pages(t) {
		for _, target := range linkTargets(readPage(t, page)) {
			if fault := linkFault(t, page, target); fault != "" {
				t.Errorf("%s: the link to %s: %s", page, target, fault)
			}
		}
	}
}

var targetPattern = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func linkTargets(page string) []string {
	var targets []string
	for _, match := range targetPattern.FindAllStringSubmatch(withoutCode(page), -1) {
		targets = append(targets, match[1])
	}
	return targets
}

// withoutCode removes blocks and spans of code, in which brackets are no links.
func withoutCode(page string) string {
	var text strings.Builder
	inCode := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
		} else if !inCode {
			text.WriteString(codeSpan.ReplaceAllString(line, "code"))
		}
	}
	return text.String()
}

func linkFault(t *testing.T, page, target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return err.Error()
	}
	if u.Scheme != "" {
		if u.Scheme != "https" || u.Host == "" {
			return "want https and a host"
		}
		return ""
	}
	path := page
	if u.Path != "" {
		path = filepath.ToSlash(filepath.Join(filepath.Dir(page), u.Path))
	}
	if _, err := os.Stat(filepath.Join(root, path)); err != nil {
		return "there is no such file"
	}
	if u.Fragment != "" && !slices.Contains(anchors(readPage(t, path)), u.Fragment) {
		return "the page has no such heading"
	}
	return ""
}

var sourcePattern = regexp.MustCompile("`([A-Za-z0-9_/]+\\.(?:go|py|sum))`")

// TestSourcesOfPages checks that each source file that a page names is there.
func TestSourcesOfPages(t *testing.T) {
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		files = append(files, "/"+path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range pages(t) {
		for _, match := range sourcePattern.FindAllStringSubmatch(readPage(t, page), -1) {
			found++
			if !slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix(f, "/"+match[1]) }) {
				t.Errorf("%s names %s, which is not there", page, match[1])
			}
		}
	}
	if found == 0 {
		t.Error("found no names of source files")
	}
}

// anchors returns the names by which links reach the headings of a page: in lower
// case, without punctuation, with a hyphen for each space.
func anchors(page string) []string {
	var all []string
	inCode := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			inCode = !inCode
		}
		heading := strings.TrimLeft(line, "#")
		if inCode || heading == line || !strings.HasPrefix(heading, " ") {
			continue
		}
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(heading)))
	}
	return all
}

// TestProseChecker shows the checker what it must find and what it must let pass.
func TestProseChecker(t *testing.T) {
	long := strings.Repeat("word ", maxWords)
	for _, c := range []struct {
		name, page string
		faults     int
	}{
		{"a sentence of the longest length", long + "\n", 0},
		{"one word more", long + "more\n", 1},
		{"two sentences", "Short. " + long + "\n", 0},
		{"a paragraph of two lines", "And\n" + long + "\n", 1},
		{"items of a list", "- and\n- " + long + "\n", 0},
		{"a cell of a table", "| and | " + long + "more |\n", 1},
		{"a cell of names", "| " + strings.Repeat("`a`, ", maxWords) + "`b` |\n", 0},
		{"a block of code", "```sh\n" + long + "more\n```\n", 0},
		{"a span of code is one word", "`a b. c d` " + strings.Repeat("word ", maxWords-1) + "\n", 0},
		{"a label of a link", "[two words](x.md) " + strings.Repeat("word ", maxWords-1) + "\n", 1},
		{"a spelling", "the color of a pixel\n", 1},
		{"a spelling in code", "`--gray` and https://example.org/color\n", 0},
		{"a name", "as Numpy does\n", 1},
	} {
		if got := proseProblems(markdownProse(c.page)); len(got) != c.faults {
			t.Errorf("%s: %d faults, want %d: %q", c.name, len(got), c.faults, got)
		}
	}
	if got := anchors("# A b-c: `d`!\n```\n# no\n```\n## E\n"); !slices.Equal(got, []string{"a-b-c-d", "e"}) {
		t.Errorf("anchors are %q", got)
	}
	if got := linkTargets("[a](b.md) `[c](d)` ![e](f.png)\n```\n[g](h)\n```\n"); !slices.Equal(got, []string{"b.md", "f.png"}) {
		t.Errorf("targets are %q", got)
	}
}
