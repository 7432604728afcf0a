package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newHelp is `convkit help`. The one that cobra brings takes any words and
// succeeds.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show how a command is used",
		Example: `  convkit help learn | less`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, c := range cmd.Root().Commands() {
				if len(args) == 0 && c.IsAvailableCommand() && strings.HasPrefix(c.Name(), begin) {
					words = append(words, c.Name()+"\t"+c.Short)
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			about, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 || about == root && len(args) > 0 {
				return root.Args(root, args)
			}
			return about.Help()
		},
	}
}

// flagGroup is flags that stand together in the help of a command that has many.
type flagGroup struct {
	title string
	names []string
}

// The groups that several commands have: the flags of addReading, addBatch and
// addWriting.
var (
	imageFlags   = flagGroup{"Input", []string{"values", "gray", "alpha", "linear", "layout", "page", "nodata", "input-format"}}
	batchFlags   = flagGroup{"Batches", []string{"files-from", "in-place", "keep-going", "skip-existing", "shard", "shards", "summary"}}
	writingFlags = flagGroup{"Output", []string{"output", "format", "digits", "map", "depth", "quality", "png-level"}}
)

// groupFlags shows a command's own flags in groups; those of no group come last.
func groupFlags(cmd *cobra.Command, groups ...flagGroup) {
	var lines []string
	for _, g := range groups {
		lines = append(lines, g.title+": "+strings.Join(g.names, " "))
	}
	annotate(cmd, flagGroups, strings.Join(lines, "\n"))
	cmd.SetUsageFunc(func(cmd *cobra.Command) error {
		out := cmd.OutOrStderr()
		fmt.Fprintf(out, "Usage:\n  %s\n\nExamples:\n%s\n", cmd.UseLine(), cmd.Example)
		for _, g := range flagGroupsOf(cmd) {
			fs := pflag.NewFlagSet(g.title, pflag.ContinueOnError)
			fs.SortFlags = false
			for _, name := range g.names {
				if f := cmd.LocalFlags().Lookup(name); f != nil {
					fs.AddFlag(f)
				}
			}
			fmt.Fprintf(out, "\n%s:\n%s", g.title, flagUsages(fs))
		}
		_, err := fmt.Fprintf(out, "\nGlobal flags:\n%s", flagUsages(cmd.InheritedFlags()))
		return err
	})
}

// flagGroups annotates a command with its groups of flags.
const flagGroups = "convkit_flag_groups"

func annotate(cmd *cobra.Command, key, text string) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[key] = text
}

// flagGroupsOf returns the groups of a command's own flags; the last one has those of no
// group.
func flagGroupsOf(cmd *cobra.Command) []flagGroup {
	var groups []flagGroup
	taken := map[string]bool{}
	for line := range strings.Lines(cmd.Annotations[flagGroups]) {
		title, names, _ := strings.Cut(line, ":")
		g := flagGroup{title, strings.Fields(names)}
		for _, name := range g.names {
			taken[name] = true
		}
		groups = append(groups, g)
	}
	rest := flagGroup{title: "Other"}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !taken[f.Name] {
			rest.names = append(rest.names, f.Name)
		}
	})
	return append(groups, rest)
}

// helpWidth is the columns that help may take.
const helpWidth = 110

// flagUsages describes flags, one below the other. A switch is shown by its name
// alone: that it also takes =true and =false helps few and lengthens each line.
func flagUsages(fs *pflag.FlagSet) string {
	shown := pflag.NewFlagSet("", pflag.ContinueOnError)
	shown.SortFlags = fs.SortFlags
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		if f.Value.Type() == "bool" {
			copied := *f
			copied.Value = bareSwitch{f.Value}
			f = &copied
		}
		if f.Name == "help" {
			f.Shorthand = "h"
		}
		shown.AddFlag(f)
	})
	return shown.FlagUsagesWrapped(helpWidth)
}

// bareSwitch is a boolean flag that help shows without the values that it takes.
type bareSwitch struct{ pflag.Value }

// Type returns the one kind of switch for which pflag prints no values.
func (bareSwitch) Type() string { return "boolfunc" }
