package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/guess"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// envPrefix begins the names of environment variables: --log-every is
// CONVKIT_LOG_EVERY.
const envPrefix = "CONVKIT_"

// envPlace begins the places of values that come from the environment.
const envPlace = "environment variable "

func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configure fills the flags that the command line left alone, from the
// environment and then from the configuration file. Every text goes through
// the flag's own parser, so that a wrong one is refused with its place instead
// of becoming a zero.
func (a *app) configure(cmd *cobra.Command) error {
	typed := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { typed[f.Name] = f.Changed })
	a.typed = func(flag string) bool { return typed[flag] }
	path := a.configPath()
	file, err := readConfig(path)
	if err == nil {
		a.willRead(path)
		err = file.check(cmd)
	}
	if err != nil {
		return err
	}
	var fromFile, fromEnv []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || err != nil || !configurable(f.Name) {
			return
		}
		if v := a.env[envName(f.Name)]; v != "" {
			fromEnv = append(fromEnv, envName(f.Name))
			err = a.setFrom(f, envPlace+envName(f.Name), v)
		} else if file.has(f.Name) {
			fromFile = append(fromFile, f.Name)
			err = a.setFrom(f, file.place(f.Name), file.texts(f)...)
		}
	})
	if err != nil {
		return err
	}
	a.warnUnknownEnv(cmd)
	if path != "" {
		a.logVerbose("configuration %s: %s", path, orNone(fromFile))
	}
	if len(fromEnv) > 0 {
		a.logVerbose("environment: %s", strings.Join(fromEnv, ", "))
	}
	return nil
}

// setFrom sets a flag to texts that come from a place other than the command line.
func (a *app) setFrom(f *pflag.Flag, place string, texts ...string) error {
	for _, text := range texts {
		if err := f.Value.Set(text); err != nil {
			return wrongValue(f, place, text, err)
		}
	}
	a.origin[f.Name] = place
	return nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "no option of this command"
	}
	return strings.Join(names, ", ")
}

// warnUnknownEnv warns of environment variables that look like options of convkit
// and are none. It does not refuse them: others may name their variables so.
func (a *app) warnUnknownEnv(cmd *cobra.Command) {
	known := []string{envName("config")}
	for _, name := range flagNames(cmd.Root()) {
		known = append(known, envName(name))
	}
	for _, name := range slices.Sorted(maps.Keys(a.env)) {
		if !strings.HasPrefix(name, envPrefix) || a.env[name] == "" || slices.Contains(known, name) {
			continue
		}
		advice := "options are named like " + envName("log-every")
		if best, ok := guess.Nearest(name, known); ok {
			advice = "did you mean " + best + "?"
		}
		a.warn("the environment variable %s sets no option; %s", name, advice)
	}
}

// given reports whether the user set a flag, in whichever place.
func (a *app) given(cmd *cobra.Command, name string) bool {
	_, elsewhere := a.origin[name]
	return elsewhere || cmd.Flags().Changed(name)
}

// configurable reports whether a flag may be set elsewhere than on the command
// line. What replaces files may not.
func configurable(flag string) bool {
	return !slices.Contains([]string{"help", "short-help", "config", "version", "in-place"}, flag)
}

// flagNames are the names of the flags of a command and all below it.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) {
		if configurable(f.Name) {
			names = append(names, f.Name)
		}
	}
	cmd.Flags().VisitAll(add)
	cmd.PersistentFlags().VisitAll(add)
	for _, c := range cmd.Commands() {
		names = append(names, flagNames(c)...)
	}
	return names
}
