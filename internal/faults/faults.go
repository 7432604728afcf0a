// Package faults is where a test build lets the system fail.
//
// Every place that opens, creates, reads, writes, renames or removes a file, or
// takes much memory, calls At first. In a usual build At returns nil and costs
// nothing. Built with the tag faults, a test chooses which call fails, as the
// anomaly tests of SQLite do (sqlite.org/testing.html).
package faults

// Op is an operation that can fail.
type Op int

// The operations, each for whoever calls At before it.
const (
	Open Op = iota
	Create
	Read
	Write
	Close
	Chmod
	Link
	Rename
	Remove
	Memory
	ops
)
