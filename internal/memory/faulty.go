//go:build !faults

package memory

// faulty is where a test build lets a request fail.
func faulty() error { return nil }
