package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/spf13/cobra"
)

// release is the version that a release is built with (-ldflags "-X main.release=v0.2.0");
// a build by "go install" knows it from its module.
var release string

// build is what a build says of itself.
type build struct {
	Version      string `json:"version"`
	Commit       string `json:"commit,omitempty"`
	Time         string `json:"time,omitempty"` // of the commit
	Modified     bool   `json:"modified,omitempty"`
	Go           string `json:"go,omitempty"`
	OS           string `json:"os"`
	Arch         string `json:"arch"`
	Instructions string `json:"instructions"` // of the loops in use
}

func newVersion(a *app) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this build",
		Long: `Print the version, the commit and its time, the compiler and the platform of this
build. --json adds the instruction set that convkit uses on this machine.`,
		Example: `  convkit version --json`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				_, err := fmt.Fprintf(a.stdout, "convkit %s\n", version())
				return err
			}
			text, err := json.MarshalIndent(thisBuild(), "", "  ")
			must(err)
			_, err = fmt.Fprintf(a.stdout, "%s\n", text)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// thisBuild describes the running program.
func thisBuild() build {
	b := build{Version: release}
	if info, ok := debug.ReadBuildInfo(); ok {
		b = describeBuild(info, release)
	}
	b.OS, b.Arch, b.Instructions = runtime.GOOS, runtime.GOARCH, vec.Name()
	return b
}

// version describes this build in one line.
func version() string { return thisBuild().String() }

// describeBuild returns what the linker left in a program, and the version of a release
// if it is one.
func describeBuild(info *debug.BuildInfo, release string) build {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	b := build{
		Version: info.Main.Version, Commit: settings["vcs.revision"], Time: settings["vcs.time"], Modified: settings["vcs.modified"] == "true",
		Go: info.GoVersion, OS: settings["GOOS"], Arch: settings["GOARCH"],
	}
	if release != "" {
		b.Version = release
	}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	return b
}

// shortRevision is how many characters of a commit are shown, as git abbreviates it
// in versions of modules.
const shortRevision = 12

// String returns the version, the commit and its time if the build knows them and the
// version does not name them, and what compiled it.
func (b build) String() string {
	parts := []string{b.Version}
	if c := b.Commit[:min(len(b.Commit), shortRevision)]; c != "" && !strings.Contains(b.Version, c) {
		parts = append(parts, "commit "+c)
	}
	if b.Time != "" {
		parts = append(parts, b.Time)
	}
	if b.Modified && !strings.Contains(b.Version, "+dirty") {
		parts = append(parts, "modified")
	}
	if b.Go != "" {
		parts = append(parts, strings.TrimSpace(b.Go+" "+b.OS+"/"+b.Arch))
	}
	return strings.Join(parts, ", ")
}
