package main

import (
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/spf13/cobra"
)

// addLike adds --like, which stands for several flags of the geometry at once.
// Those that are given in the same place or nearer (the command line, then the
// environment, then the configuration file) keep what they say. What the words in
// own stand for is the command's to say.
func addLike(a *app, cmd *cobra.Command, o *corr.Options, like *geometry.Convention, own ...string) {
	names := append(slices.Clone(own), geometry.ConventionNames()...)
	parse := func(s string) (geometry.Convention, error) {
		if w, err := word(own...)(s); err == nil {
			return geometry.Convention{Name: w}, nil
		}
		return geometry.ParseConvention(s)
	}
	define(cmd.Flags(), like, "like", "", "", "TOOL", "take padding, border, origin and flip from another tool. Your own flags override each of them. TOOL is "+strings.Join(names, ", ")+". -v names the function", parse)
	complete(cmd, "like", names)
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if like.Name == "" || slices.Contains(own, like.Name) {
			return nil
		}
		like.Apply(o, a.outranks(cmd, "convolve", "like"), a.outranks(cmd, "padding", "like"), a.outranks(cmd, "border", "like"))
		a.logVerbose("like %s: padding %v, border %v, convolve %v", like.Function(o.Convolve), o.Padding, o.Border, o.Convolve)
		return nil
	}
}

// outranks reports whether a flag keeps what it says against another that stands
// for several.
func (a *app) outranks(cmd *cobra.Command, flag, other string) bool {
	return a.given(cmd, flag) && a.nearness(cmd, flag) >= a.nearness(cmd, other)
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
