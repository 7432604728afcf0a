package schedule

import "github.com/convkit/convkit/internal/tensor"

// MaxBytes is about what all bands under way may take together. As many
// goroutines work at a time as it has room for.
//
// An image that streams from file to file may be larger than memory. Then only the
// bands under way are in memory: of each, the padded input rows, the results, and
// what the sink makes of them. So a file takes about as much memory whatever its width
// and the number of threads: up to 130 MB with the rest of the process, as
// long as a kernel has few rows beside it. Files of up to some 16000 columns never
// reach the bound.
const MaxBytes = 80 << 20

// MaxWorkers returns how many of so many threads have room for their bands: each
// takes bandBytes, and its results, given to the sink at a time, resultBytes. A sink
// with an order keeps results formatted until it is their turn, and text takes twice
// as much. The answer is at least 1.
func MaxWorkers(threads, bandBytes, resultBytes int, order tensor.Order) int {
	if order != tensor.AnyOrder {
		resultBytes *= 2
	}
	return min(threads, max(1, MaxBytes/max(1, bandBytes+resultBytes)))
}
