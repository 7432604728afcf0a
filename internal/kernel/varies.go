package kernel

import (
	"fmt"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/varying"
)

// VariesError is the error of a file that holds a kernel that varies over the field,
// where Parse or Decode read one kernel. It has what was read, for those who can use it.
type VariesError struct {
	Name   string
	Kernel *varying.Kernel
}

func (e *VariesError) Error() string {
	return fmt.Sprintf("%s: the kernel varies over the field, and one kernel is needed here", e.Name)
}

// ExitCode is that of bad data.
func (e *VariesError) ExitCode() int { return exit.Data }

// Advice says what can be done with it.
func (e *VariesError) Advice() string {
	return "convkit kernels FILE --at Y,X prints it at one place; convkit corr -k FILE applies it"
}

// decodeVarying returns the error for a kernel that varies; nil if data is none.
func decodeVarying(data []byte, name string) error {
	if !varying.Is(data) {
		return nil
	}
	k, err := varying.Decode(data)
	switch {
	case err != nil:
		return badFile(name, "%w", err)
	case !k.Finite():
		return badFile(name, "a kernel needs finite numbers")
	}
	return &VariesError{name, k}
}
