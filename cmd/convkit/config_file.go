package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// maxConfig bounds a configuration file in bytes: a page of options is a few
// thousand.
const maxConfig = 1 << 20

// configPath returns the configuration file that is asked for, by --config or
// CONVKIT_CONFIG, or else the user's own, or "". The current folder is not looked
// at: what lies there may be anyone's.
func (a *app) configPath() string {
	if a.config != "" {
		return a.config
	}
	if path := a.env[envName("config")]; path != "" {
		return path
	}
	// A relative folder would be below the current one; the XDG specification has
	// it ignored.
	dir := a.env["XDG_CONFIG_HOME"]
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.env["HOME"], ".config")
	}
	path := filepath.Join(dir, "convkit", "convkit.yaml")
	if !filepath.IsAbs(path) || !exists(path) {
		return ""
	}
	return path
}

// configFile is a configuration file that was read; nil is none.
type configFile struct {
	path   string
	values *viper.Viper
}

// readConfig reads a configuration file; "" is none.
func readConfig(path string) (*configFile, error) {
	if path == "" {
		return nil, nil
	}
	kind := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	if kind == "" {
		kind = "yaml"
	}
	if !slices.Contains([]string{"yaml", "yml", "json", "toml"}, kind) {
		return nil, usage("name it .yaml, .json or .toml, as it is written", "%s: the extension is of no configuration file", path)
	}
	text, err := readRegular(path, maxConfig)
	if err != nil {
		return nil, err
	}
	v := viper.New()
	v.SetConfigType(kind)
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return nil, usage("a configuration file has lines like \"threads: 2\"", "%s: %s", path, oneLine(err.Error()))
	}
	return &configFile{path, v}, nil
}

// readRegular reads a regular file of at most limit bytes. Of anything else, as a
// FIFO or a device, nothing is read, and it does not wait for one: the file is
// opened without blocking, and what was opened is looked at, not its name.
func readRegular(path string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, &failure{code: exit.Failed, err: err}
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, &failure{code: exit.Failed, err: err}
	case !info.Mode().IsRegular():
		return nil, usage("copy it into a file first", "%s is %s: a configuration is read from a regular file only", path, kindOf(info.Mode()))
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, &failure{code: exit.Failed, err: err}
	case int64(len(text)) > limit:
		return nil, usage("is it the right file?", "%s has more than %d bytes, too many for a configuration file", path, limit)
	}
	return text, nil
}

// kindOf says in words what a file is that is not regular.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// check refuses keys that are flags of no command, and values that name files: a
// configuration file may come from someone else.
func (c *configFile) check(cmd *cobra.Command) error {
	if c == nil {
		return nil
	}
	known := flagNames(cmd.Root())
	keys := c.values.AllKeys()
	slices.Sort(keys)
	for _, key := range keys {
		if !slices.Contains(known, key) {
			hint := suggest(key, known)
			if hint == "" {
				hint = "keys are the long names of flags, like padding or log-every"
			}
			return usage(hint, "%s: unknown key %q", c.path, key)
		}
		if err := c.checkFiles(cmd, key); err != nil {
			return err
		}
	}
	return nil
}

// checkFiles refuses a key that names a file: to the command where it has such a
// flag, else to any that has.
func (c *configFile) checkFiles(cmd *cobra.Command, key string) error {
	flags := []*pflag.Flag{cmd.Flags().Lookup(key)}
	if flags[0] == nil {
		flags = flagsNamed(cmd.Root(), key)
	}
	for _, f := range flags {
		namer, may := f.Value.(fileNamer)
		if !may || !c.has(key) {
			continue
		}
		for _, text := range c.texts(f) {
			if namer.NamesFile(text) {
				return usage(fmt.Sprintf("take the line out and give --%s on the command line, or set %s", key, envName(key)), "%s: %q names a file, which a configuration file may not", c.place(key), text)
			}
		}
	}
	return nil
}

// has reports whether the file has a value for a flag.
func (c *configFile) has(flag string) bool { return c != nil && c.values.IsSet(flag) }

// place says where a value stands.
func (c *configFile) place(flag string) string { return c.path + ": " + flag }

// texts returns what one would type behind a flag for its value in the file:
// several texts where the flag repeats and the value is a list of words.
func (c *configFile) texts(f *pflag.Flag) []string {
	v := c.values.Get(f.Name)
	words, ok := v.([]any)
	if _, repeats := f.Value.(*list); !ok || !repeats || slices.ContainsFunc(words, func(w any) bool { _, word := w.(string); return !word }) {
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

// flagsNamed returns the flags of that name of a command and of all below it.
func flagsNamed(cmd *cobra.Command, name string) []*pflag.Flag {
	var flags []*pflag.Flag
	if f := cmd.Flags().Lookup(name); f != nil {
		flags = append(flags, f)
	}
	for _, c := range cmd.Commands() {
		flags = append(flags, flagsNamed(c, name)...)
	}
	return flags
}
