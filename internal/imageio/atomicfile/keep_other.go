//go:build !unix

package atomicfile

import (
	"io/fs"
	"os"
)

// mayWrite leaves the question to the mode, which replace looks at.
func mayWrite(string) bool { return true }

func groupOf(fs.FileInfo) int { return noGroup }

// keep gives f the mode of the file that it replaces.
func keep(f *os.File, path string, st fs.FileInfo) error {
	return keepMode(f, path, st.Mode().Perm(), true)
}
