package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Annotations of a command that has a short page of help.
const (
	briefFlags   = "convkit_brief_flags"
	briefExample = "convkit_brief_example"
)

// brief gives a command a short page for -h: one example, and the flags that most
// people need. --help shows the whole page.
func brief(cmd *cobra.Command, example string, flags ...string) {
	annotate(cmd, briefFlags, strings.Join(flags, " "))
	annotate(cmd, briefExample, example)
}

// addHelpFlags adds --help and -h. They are two flags, since cobra's one does not
// tell which of its names was typed.
func addHelpFlags(a *app, cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Bool("help", false, "show this page. -h shows a short one")
	short := fs.VarPF(&shortHelp{fs: fs, asked: &a.shortHelp}, "short-help", "h", "show a short page")
	short.NoOptDefVal, short.Hidden = "true", true
}

// shortHelp is -h: it asks for help as --help does, and for little of it.
type shortHelp struct {
	fs    *pflag.FlagSet
	asked *bool
}

func (s *shortHelp) Set(text string) error {
	*s.asked = true
	return s.fs.Set("help", text)
}

func (s *shortHelp) String() string { return "false" }
func (s *shortHelp) Type() string   { return "bool" }

// showHelp shows the page that was asked for, by whole if it is the long one.
func (a *app) showHelp(whole func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		if names := cmd.Annotations[briefFlags]; a.shortHelp && names != "" {
			printBrief(cmd, strings.Fields(names))
			return
		}
		whole(cmd, args)
	}
}

// fullStop ends a sentence. In "Rec. 601" a number follows, so none ends there.
var fullStop = regexp.MustCompile(`\.\s+[^\d\s]`)

// firstSentence returns the text before its first full stop.
func firstSentence(text string) string {
	if at := fullStop.FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return text
}

// printBrief prints the short page of a command.
func printBrief(cmd *cobra.Command, names []string) {
	shown := pflag.NewFlagSet("", pflag.ContinueOnError)
	shown.SortFlags = false
	for _, name := range names {
		f := *cmd.Flags().Lookup(name)
		f.Usage = firstSentence(f.Usage)
		shown.AddFlag(&f)
	}
	all := 0
	count := func(f *pflag.Flag) {
		if !f.Hidden {
			all++
		}
	}
	cmd.LocalFlags().VisitAll(count)
	cmd.InheritedFlags().VisitAll(count)
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n\nUsage:\n  %s\n\nExample:\n  %s\n\nMost used flags:\n%s\n%s --help explains all %d flags.\n",
		cmd.Short, cmd.UseLine(), cmd.Annotations[briefExample], flagUsages(shown), cmd.CommandPath(), all)
}
