package imageio

import (
	"os"
	"strings"

	"github.com/convkit/convkit/internal/imageio/raster"
)

// Selection chooses pictures of a file; see raster.Selection.
type Selection = raster.Selection

// ParseSelection parses what stands between the brackets of FILE[SEL].
var ParseSelection = raster.ParseSelection

// SplitSelection splits FILE[SEL] into the file and the selection, "" for none. A
// file whose whole name is path has no selection.
func SplitSelection(path string) (file, selection string) {
	i := strings.LastIndexByte(path, '[')
	if i < 1 || !strings.HasSuffix(path, "]") || path[:i] == "-" {
		return path, ""
	}
	if _, err := os.Lstat(path); err == nil {
		return path, ""
	}
	return path[:i], path[i+1 : len(path)-1]
}
