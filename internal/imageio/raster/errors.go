package raster

import (
	"fmt"
	"github.com/convkit/convkit/internal/exit"
)

// DataError says that a file was read but its content is wrong or not supported.
type DataError struct {
	Name      string // the file
	Line, Col int    // from 1, in text; 0 elsewhere
	Err       error
	Hint      string // what to try, or ""
}

// Error returns NAME: message, or NAME:LINE:COLUMN: message.
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

// Unwrap returns the cause.
func (e *DataError) Unwrap() error { return e.Err }

// ExitCode is that of bad data.
func (e *DataError) ExitCode() int { return exit.Data }

// Advice returns the hint.
func (e *DataError) Advice() string { return e.Hint }

// OptionError says that a request cannot be met: an unknown format, or one that
// cannot hold the result.
type OptionError struct {
	Msg, Hint string
}

// Error returns the message.
func (e *OptionError) Error() string { return e.Msg }

// ExitCode is that of wrong usage.
func (e *OptionError) ExitCode() int { return exit.Usage }

// Advice returns the hint.
func (e *OptionError) Advice() string { return e.Hint }

// BadData returns a DataError without a file name, which the caller of the reader
// adds.
func BadData(format string, args ...any) error {
	return &DataError{Err: fmt.Errorf(format, args...)}
}

// BadText returns a DataError at a line and column of a text, from 1.
func BadText(line, col int, format string, args ...any) error {
	return &DataError{Line: line, Col: col, Err: fmt.Errorf(format, args...)}
}

// BadOption returns an OptionError with a hint, "" for none.
func BadOption(hint, format string, args ...any) error {
	return &OptionError{Msg: fmt.Sprintf(format, args...), Hint: hint}
}
