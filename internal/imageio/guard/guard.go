// Package guard runs decoders of other libraries.
//
// Some of them end in a panic on damaged data. Guarded, they give an error instead.
// Our own readers run without a guard: a panic of theirs is a mistake in this
// program and must not be told as damage of the data.
package guard

import "github.com/convkit/convkit/internal/imageio/raster"

// Decode returns what decode returns, or a raster.DataError where it panics.
func Decode[T any](decode func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = raster.BadData("damaged: the decoder gave up (%v)", p)
		}
	}()
	return decode()
}

// Run is Decode for what returns nothing but an error.
func Run(decode func() error) error {
	_, err := Decode(func() (struct{}, error) { return struct{}{}, decode() })
	return err
}
