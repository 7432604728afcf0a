package corr

import "github.com/convkit/convkit/internal/tensor"

// An image that flows from file to file may be larger than memory, and then all
// that is held of it is the bands under way: of each, the padded rows it sees, its
// results, and what the sink makes of them. These constants bound that, so that a
// file takes about as much whatever its width and however many threads there are:
// up to 130 MB with the rest of a process, as long as a kernel's rows are few
// beside it. Files of up to some 16000 columns are not touched by them.
const (
	// heldMost is about what all bands under way may take together. As many
	// goroutines work at a time as it has room for.
	heldMost = 80 << 20
	// heldBand is what one band of a method that may have any rows takes at most.
	heldBand = 16 << 20
	// heldTiles is the same of a row of tiles, which are less efficient when they
	// are smaller: with tiles of 128, 31x31 takes 2.8 units where 256 take 2.2 and
	// 64 take 5.
	heldTiles = 32 << 20
	// heldTall is what a band takes at most for the sake of its height, which is
	// that of a quarter of the kernel: lower bands read the same rows over and over.
	heldTall = 64 << 20
)

// held is how many bytes a band of so many output rows takes with the padded rows
// that it sees, both of one plane, in elements of size bytes.
func (g Geometry) held(rows, size int) int {
	return (g.seen(rows)*g.PadW() + rows*g.OutW) * size
}

// seen is how many padded rows a band of so many output rows sees.
func (g Geometry) seen(rows int) int { return (rows-1)*g.Stride.H + g.Reach().H }

// within is the number of output rows, at most want, of a band that takes most
// bytes, or more where it would be low beside the kernel.
func (g Geometry) within(want, most, size int) int {
	rows := func(most int) int {
		return (most/size - (g.Reach().H-g.Stride.H)*g.PadW()) / (g.Stride.H*g.PadW() + g.OutW)
	}
	low := min(max(1, g.Reach().H/4/g.Stride.H), rows(max(most, heldTall)))
	return min(want, max(rows(most), low, 1))
}

// crew is how many of so many threads may each hold that many bytes of bands, and
// give as many bytes of results at a time to the sink. A sink that takes them in
// order holds them formatted until it is their turn; text takes twice as much.
func crew(threads, held, results int, order tensor.Order) int {
	if order != tensor.AnyOrder {
		results *= 2
	}
	return min(threads, max(1, heldMost/max(1, held+results)))
}
