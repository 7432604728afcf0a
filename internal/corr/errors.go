package corr

import (
	"fmt"

	"github.com/convkit/convkit/internal/exit"
	"github.com/convkit/convkit/internal/tensor"
)

// ChannelsError says that a kernel that mixes channels takes another number of
// them than the image has or, for the adjoint, gives another number.
type ChannelsError struct {
	Kernel  tensor.Kernel
	Image   tensor.Shape
	Adjoint bool
}

// Wanted is the number of channels that the image should have.
func (e *ChannelsError) Wanted() int {
	if e.Adjoint {
		return e.Kernel.Out
	}
	return e.Kernel.In
}

// ExitCode is that of bad data.
func (e *ChannelsError) ExitCode() int { return exit.Data }

// Advice names the two that would fit.
func (e *ChannelsError) Advice() string {
	return fmt.Sprintf("give an image of %d channels, or a kernel of one matrix, which filters every channel on its own", e.Wanted())
}

func (e *ChannelsError) Error() string {
	if e.Adjoint {
		return fmt.Sprintf("the kernel (%v) gives %d channels, which its adjoint takes, but the image (%v) has %d", e.Kernel, e.Kernel.Out, e.Image, e.Image.C)
	}
	return fmt.Sprintf("the kernel (%v) takes %d input channels, but the image (%v) has %d", e.Kernel, e.Kernel.In, e.Image, e.Image.C)
}
