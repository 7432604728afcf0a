package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"github.com/convkit/convkit/internal/faults"
)

// longestBase is how much of a name the temporary one begins with: file systems
// take names of 255 bytes.
const longestBase = 200

// mostNames is how many names are tried for a temporary file.
const mostNames = 100

// beside names a file beside path that does not exist, as far as chance goes.
func beside(path string) string {
	base := filepath.Base(path)
	base = base[:min(len(base), longestBase)]
	return filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x.tmp", base, rand.Uint32()))
}

// openBeside creates the temporary file for path.
func openBeside(path string, mode fs.FileMode) (*os.File, string, error) {
	for range mostNames {
		tmp := beside(path)
		f, err := openNew(tmp, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, "", cannotCreate(path, err)
		}
		return f, tmp, nil
	}
	return nil, "", fmt.Errorf("%s: no free name for a temporary file beside it", path)
}

// cannotCreate names the target, not the temporary file.
func cannotCreate(path string, err error) error {
	var p *fs.PathError
	if !errors.As(err, &p) {
		return err
	}
	if _, missing := os.Stat(filepath.Dir(path)); errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("%s: the folder %s does not exist", path, filepath.Dir(path))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: the folder %s takes no new files", path, filepath.Dir(path))
	}
	return &fs.PathError{Op: "create", Path: path, Err: p.Err}
}

// mostLinks is how many links lead on at most; systems allow no more.
const mostLinks = 40

// BehindLinks returns the path that a chain of links leads to, although there is
// no file yet: the place of an output.
func BehindLinks(path string) string {
	at := path
	for range mostLinks {
		to, err := os.Readlink(at)
		if err != nil {
			return at
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(at), to)
		}
		at = to
	}
	return path
}

// temporaries are the names that this process has to remove.
var temporaries = struct {
	sync.Mutex
	names  map[string]bool
	closed bool
}{names: map[string]bool{}}

var errEnding = errors.New("the program is ending")

// openNew creates a file that must not exist, and remembers its name.
func openNew(tmp string, mode fs.FileMode) (*os.File, error) {
	temporaries.Lock()
	defer temporaries.Unlock()
	if temporaries.closed {
		return nil, errEnding
	}
	if err := faults.At(faults.Create, tmp); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err == nil {
		temporaries.names[tmp] = true
	}
	return f, err
}

// linkNew gives a file a second name, and remembers it.
func linkNew(path, tmp string) error {
	temporaries.Lock()
	defer temporaries.Unlock()
	if temporaries.closed {
		return errEnding
	}
	if err := faults.At(faults.Link, path); err != nil {
		return err
	}
	err := os.Link(path, tmp)
	if err == nil {
		temporaries.names[tmp] = true
	}
	return err
}

// remove tries twice: a name that stays would be found by everyone.
func remove(tmp string) {
	temporaries.Lock()
	defer temporaries.Unlock()
	for range 2 {
		if faults.At(faults.Remove, tmp) == nil && os.Remove(tmp) == nil {
			break
		}
	}
	delete(temporaries.names, tmp)
}

func rename(tmp, path string) error {
	temporaries.Lock()
	defer temporaries.Unlock()
	if temporaries.closed {
		return errEnding
	}
	if err := faults.At(faults.Rename, path); err != nil {
		return err
	}
	err := os.Rename(tmp, path)
	if err == nil {
		delete(temporaries.names, tmp)
	}
	return err
}

// RemoveAll removes all temporary files of the process, which must end then:
// from now on no file is created and none takes its place.
func RemoveAll() {
	temporaries.Lock()
	defer temporaries.Unlock()
	temporaries.closed = true
	for tmp := range temporaries.names {
		os.Remove(tmp)
	}
}
