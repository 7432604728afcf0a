package imageio

import (
	"fmt"
)

// DataError says that a file was read but does not hold what it should.
type DataError struct {
	Name      string // the file
	Line, Col int    // from 1, in text; 0 elsewhere
	Err       error
	Hint      string // what to try, or ""
}

// Error gives NAME: what, or NAME:LINE:COLUMN: what.
func (e *DataError) Error() string {
	switch {
	case e.Line > 0 && e.Name != "":
		return fmt.Sprintf("%s:%d:%d: %v", e.Name, e.Line, e.Col, e.Err)
	case e.Line > 0:
		return fmt.Sprintf("%d:%d: %v", e.Line, e.Col, e.Err)
	case e.Name != "":
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *DataError) Unwrap() error { return e.Err }

// OptionError says that what was asked for cannot be: a format that does not
// exist, or that cannot hold the result.
type OptionError struct {
	Msg, Hint string
}

// Error gives the message.
func (e *OptionError) Error() string { return e.Msg }

func badData(format string, args ...any) error {
	return &DataError{Err: fmt.Errorf(format, args...)}
}

func badText(line, col int, format string, args ...any) error {
	return &DataError{Line: line, Col: col, Err: fmt.Errorf(format, args...)}
}

func badOption(hint, format string, args ...any) error {
	return &OptionError{Msg: fmt.Sprintf(format, args...), Hint: hint}
}
