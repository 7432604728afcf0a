package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/imageio/atomicfile"
	"github.com/convkit/convkit/internal/tensor"
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
		return &failure{code: exit.Failed, err: fmt.Errorf("%s: the folder %s does not exist", path, dir), hint: "make it first"}
	}
	return nil
}

// readImage reads the one picture of an input and can be interrupted.
func (a *app) readImage(ctx context.Context, path string, o imageio.ReadOptions) (*imageio.Image, error) {
	return a.readFrom(ctx, path, o, (*imageio.Album).One)
}

// readFrom opens an input, which may be FILE[SEL], and reads a picture of it.
func (a *app) readFrom(ctx context.Context, path string, o imageio.ReadOptions, read func(*imageio.Album) (*imageio.Image, error)) (*imageio.Image, error) {
	file, o, err := selectIn(path, o)
	if err != nil {
		return nil, err
	}
	img, err := await(ctx, func() (*imageio.Image, error) {
		album, err := a.openAlbum(file, o)
		if err != nil {
			return nil, err
		}
		return read(album)
	})
	if err != nil {
		return nil, a.missing(path, err)
	}
	a.limitTo(file)
	a.noteRead(file, img, o)
	return img, nil
}

// missing says of a pattern that no file matches it.
func (a *app) missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?[") {
		return &failure{code: exit.Failed, err: err, hint: "no file matches the pattern"}
	}
	return err
}

// openAlbum opens a file to read pictures of it.
func (a *app) openAlbum(file string, o imageio.ReadOptions) (*imageio.Album, error) {
	if file == "" {
		return nil, usage("is a variable of the shell not set? - is standard input", "the name of the file is empty")
	}
	o.MaxPixels = a.maxPixels
	o.OnRounded = func() {
		if _, told := a.told.LoadOrStore(file+" rounded", true); !told {
			a.warn("%s: whole numbers above 2^53 are rounded to 53 bits", file)
		}
	}
	r, err := a.open(file, true)
	if err != nil {
		return nil, err
	}
	name := file
	if file == "-" {
		name = imageio.StdinName
	}
	return imageio.OpenAlbum(r, name, o)
}

// noteRead says what of a file was not read, or may be read otherwise.
func (a *app) noteRead(file string, img *imageio.Image, o imageio.ReadOptions) {
	a.noteOthers(file, img)
	a.notePlanes(file, img, o.Layout)
	a.noteTrailing(file, img.Trailing())
}

// limitTo makes new outputs no more readable than an input, - being standard
// input.
func (a *app) limitTo(path string) {
	if path != "-" {
		a.files.LimitTo(path)
	} else if f, ok := a.stdin.(*os.File); ok {
		a.files.LimitToFile(f)
	}
}

// noteOthers says, once for each file, that it holds more than is read.
func (a *app) noteOthers(path string, img *imageio.Image) {
	pictures := img.Pictures()
	f, ok := imageio.FormatNamed(img.Format())
	if pictures == 0 || pictures == 1 || img.Selected().Given() || ok && f.Pages() {
		return // one, or chosen among them
	}
	if _, told := a.told.LoadOrStore(path, true); told {
		return
	}
	count := strconv.Itoa(pictures)
	if pictures == imageio.SeveralPictures {
		count = "several"
	}
	a.note("%s holds %s pictures, of which the first is read", path, count)
}

// noteTrailing says, once for each file, that something follows the array.
func (a *app) noteTrailing(path string, bytes int64) {
	count := "the"
	if bytes != imageio.SomeBytes {
		count = strconv.FormatInt(bytes, 10)
	}
	if _, told := a.told.LoadOrStore(path+" trailing", true); bytes != 0 && !told {
		a.note("%s: %s bytes after the array are ignored; is the size in its header right?", path, count)
	}
}

// notePlanes says how an array was read that is most likely a picture with its
// colours last.
func (a *app) notePlanes(path string, img *imageio.Image, layout string) {
	s := img.Shape()
	if img.Format() == "npy" && img.Rank() == 3 && layout != "hwc" && s.C > 4 && (s.W == 3 || s.W == 4) {
		a.note("%s is read as %d planes of %dx%d; --layout hwc reads %d planes of %dx%d", path, s.C, s.H, s.W, s.W, s.C, s.H)
	}
}

// checkWritable refuses, before the work, a file that could not be written after
// it.
func checkWritable(path string) error {
	if path == "" || path == "-" {
		return nil
	}
	if err := checkFolder(path); err != nil {
		return err
	}
	return atomicfile.Check(path)
}

// checkSize refuses a result of more numbers than --max-pixels.
func (a *app) checkSize(n tensor.Shape) error {
	if float64(n.N)*float64(n.C)*float64(n.H)*float64(n.W) > float64(a.maxPixels) {
		return badData("raise --max-pixels, or pad less", "the result (%v) has more than %d numbers", n, a.maxPixels)
	}
	return nil
}
