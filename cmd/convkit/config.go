package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
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
	file, err := a.readConfig(cmd)
	if err != nil {
		return err
	}
	var first error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || first != nil || !configurable(f.Name) {
			return
		}
		var given []string
		place := ""
		if v, ok := a.env(envName(f.Name)); ok && v != "" {
			given, place = []string{v}, envPlace+envName(f.Name)
		} else if file != nil && file.IsSet(f.Name) {
			given, place = texts(f.Value, file.Get(f.Name)), fmt.Sprintf("%s: %s", file.ConfigFileUsed(), f.Name)
		} else {
			return
		}
		for _, text := range given {
			if err := f.Value.Set(text); err != nil {
				first = wrongValue(f, place, text, err)
				return
			}
		}
		a.origin[f.Name] = place
	})
	return first
}

// given tells whether the user set a flag, in whichever place.
func (a *app) given(cmd *cobra.Command, name string) bool {
	_, elsewhere := a.origin[name]
	return elsewhere || cmd.Flags().Changed(name)
}

func configurable(flag string) bool { return flag != "help" && flag != "config" && flag != "version" }

// texts are what one would type behind each of the flags that a configuration
// value stands for: several where the flag may be given several times and the
// value is a list of words.
func texts(flag pflag.Value, v any) []string {
	words, ok := v.([]any)
	if _, repeats := flag.(*list); !ok || !repeats || slices.ContainsFunc(words, func(w any) bool { _, word := w.(string); return !word }) {
		return []string{scalar(v)}
	}
	var all []string
	for _, w := range words {
		all = append(all, w.(string))
	}
	return all
}

// scalar writes a configuration value as one would type it behind the flag: a
// list with commas, a list of lists, which is a matrix, with semicolons too.
func scalar(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	between := ","
	parts := make([]string, len(list))
	for i, p := range list {
		if _, nested := p.([]any); nested {
			between = "; "
		}
		parts[i] = scalar(p)
	}
	return strings.Join(parts, between)
}

// readConfig reads --config FILE, or else ./convkit.yaml or the one in the
// user's configuration folder, if there is one. A key that is no flag of any
// command is an error.
func (a *app) readConfig(cmd *cobra.Command) (*viper.Viper, error) {
	path := a.config
	if path == "" {
		path, _ = a.env(envName("config"))
	}
	if path == "" {
		if path = a.findConfig(); path == "" {
			return nil, nil
		}
	}
	v := viper.New()
	v.SetConfigFile(path)
	if filepath.Ext(path) == "" {
		v.SetConfigType("yaml")
	}
	if err := v.ReadInConfig(); err != nil {
		var missing *fs.PathError
		if errors.As(err, &missing) {
			return nil, &failure{code: exitFailed, err: err}
		}
		var format viper.UnsupportedConfigError
		if errors.As(err, &format) {
			return nil, usage("name it .yaml, .json or .toml, as it is written", "%s: the extension is of no configuration file", path)
		}
		return nil, usage("a configuration file has lines like \"threads: 2\"", "%s: %s", path, oneLine(err.Error()))
	}
	known := flagNames(cmd.Root())
	for _, key := range v.AllKeys() {
		if !slices.Contains(known, key) {
			hint := didYouMean(key, known)
			if hint == "" {
				hint = "keys are the long names of flags, like padding or log-every"
			}
			return nil, usage(hint, "%s: unknown key %q", path, key)
		}
	}
	return v, nil
}

func (a *app) findConfig() string {
	places := []string{"convkit.yaml"}
	if dir, ok := a.env("XDG_CONFIG_HOME"); ok && dir != "" {
		places = append(places, filepath.Join(dir, "convkit", "convkit.yaml"))
	} else if home, ok := a.env("HOME"); ok && home != "" {
		places = append(places, filepath.Join(home, ".config", "convkit", "convkit.yaml"))
	}
	for _, p := range places {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return ""
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
