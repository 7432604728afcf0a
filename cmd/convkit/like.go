package main

import (
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/spf13/cobra"
)

// addLike adds --like, which stands for several flags of the geometry at once.
// Those that are given in the same place or nearer (the command line, then the
// environment, then the configuration file) keep what they say.
func addLike(a *app, cmd *cobra.Command, o *corr.Options, like *corr.Convention) {
	names := corr.ConventionNames()
	defineEnum(cmd, like, "like", "", "padding, border, origin and flip of another tool, unless given by flags of their own (docs/conventions.md says of which function)", names, corr.ParseConvention)
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if like.Name == "" {
			return nil
		}
		keeps := func(flag string) bool { return a.nearness(cmd, flag) >= a.nearness(cmd, "like") }
		like.Apply(o, keeps("convolve"), keeps("padding"), keeps("border"))
		a.tell("like %s: padding %v, border %v, convolve %v", like.Function(o.Convolve), o.Padding, o.Border, o.Convolve)
		return nil
	}
}

// nearness says how near to the command line a flag was set: 3 on it, 2 in the
// environment, 1 in a configuration file, 0 nowhere.
func (a *app) nearness(cmd *cobra.Command, flag string) int {
	place, elsewhere := a.origin[flag]
	switch {
	case cmd.Flags().Changed(flag):
		return 3
	case elsewhere && strings.HasPrefix(place, envPlace):
		return 2
	case elsewhere:
		return 1
	}
	return 0
}
