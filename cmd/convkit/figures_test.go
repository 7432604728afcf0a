package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// figures are the drawn figures of the pages, with the commands that make them in a
// folder that holds testdata.
var figures = map[string][]string{
	"show-sobel.svg": {"show sobel-x -o show-sobel.svg"},
	"show-logs.svg": {
		"corr testdata/scene.png -k gaussian:sigma=1 --padding same --border replicate -o soft.png -q",
		"learn testdata/scene.png soft.png --kernel-size 5 --padding same --optimizer gd --epochs 200 --log-every 1 --log gd.csv -q -o gd.json --bias",
		"learn testdata/scene.png soft.png --kernel-size 5 --padding same --optimizer nesterov --epochs 200 --log-every 1 --log nesterov.csv -q -o nesterov.json --bias",
		"show gd.csv nesterov.csv -o show-logs.svg",
	},
	"show-fit.svg": {
		"corr testdata/scene.png -k gaussian:sigma=1 --padding same --border replicate -o soft.png -q",
		"learn testdata/scene.png soft.png --kernel-size 7 --padding same --border replicate -q -o kernel.csv --report fit.json",
		"show kernel.csv fit.json -o show-fit.svg",
	},
}

var svgText = regexp.MustCompile(`>([^<>\n]+)</(text|title|desc)>`)

// TestFigures checks that each figure of the pages says what its commands would draw
// now: the texts of both are compared, not the bytes. With -update it draws them.
func TestFigures(t *testing.T) {
	for name, commands := range figures {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(filepath.Join(root, "testdata"))); err != nil {
				t.Fatal(err)
			}
			page, err := filepath.Abs(filepath.Join(root, "docs", name))
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(page)
			if err != nil && !*update {
				t.Fatal(err)
			}
			runIn(t, dir, commands)
			got, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(page, got, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if a, b := textsOf(got), textsOf(want); len(a) < 10 || !slices.Equal(a, b) {
				t.Errorf("the figure is out of date (make figures draws it):\n%q\nwant\n%q", b, a)
			}
		})
	}
}

// numberText is a number in a figure: its last digit may differ between instruction sets.
var numberText = regexp.MustCompile(`^[-±]?[0-9.e-]+$`)

// textsOf returns the texts of an SVG: numbers by their first three characters, errors as
// their sign alone. A better estimate of errors does not make a figure wrong.
func textsOf(svg []byte) []string {
	var list []string
	for _, m := range svgText.FindAllStringSubmatch(string(svg), -1) {
		text := m[1]
		switch number := numberText.MatchString(text); {
		case strings.HasPrefix(text, "±"):
			text = "±"
		case number && len(text) > 3:
			text = text[:3]
		}
		list = append(list, text)
	}
	return list
}

// runIn runs commands of convkit in a folder.
func runIn(t *testing.T, dir string, commands []string) {
	t.Helper()
	t.Chdir(dir)
	for _, line := range commands {
		var stderr strings.Builder
		if code := run(strings.Fields(line), strings.NewReader(""), &stderr, &stderr, nil); code != 0 {
			t.Fatalf("%s: %d, %s", line, code, stderr.String())
		}
	}
}
