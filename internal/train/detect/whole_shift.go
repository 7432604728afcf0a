package detect

import (
	"context"
	"errors"
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/normal"
)

const (
	// WholeShiftReach is how many pixels WholeShift looks around. A kernel moves the
	// peak of the correlation of two images by about its own reach.
	WholeShiftReach = 2
	// shiftChance is the F of one degree of freedom below which two shifts explain Y
	// equally well. Chance exceeds it once in 10⁷ times.
	shiftChance = 28
)

// WholeShift returns by how many rows and columns the shift between the images of a
// pair is off, for a kernel of the given size. The images are those left once the shift
// is undone, of one size. A kernel that is larger by two pixels on all sides is fitted.
// The part of it that explains Y best tells the shift. Of parts that explain Y equally
// well, the one whose taps have their centre of mass nearest its middle counts. The
// answer is 0,0 if the images are too small for such a fit or do not determine it.
//
// s has the channels, the background and the threads; the rest of it is ignored.
func WholeShift(ctx context.Context, p train.Pair, size corr.Size, s train.Spec) (dy, dx int, err error) {
	s.Kernel = corr.Size{H: odd(size.H+1) + 2*WholeShiftReach, W: odd(size.W+1) + 2*WholeShiftReach}
	s.Options = corr.Options{Padding: corr.Padding{Mode: corr.Same}}
	inputs, valid := train.Borderless([]train.Input{train.One(p)}, s)
	set, err := accumulate.Pairs(ctx, inputs, valid, accumulate.Options{Rescale: true})
	var none *train.NoWindowsError
	switch {
	case errors.As(err, &none):
		return 0, 0, nil
	case err != nil:
		return 0, 0, err
	case set.Windows() < 2*set.Unknowns() || set.Rank() < set.Unknowns():
		return 0, 0, nil
	}
	type placed struct {
		dy, dx int
		loss   float64
		off    float64 // squared distance of the centre of mass from the middle
	}
	var all []placed
	least := math.Inf(1)
	middle := normal.CentredBlock(s.Kernel, size, true)
	for dy := -WholeShiftReach; dy <= WholeShiftReach; dy++ {
		for dx := -WholeShiftReach; dx <= WholeShiftReach; dx++ {
			b := middle
			b.Top, b.Left = b.Top+dy, b.Left+dx
			part := set.Part(b)
			best := part.Best()
			q := placed{dy, dx, part.LossAt(best), offCentre(best, part.Layout())}
			least = min(least, q.loss)
			all = append(all, q)
		}
	}
	free := float64(set.Windows() - set.Unknowns())
	floor := exactShare * exactShare * set.Energy()
	enough := least + shiftChance*max(set.MinimalLoss(), floor)/free + floor
	chosen := placed{off: math.Inf(1)}
	for _, q := range all {
		if q.loss <= enough && q.off < chosen.off {
			chosen = q
		}
	}
	return chosen.dy, chosen.dx, nil
}

// offCentre returns the squared distance of the centre of mass of the taps' absolute
// values from the tap that padding same places on the output.
func offCentre(w [][]float64, l train.Layout) float64 {
	size := l.Spec.Kernel
	var sum, y, x float64
	for _, taps := range w {
		for t, v := range taps[:l.Taps()] {
			v = math.Abs(v)
			sum += v
			y += v * float64(t/size.W%size.H-(size.H-1)/2)
			x += v * float64(t%size.W-(size.W-1)/2)
		}
	}
	if sum == 0 {
		return 0
	}
	return (y*y + x*x) / (sum * sum)
}
