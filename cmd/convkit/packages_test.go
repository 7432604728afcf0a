package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/convkit/convkit/"

// TestTableOfPackages holds the table in docs/architecture.md against the code:
// each package has a row with all that it imports of this project, and imports
// point down. Packages for tests only are left out. With -update it writes the
// column of imports.
func TestTableOfPackages(t *testing.T) {
	imports := projectImports(t)
	rows := packageRows(t, imports)
	at := map[string]int{}
	for i, row := range rows {
		for _, p := range row.packages {
			at[p] = i
		}
	}
	for p := range imports {
		if _, ok := at[p]; !ok {
			t.Errorf("%s has no row in docs/architecture.md", p)
		}
	}
	for i, row := range rows {
		var all []string
		for _, p := range row.packages {
			for _, q := range imports[p] {
				if !slices.Contains(all, q) {
					all = append(all, q)
				}
				if j, ok := at[q]; ok && j <= i && !slices.Contains(row.packages, q) {
					t.Errorf("%s imports %s, whose row is not below its own", p, q)
				}
			}
		}
		slices.Sort(all)
		if *update {
			writeImports(t, row, all, imports)
		} else if !slices.Equal(all, row.imports) {
			t.Errorf("the row of %v says that it imports\n%v, want\n%v\n(-update writes it)", row.packages, row.imports, all)
		}
	}
}

// projectImports returns the packages of the project, by their folders, and the
// packages of the project that each imports outside its tests.
func projectImports(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	tree := os.DirFS(root)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		base := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if base == "testdata" || strings.HasSuffix(base, "test") || name != "." && strings.IndexAny(base, "._") == 0 {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		list := imports[folder]
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if p, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
		imports[folder] = list
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

// packageRow is a row of the table, as it stands there and with its packages and
// imports as folders.
type packageRow struct {
	line              string
	packages, imports []string
}

// writeImports writes the last column of a row: packages by the shortest names
// that mean one package only.
func writeImports(t *testing.T, row packageRow, list []string, imports map[string][]string) {
	t.Helper()
	var names []string
	for _, p := range list {
		name := path.Base(p)
		for folder := range imports {
			if folder != p && path.Base(folder) == path.Base(p) {
				name = path.Join(path.Base(path.Dir(p)), path.Base(p))
			}
		}
		names = append(names, "`"+name+"`") // a name is no prose: tiff, not TIFF
	}
	if names == nil {
		names = []string{"none"}
	}
	cells := strings.Split(row.line, "|")
	cells[3] = " " + strings.Join(names, ", ") + " "
	page := strings.Replace(readPage(t, "docs/architecture.md"), row.line, strings.Join(cells, "|"), 1)
	if err := os.WriteFile(filepath.Join(root, "docs", "architecture.md"), []byte(page), 0o666); err != nil {
		t.Fatal(err)
	}
}

// packageRows reads the table. A package stands there by the end of its folder,
// which must mean one package only.
func packageRows(t *testing.T, imports map[string][]string) []packageRow {
	t.Helper()
	_, chapter, found := strings.Cut(readPage(t, "docs/architecture.md"), "\n| package | contents | imports |\n")
	if !found {
		t.Fatal("docs/architecture.md has no table of packages")
	}
	folders := func(cell string) []string {
		var list []string
		for name := range strings.SplitSeq(cell, ",") {
			name = strings.Trim(strings.TrimSpace(name), "`")
			var fit []string
			for folder := range imports {
				if folder == name || strings.HasSuffix(folder, "/"+name) {
					fit = append(fit, folder)
				}
			}
			if len(fit) == 1 {
				list = append(list, fit[0])
			} else if name != "none" {
				t.Errorf("%q in the table means %v", name, fit)
			}
		}
		slices.Sort(list)
		return list
	}
	var rows []packageRow
	for line := range strings.Lines(chapter) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			break
		}
		if !strings.HasPrefix(cells[1], "---") {
			rows = append(rows, packageRow{line, folders(cells[1]), folders(cells[3])})
		}
	}
	return rows
}
