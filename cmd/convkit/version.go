package main

import (
	"runtime/debug"
	"strings"
)

// version describes this build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	return describeBuild(info)
}

// shortRevision is how many characters of a commit are shown, as git abbreviates it
// in versions of modules.
const shortRevision = 12

// describeBuild gives the version of a build, the commit and its time if the build
// knows them and the version does not name them, and what compiled it.
func describeBuild(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	parts := []string{info.Main.Version}
	if parts[0] == "" {
		parts[0] = "(devel)"
	}
	revision := settings["vcs.revision"]
	revision = revision[:min(len(revision), shortRevision)]
	if revision != "" && !strings.Contains(parts[0], revision) {
		parts = append(parts, "commit "+revision)
	}
	if when := settings["vcs.time"]; when != "" {
		parts = append(parts, when)
	}
	if settings["vcs.modified"] == "true" && !strings.Contains(parts[0], "+dirty") {
		parts = append(parts, "modified")
	}
	if info.GoVersion != "" {
		parts = append(parts, strings.TrimSpace(info.GoVersion+" "+settings["GOOS"]+"/"+settings["GOARCH"]))
	}
	return strings.Join(parts, ", ")
}
