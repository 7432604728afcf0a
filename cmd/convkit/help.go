package main

import (
	"strings"

	"github.com/spf13/cobra"
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
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}
