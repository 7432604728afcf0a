package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestFlagsDeclareFiles looks at each flag of each command: one whose value help
// calls a file, a folder, a list or a kernel declares that it names files, and no
// other does. That declaration keeps it out of configuration files.
func TestFlagsDeclareFiles(t *testing.T) {
	file := regexp.MustCompile("FILE|DIR|LIST|KERNEL")
	seen := 0
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		check := func(f *pflag.Flag) {
			kind, _ := pflag.UnquoteUsage(f)
			namer, ok := f.Value.(fileNamer)
			names := ok && namer.NamesFile("folder/some.csv")
			if names {
				seen++
			}
			if names != file.MatchString(kind) {
				t.Errorf("%s --%s %s: names a file: %v", c.Name(), f.Name, kind, names)
			}
		}
		c.Flags().VisitAll(check)
		c.PersistentFlags().VisitAll(check)
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(newRoot(&app{}))
	if seen < 15 {
		t.Errorf("only %d flags name files", seen)
	}
}

// TestConfigDepth feeds each parser brackets nested without end: it must return an
// error, where a parser that descends without a limit ends the process.
func TestConfigDepth(t *testing.T) {
	for _, c := range []struct{ name, begin, nested string }{
		{"deep.toml", "threads = ", "["}, {"deep.toml", "threads = ", "{a="}, {"deep.toml", "", "a."}, {"deep.toml", "", "["},
		{"deep.json", "", "["}, {"deep.json", "", `{"a":`},
		{"deep.yaml", "threads: ", "["}, {"deep.yaml", "", "{a: "}, {"deep.yaml", "", "- "},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		text := c.begin + strings.Repeat(c.nested, (maxConfig-len(c.begin))/len(c.nested))
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := readConfig(path); err == nil {
			t.Errorf("%s of %q is read", c.name, c.nested)
		}
	}
}
