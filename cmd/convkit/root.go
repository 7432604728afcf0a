package main

import (
	"math"
	"strings"

	"github.com/convkit/convkit/internal/memory"
	"github.com/spf13/cobra"
)

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "convkit",
		Short: "Correlate images with kernels, and learn kernels from images",
		Long: `convkit answers questions about images and matrices:

  what does this kernel do to this image?   convkit corr, convkit edges
  which kernel turned this into that?       convkit learn
  where in this image is that one?          convkit match
  how far is this image from that one?      convkit align

An option comes from its flag, else from the environment (CONVKIT_LOG_EVERY for
--log-every), else from a configuration file. That file is --config FILE, else the
one in CONVKIT_CONFIG, else $XDG_CONFIG_HOME/convkit/convkit.yaml. It has lines like
"threads: 2" and may not name other files. --verbose names the file in use.

Exit codes: 0 done, 1 could not read, write or run, 2 wrong usage, 3 bad data,
4 the fit diverged, 130 interrupted.`,
		Example: `  printf '0 1 2\n3 4 5\n6 7 8\n' | convkit corr -k '0 1; 2 3'
  convkit edges photo.png -o edges.png
  convkit learn before.csv after.csv | convkit corr photo.png -k - -o out.png`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "convkit help lists the commands"
			if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
				hint = "did you mean convkit " + strings.Join(s, " or convkit ") + "?"
			}
			return usage(hint, "unknown command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetVersionTemplate("convkit {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	cobra.AddTemplateFunc("flagUsages", flagUsages)
	root.SetUsageTemplate(strings.NewReplacer(".LocalFlags.FlagUsages", "flagUsages .LocalFlags", ".InheritedFlags.FlagUsages", "flagUsages .InheritedFlags").Replace(root.UsageTemplate()))
	root.CompletionOptions.DisableDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	fs := root.PersistentFlags()
	definePath(fs, &a.config, "config", "", "FILE", "read options from FILE (YAML, JSON or TOML)")
	define(fs, &a.threads, "threads", "", "0", "N", "number of processors, 0 for all; results do not depend on it", whole(0, maxThreads))
	fs.BoolVarP(&a.quiet, "quiet", "q", false, "no warnings, notes or log lines")
	fs.BoolVarP(&a.verbose, "verbose", "v", false, "print the plan and the times on standard error")
	define(fs, &a.maxPixels, "max-pixels", "", "2147483648", "N", "largest number of values in an image", func(s string) (int64, error) {
		n, err := whole(1, min(maxPixelLimit, math.MaxInt))(s)
		return int64(n), err
	})
	define(fs, &a.maxMemory, "max-memory", "", "", "SIZE", "memory for data, like 512MiB or 2GB (default: three quarters of the machine's or cgroup's)", func(s string) (int64, error) {
		if s == "" {
			return 0, nil
		}
		return memory.ParseSize(s)
	})
	define(fs, &a.progress, "progress", "", "auto", "auto|always|never", "show progress on standard error", parseProgress)
	must(root.RegisterFlagCompletionFunc("progress", cobra.FixedCompletions(progressNames, cobra.ShellCompDirectiveNoFileComp)))
	must(root.MarkPersistentFlagFilename("config", "yaml", "yml", "json", "toml"))
	root.SetHelpCommand(newHelp())
	root.AddCommand(newCorr(a), newEdges(a), newMatch(a), newAlign(a), newLearn(a), newDiff(a), newKernels(a), newShow(a), newFormats(a), newCompletion(a), newVersion(a), newMan(a))
	root.SetHelpFunc(a.showHelp(root.HelpFunc()))
	addHelpFlags(a, root)
	for _, c := range root.Commands() {
		addHelpFlags(a, c)
		prepare(a, c)
	}
	return root
}

// prepare lets a command read its configuration before it runs, and turns its
// complaints about arguments into usage errors.
func prepare(a *app, cmd *cobra.Command) {
	args, check := cmd.Args, cmd.PreRunE
	cmd.Args = func(cmd *cobra.Command, given []string) error {
		if err := args(cmd, given); err != nil {
			switch names := operands(cmd); {
			case len(given) < len(names):
				return usage(wanted(cmd), "which %s? it is missing", names[len(given)])
			case len(cmd.ValidArgs) > 0 && len(given) == 1:
				return usage(strings.TrimSpace(suggest(given[0], cmd.ValidArgs)+" "+wanted(cmd)), "%q is no %s", given[0], names[0])
			}
			return usage("convkit "+cmd.Name()+" --help shows how it is used", "%w", err)
		}
		return nil
	}
	cmd.PreRunE = func(cmd *cobra.Command, given []string) error {
		if err := a.configure(cmd); err != nil {
			return err
		}
		if a.maxMemory == 0 {
			a.maxMemory = memory.Default()
		}
		memory.SetLimit(a.maxMemory)
		if check == nil {
			return nil
		}
		return check(cmd, given)
	}
}

// operands are the names of the arguments that a command must be given.
func operands(cmd *cobra.Command) []string {
	var names []string
	for _, w := range strings.Fields(cmd.Use)[1:] {
		if w != strings.ToUpper(w) || strings.HasPrefix(w, "[") {
			break
		}
		names = append(names, w)
	}
	return names
}

// wanted says how a command is called.
func wanted(cmd *cobra.Command) string {
	if len(cmd.ValidArgs) > 0 {
		return "give one of " + strings.Join(cmd.ValidArgs, ", ")
	}
	return "convkit " + cmd.Use
}
