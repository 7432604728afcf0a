package atomicfile

import (
	"io"
	"io/fs"
	"os"
	"sync"
)

// Set is files that take their places together. Its zero value is ready for use.
// One goroutine at a time creates and commits; limits are set from any.
type Set struct {
	// Check, if it is set, is asked for the path of each file, as given to Create,
	// in Create and again in Commit before the first file takes its place.
	Check func(path string) error
	// Placed, if it is set, is told of each file that took its place.
	Placed func(path string)

	files   []*File
	mu      sync.Mutex // of readers
	readers readers
}

// Create begins a file at path. It takes its place in Commit.
func (s *Set) Create(path string) (*File, error) {
	if s.Check != nil {
		if err := s.Check(path); err != nil {
			return nil, err
		}
	}
	f, err := create(path, s)
	if err == nil {
		f.given = path
		s.files = append(s.files, f)
	}
	return f, err
}

// Write writes a file as write does, and leaves it to Commit.
func (s *Set) Write(path string, write func(io.Writer) error) error {
	f, err := s.Create(path)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Abort()
		return f.Named(err)
	}
	return f.Close()
}

// Commit puts all files in their places. After an error none is: those that were
// renamed are taken back.
func (s *Set) Commit() error {
	files := s.files
	s.files = nil
	if err := s.commit(files); err != nil {
		for _, f := range files {
			f.drop()
		}
		return err
	}
	return nil
}

func (s *Set) commit(files []*File) error {
	for _, f := range files {
		err := f.finish()
		if err == nil && s.Check != nil {
			err = s.Check(f.given)
		}
		if err != nil {
			return err
		}
	}
	if len(files) > 1 {
		for _, f := range files {
			f.keepOld()
		}
	}
	for i, f := range files {
		if err := f.place(nil); err != nil {
			for _, done := range files[:i] {
				done.takeBack()
			}
			for _, other := range files[i:] {
				other.forgetOld()
			}
			return err
		}
	}
	for _, f := range files {
		f.forgetOld()
		if s.Placed != nil {
			s.Placed(f.given)
		}
	}
	return nil
}

// Abort removes all files that were not committed.
func (s *Set) Abort() {
	for _, f := range s.files {
		f.drop()
	}
	s.files = nil
}

// keepOld gives the file that will be replaced a second name. Where the file
// system knows no links, it cannot be taken back.
func (o *File) keepOld() {
	if o.tmp == "" || !o.replaces {
		return
	}
	old := beside(o.path)
	if linkNew(o.path, old) == nil {
		o.old = old
	}
}

func (o *File) forgetOld() {
	if o.old != "" {
		remove(o.old)
		o.old = ""
	}
}

// takeBack undoes place.
func (o *File) takeBack() {
	switch {
	case o.old != "":
		if rename(o.old, o.path) != nil {
			remove(o.old)
		}
		o.old = ""
	case o.path != "" && !o.replaces && regular(o.path):
		os.Remove(o.path)
	}
}

func regular(path string) bool {
	st, err := os.Lstat(path)
	return err == nil && st.Mode().IsRegular()
}

// readers says who may read new files: everyone who may read the inputs.
type readers struct {
	known bool
	most  fs.FileMode
	group int // of the inputs, or noGroup if they have several
}

const noGroup = -1

// LimitTo makes new files of the set no more readable than the file at path.
// A pipe or a device sets no limit, nor does a path that cannot be read.
func (s *Set) LimitTo(path string) {
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
		mode, group := permissions(path, st)
		s.limit(mode, group)
	}
}

// LimitToFile is LimitTo for an open file.
func (s *Set) LimitToFile(f *os.File) {
	if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
		mode, group := permissionsOf(f, st)
		s.limit(mode, group)
	}
}

func (s *Set) limit(mode fs.FileMode, group int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &s.readers
	if !r.known {
		*r = readers{known: true, most: mode, group: group}
		return
	}
	if r.most &= mode; r.group != group {
		r.group = noGroup
	}
}

// Limits returns the limits that hold now; Restore puts them back. A batch has
// those of its kernel for all outputs, and for each output those of its input.
func (s *Set) Limits() (restore func()) {
	was := s.reading()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.readers = was
	}
}

func (s *Set) reading() readers {
	if s == nil {
		return readers{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readers
}

const newMode = 0o666 // less the umask, as for any new file

// newMode is the mode in which a new file is created.
func (s *Set) newMode() fs.FileMode {
	if r := s.reading(); r.known {
		return newMode & r.mask()
	}
	return newMode
}

// mask takes group and others out where they may not read.
func (r readers) mask() fs.FileMode {
	mask := fs.FileMode(0o777)
	if r.most&0o040 == 0 {
		mask &^= 0o070
	}
	if r.most&0o004 == 0 {
		mask &^= 0o007
	}
	return mask
}

// restrict takes the group out of a new file whose group is not that of the
// inputs, unless everyone may read them.
func (s *Set) restrict(f *os.File) error {
	r := s.reading()
	if !r.known || r.most&0o004 != 0 {
		return nil
	}
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if mode := st.Mode().Perm(); mode&0o070 != 0 && (r.group == noGroup || r.group != groupOf(st)) {
		return f.Chmod(mode &^ 0o070)
	}
	return nil
}
