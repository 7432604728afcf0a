package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/convkit/convkit/internal/imageio"
)

func isFolder(path string) bool {
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkFolder refuses a file for which there is no folder: it is better said
// before the work than after.
func checkFolder(path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return &failure{code: exitFailed, err: fmt.Errorf("%s: the folder %s does not exist", path, dir), hint: "make it first, or end -o with / to have a folder made"}
	}
	return nil
}

// readImage reads an image and can be interrupted.
func (a *app) readImage(ctx context.Context, path string, o imageio.ReadOptions) (*imageio.Image, error) {
	o.MaxPixels = a.maxPixels
	return await(ctx, func() (*imageio.Image, error) { return imageio.ReadFile(path, a.stdin, o) })
}
