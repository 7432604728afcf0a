package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// everyCommand calls visit for each command, the first of all included.
func everyCommand(visit func(*cobra.Command)) {
	a := &app{stdin: strings.NewReader(""), stdout: newResults(io.Discard), stderr: &console{w: io.Discard}, origin: map[string]string{}}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		visit(c)
		for _, below := range c.Commands() {
			walk(below)
		}
	}
	walk(newRoot(a))
}

// helpProse returns the text of a command's help without what is laid out by hand:
// lines that begin with blanks.
func helpProse(c *cobra.Command) []prose {
	runs := []prose{{0, c.Short}}
	open := false
	for line := range strings.Lines(c.Long) {
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, " "):
			open = false
		case open:
			runs[len(runs)-1].text += " " + strings.TrimSpace(line)
		default:
			runs = append(runs, prose{0, strings.TrimSpace(line)})
			open = true
		}
	}
	return runs
}

// flagWords are words of the help that are typed as they stand: those that flags
// take, besides the flags themselves and environment variables.
func flagWords(c *cobra.Command) *regexp.Regexp {
	words := []string{`--[a-z-]+`, `CONVKIT_\w+`, `skimage\.\S+`}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		for _, w := range f.Annotations[wordsOf] {
			words = append(words, `\b`+regexp.QuoteMeta(w)+`\b`)
		}
	})
	return regexp.MustCompile(strings.Join(words, "|"))
}

// quoted puts literal words into the quotes in which they are not spelled.
func quoted(runs []prose, literals *regexp.Regexp) []prose {
	for i, run := range runs {
		runs[i].text = literals.ReplaceAllString(run.text, "`$0`")
	}
	return runs
}

// TestHelpIsReadable checks the length of sentences and the spelling of terms of
// all help texts, and that none begins with "what".
func TestHelpIsReadable(t *testing.T) {
	everyCommand(func(c *cobra.Command) {
		literals := flagWords(c)
		for _, fault := range proseProblems(quoted(helpProse(c), literals)) {
			t.Errorf("%s: %s", c.Name(), fault)
		}
		flags := map[string]string{}
		see := func(f *pflag.Flag) { flags["--"+f.Name] = f.Usage }
		c.Flags().VisitAll(see)
		c.PersistentFlags().VisitAll(see)
		for name, text := range flags {
			for _, fault := range proseProblems(quoted([]prose{{0, text}}, literals)) {
				t.Errorf("%s %s: %s", c.Name(), name, fault)
			}
			if word, _, _ := strings.Cut(strings.ToLower(text), " "); word == "what" {
				t.Errorf("%s %s begins with %q: %s", c.Name(), name, word, text)
			}
		}
	})
}

// TestShortHelp: commands with many flags have a short page, of about ten.
func TestShortHelp(t *testing.T) {
	everyCommand(func(c *cobra.Command) {
		flags := 0
		c.LocalFlags().VisitAll(func(*pflag.Flag) { flags++ })
		names := strings.Fields(c.Annotations[briefFlags])
		if flags > 20 && len(names) == 0 || len(names) > 12 {
			t.Errorf("%s has %d flags and a short page of %d", c.Name(), flags, len(names))
		}
		for _, name := range names {
			if c.Flags().Lookup(name) == nil {
				t.Errorf("%s has no flag %s", c.Name(), name)
			}
		}
		if example := c.Annotations[briefExample]; len(names) > 0 && !strings.HasPrefix(example, "convkit "+c.Name()+" ") {
			t.Errorf("%s: %q is no example", c.Name(), example)
		}
	})
}
