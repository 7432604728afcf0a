package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The manual pages are written here and not by cobra/doc: that package takes a command's
// text for Markdown (a line that begins with # becomes a heading), lists the flags of a
// command without its groups, and shows --bias as --bias[=false].

// newMan writes the manual pages, for those who make packages.
func newMan(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages",
		Long:    "Write the manual pages of convkit and its commands into DIR, which is made if it is missing.",
		Example: "  convkit man man1 && man -l man1/convkit-learn.1",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return err
			}
			root := cmd.Root()
			for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
				if c.Hidden || !c.IsAvailableCommand() && c != root {
					continue
				}
				path := filepath.Join(args[0], pageName(c)+".1")
				if err := writePage(path, c); err != nil {
					return err
				}
				a.logVerbose("wrote %s", path)
			}
			return nil
		},
	}
}

// pageName is that of a command's page.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

func writePage(path string, c *cobra.Command) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	printPage(w, c)
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// printPage writes the page of a command in the macros of man(7). It holds no date, so
// that the same program writes the same page.
func printPage(w *bufio.Writer, c *cobra.Command) {
	name := pageName(c)
	fmt.Fprintf(w, ".TH %s 1 \"\" \"convkit\" \"convkit manual\"\n", roff(strings.ToUpper(name)))
	fmt.Fprintf(w, ".SH NAME\n%s \\- %s\n", roff(name), roff(c.Short))
	fmt.Fprintf(w, ".SH SYNOPSIS\n.B %s\n", roff(c.UseLine()))
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	fmt.Fprint(w, ".SH DESCRIPTION\n")
	printText(w, text)
	if !c.HasParent() {
		fmt.Fprint(w, ".SH COMMANDS\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() && !sub.Hidden {
				fmt.Fprintf(w, ".TP\n.BR %s (1)\n%s\n", roff(pageName(sub)), roff(sub.Short))
			}
		}
	}
	for _, g := range flagGroupsOf(c) {
		printFlags(w, g.title+" options", g.names, c.LocalFlags())
	}
	var global []string
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { global = append(global, f.Name) })
	printFlags(w, "Global options", global, c.InheritedFlags())
	if c.Example != "" {
		fmt.Fprintf(w, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(c.Example))
	}
	fmt.Fprint(w, ".SH EXIT STATUS\n0 done, 1 could not read, write or run, 2 wrong usage, 3 bad data, 4 the fit diverged, 130 interrupted.\n")
	fmt.Fprint(w, ".SH SEE ALSO\n")
	if c.HasParent() {
		fmt.Fprintf(w, ".BR %s (1)\n", roff(pageName(c.Parent())))
		return
	}
	fmt.Fprint(w, "The pages of the commands above.\n")
}

// printText writes paragraphs. Those whose lines are indented keep their lines.
func printText(w *bufio.Writer, text string) {
	for i, p := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			fmt.Fprint(w, ".PP\n")
		}
		if strings.HasPrefix(p, " ") || strings.Contains(p, "\n ") {
			fmt.Fprintf(w, ".nf\n%s\n.fi\n", roff(p))
			continue
		}
		fmt.Fprintf(w, "%s\n", roff(p))
	}
}

// printFlags writes a section of flags.
func printFlags(w *bufio.Writer, title string, names []string, fs *pflag.FlagSet) {
	first := true
	for _, name := range names {
		f := fs.Lookup(name)
		if f == nil || f.Hidden {
			continue
		}
		if first {
			fmt.Fprintf(w, ".SH %s\n", strings.ToUpper(roff(title)))
			first = false
		}
		kind, usage := pflag.UnquoteUsage(f)
		option := `\fB` + roff("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			option = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + option
		}
		if f.Name == "help" {
			option = `\fB\-h\fR, ` + option
		}
		if kind != "" && f.Value.Type() != "bool" {
			option += ` \fI` + roff(kind) + `\fR`
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && !strings.Contains(usage, "default") {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(w, ".TP\n%s\n%s.\n", option, strings.TrimSuffix(roff(usage), "."))
	}
}

// roff escapes text: backslashes, dashes, and what would begin a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
