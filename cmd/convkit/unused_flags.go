package main

import (
	"slices"

	"github.com/convkit/convkit/internal/imageio"
)

// writingFlagUses lists the flags of writing that only some formats use: the formats
// in words, and a function that reports whether the flag matters to a file.
var writingFlagUses = []struct {
	name, of string
	matters  func(f imageio.Format, to string, o imageio.WriteOptions) bool
}{
	{"quality", "jpg", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool { return f.Name == "jpg" }},
	{"png-level", "png", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool { return f.Name == "png" }},
	{"digits", "text and json", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool { return !f.Binary }},
	{"depth", "pictures, npy and fits", func(f imageio.Format, _ string, _ imageio.WriteOptions) bool {
		return slices.ContainsFunc(f.Depths, func(bits int) bool { return bits <= 16 })
	}},
	{"map", "pixels", func(_ imageio.Format, to string, o imageio.WriteOptions) bool {
		return imageio.MakesPixels(to, o.Format, o.Depth)
	}},
}

// warnUnused warns of flags on the command line that change none of the outputs.
// Those of the environment or a configuration file serve many commands and may be
// unused.
func (a *app) warnUnused(outputs []string, o imageio.WriteOptions) {
	for _, flag := range writingFlagUses {
		if len(outputs) == 0 || a.typed == nil || !a.typed(flag.name) {
			continue
		}
		name := ""
		matters := slices.ContainsFunc(outputs, func(to string) bool {
			f, ok := imageio.OutputFormat(to, o.Format)
			name = f.Name
			return !ok || flag.matters(f, to, o)
		})
		if !matters {
			a.warn("--%s changes nothing here: it is for %s, not for %s", flag.name, flag.of, name)
		}
	}
}
