package corr

import (
	"fmt"

	"github.com/convkit/convkit/internal/tensor"
)

// MethodError says that the method that was asked for cannot compute this
// correlation; another can.
type MethodError struct {
	Method Method
	Takes  string // what the method takes, and what it was given
}

func (e *MethodError) Error() string { return fmt.Sprintf("the %v method takes %s", e.Method, e.Takes) }

// ChannelsError says that a kernel that mixes channels takes another number of
// them than the image has.
type ChannelsError struct {
	Kernel tensor.Kernel
	Image  tensor.Shape
}

func (e *ChannelsError) Error() string {
	return fmt.Sprintf("the kernel (%v) takes %d input channels, but the image (%v) has %d", e.Kernel, e.Kernel.In, e.Image, e.Image.C)
}
