package main

import (
	"runtime/debug"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	platform := []debug.BuildSetting{{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "amd64"}}
	commit := append([]debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"},
		{Key: "vcs.time", Value: "2026-11-30T12:00:00Z"},
		{Key: "vcs.modified", Value: "true"},
	}, platform...)
	for _, c := range []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"(devel)", platform, "(devel), go1.26.0 linux/amd64"},
		{"", commit, "(devel), commit 0123456789ab, 2026-11-30T12:00:00Z, modified, go1.26.0 linux/amd64"},
		{"v1.2.3", platform, "v1.2.3, go1.26.0 linux/amd64"},
		{"v0.2.0", commit[2:], "v0.2.0, modified, go1.26.0 linux/amd64"},
		{"v0.0.0-20261130120000-0123456789ab+dirty", commit, "v0.0.0-20261130120000-0123456789ab+dirty, 2026-11-30T12:00:00Z, go1.26.0 linux/amd64"},
	} {
		info := &debug.BuildInfo{GoVersion: "go1.26.0", Settings: c.settings}
		info.Main.Version = c.version
		if got := describeBuild(info, "").String(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.version, got, c.want)
		}
	}
}
