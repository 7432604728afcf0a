package main

import (
	"slices"

	"github.com/convkit/convkit/internal/imageio"
)

// idleFlags are flags of writing, the formats that they are for, in words, and
// what tells whether they matter to a file.
var idleFlags = []struct {
	name, of string
	matters  func(f imageio.Format, to string, o imageio.WriteOptions) bool
}{
	{"quality", "jpg", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool { return f.Name == "jpg" }},
	{"png-level", "png", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool { return f.Name == "png" }},
	{"digits", "text and json", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool { return !f.Binary }},
	{"depth", "pictures, npy and fits", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool {
		return slices.Contains(f.Depths, 8)
	}},
	{"map", "pixels", func(_ imageio.Format, to string, o imageio.WriteOptions) bool {
		return imageio.MakesPixels(to, o.Format, o.Depth)
	}},
}

// warnIdle tells of flags on the command line that none of the outputs is
// changed by; those of an environment or a configuration file are for many
// commands, and may be idle.
func (a *app) warnIdle(outputs []string, o imageio.WriteOptions) {
	for _, idle := range idleFlags {
		if len(outputs) == 0 || a.typed == nil || !a.typed(idle.name) {
			continue
		}
		name := ""
		matters := slices.ContainsFunc(outputs, func(to string) bool {
			f, ok := imageio.OutputFormat(to, o.Format)
			name = f.Name
			return !ok || idle.matters(f, to, o)
		})
		if !matters {
			a.warn("--%s changes nothing here: it is for %s, not for %s", idle.name, idle.of, name)
		}
	}
}
