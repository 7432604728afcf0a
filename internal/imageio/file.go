package imageio

import "io"

// WriteFile writes a file of any kind, whole or not at all.
func WriteFile(path string, write func(io.Writer) error) error {
	o, err := newOutput(path)
	if err != nil {
		return err
	}
	defer o.abort()
	if err := write(o); err != nil {
		return o.named(err)
	}
	return o.close()
}
