package geometry

// Bounds on one band, below schedule.MaxBytes for all bands under way.
const (
	// MaxBandBytes is the most that a band takes if its method allows any number
	// of rows.
	MaxBandBytes = 16 << 20
	// MaxTileBytes is the same for a row of tiles. Smaller tiles are less efficient:
	// with tiles of 128, 31x31 takes 2.8 units where 256 take 2.2 and 64 take 5.
	MaxTileBytes = 32 << 20
	// maxTallBytes is the most that a band takes for the sake of its height, a
	// quarter of the kernel's: lower bands read the same rows over and over.
	maxTallBytes = 64 << 20
)

// BandBytes returns the bytes of a band of so many output rows and of the padded
// rows that it reads, both of one plane, in elements of size bytes.
func (g Geometry) BandBytes(rows, size int) int {
	return (g.InputRows(rows)*g.PadW() + rows*g.OutW) * size
}

// InputRows returns how many padded rows a band of so many output rows reads.
func (g Geometry) InputRows(rows int) int { return (rows-1)*g.Stride.H + g.Reach().H }

// MaxRows returns the number of output rows, at most want, of a band that takes most
// bytes. It may take more if the band would be low beside the kernel.
func (g Geometry) MaxRows(want, most, size int) int {
	rows := func(most int) int {
		return (most/size - (g.Reach().H-g.Stride.H)*g.PadW()) / (g.Stride.H*g.PadW() + g.OutW)
	}
	low := min(max(1, g.Reach().H/4/g.Stride.H), rows(max(most, maxTallBytes)))
	return min(want, max(rows(most), low, 1))
}
