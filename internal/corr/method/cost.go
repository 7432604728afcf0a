package method

import (
	"math"

	"github.com/convkit/convkit/internal/corr/fft"
	"github.com/convkit/convkit/internal/corr/geometry"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

// speed is what one core does with one kind of loops in one arithmetic. Only
// the ratios matter for a choice; the times are those of a Zen 5 core with 2
// full AVX-512 units at 4.3 GHz, and what they were measured with is named. Those of
// NEON are estimates for a Neoverse N1 at 3 GHz, from bench/mca; none was measured.
type speed struct {
	taps  float64         // multiplications with their additions in a nanosecond: BenchmarkDirect, from 15x15
	row   float64         // how much more a tap of the separable method's pass along rows takes: vec's BenchmarkCorrelate, 1x63
	move  float64         // nanoseconds to bring in an element and to store one: BenchmarkDirect, 1x1 and 3x3
	tiles map[int]float64 // nanoseconds for a pair of tiles, by their side: BenchmarkTiles
	far   float64         // how much more an element takes through tiles from and to memory beyond the cache: BenchmarkCorrelate, 4096x4096
}

var speeds32 = map[string]speed{
	"avx512": {137, 1.4, 0.15, map[int]float64{64: 5.8e3, 128: 27e3, 256: 111e3}, 0.25},
	"avx2":   {68, 2, 0.15, map[int]float64{64: 9.6e3, 128: 42e3, 256: 171e3}, 0.9},
	"neon":   {20, 1.2, 0.3, map[int]float64{64: 36e3, 128: 160e3, 256: 650e3}, 1},
	"go":     {6, 1, 0.5, map[int]float64{64: 0.13e6, 128: 0.93e6, 256: 2.7e6}, 0},
}

var speeds64 = map[string]speed{
	"avx512": {67, 1.4, 0.3, map[int]float64{64: 11.4e3, 128: 50e3, 256: 225e3}, 0.4},
	"avx2":   {34, 2, 0.3, map[int]float64{64: 18e3, 128: 84e3, 256: 390e3}, 1.6},
	"neon":   {10, 1.2, 0.6, map[int]float64{64: 72e3, 128: 320e3, 256: 1.35e6}, 2},
	"go":     {5.5, 1, 0.5, map[int]float64{64: 0.13e6, 128: 0.93e6, 256: 2.7e6}, 0},
}

// costs estimates the methods for one correlation, in nanoseconds of one core.
//
// The number of threads is no part of it: a plan decides the bits of a result, and
// the same input gives the same bits with any number of threads.
type costs struct {
	speed
	g       geometry.Geometry
	outputs float64 // of all planes
	planes  float64 // of the result
	element int     // bytes
	large   bool    // the result outgrows the cache
}

func newCosts[T tensor.Float](out tensor.Shape, g geometry.Geometry) costs {
	s := speeds64
	if tensor.ElementSize[T]() == 4 {
		s = speeds32
	}
	c := costs{speed: s[vec.Name()], g: g, element: tensor.ElementSize[T](), planes: float64(out.Planes())}
	c.outputs = c.planes * float64(g.OutH) * float64(g.OutW)
	c.large = out.Len()*tensor.ElementSize[T]() >= StreamBytes
	return c
}

// direct counts the taps, and each tap row's beginning and end, where fewer
// rows of a tile share an input vector. Memory is fetched meanwhile.
func (c costs) direct() float64 {
	taps := float64(c.g.KH*c.g.KW) + float64(1.5*float64(c.g.KW))
	return c.outputs * max(c.move, taps/c.taps)
}

// separable counts both passes. Rows that two bands share are filtered twice, and
// the pass along columns has a loop of one tap for each row, which costs a third
// (with one thread and AVX-512, a Gaussian of 15x15 takes 0.47 ns an element,
// 31x31 0.79 and 63x63 1.52; expected are 0.50, 0.82 and 1.46).
func (c costs) separable(rank int) float64 {
	pair := float64(1.3*c.move) + (float64(c.row*float64(c.g.KW))+float64(1.35*float64(c.g.KH)))/c.taps
	return c.outputs * float64(rank) * pair
}

// fourier counts whole tiles, however few of their results are wanted. It serves
// stride 1 alone. With two threads, an odd number of bands takes as long as one
// more, with one thread it does not; the estimate takes the mean of both. By this model
// the choice then costs at most 15 % with one thread and 3 % with two, over images of 128
// to 4096 and kernels of 5x5 to 91x91. Many threads on a small image lose more: up to
// a factor of 2 with eight, where all takes less than 0.1 ms. In an image that outgrows the cache a
// tile waits for memory, twice as long where it does not store whole lines: with
// 11x11 on 4096 x 4096 float32 and AVX-512, tiles of 64 take 22.9 ms on one core
// where the smaller image's time promises 16.8.
func (c costs) fourier(n int) float64 {
	reach := c.g.Reach()
	if reach.H > n || reach.W > n || c.g.Stride != (geometry.Size{H: 1, W: 1}) {
		return math.Inf(1)
	}
	cost := float64(TilePairs(c.g, c.planes, n) * c.tiles[n])
	if !c.large {
		return cost
	}
	if fft.Step(n, reach.W)%fft.Line != 0 {
		cost += float64(c.outputs * c.far)
	}
	return cost + float64(c.outputs*c.far)
}

// TilePairs estimates how many pairs of tiles of side n a correlation of so many
// planes takes: the unit in which the fourier method's time is counted.
func TilePairs(g geometry.Geometry, planes float64, n int) float64 {
	reach := g.Reach()
	bands := float64(math.Ceil(float64(g.OutH)/float64(fft.Valid(n, reach.H))) * planes)
	pairs := math.Ceil(math.Ceil(float64(g.OutW)/float64(fft.Step(n, reach.W))) / 2)
	return (bands + float64(0.5*math.Mod(bands, 2))) * pairs
}

// split counts the tiles of all parts, and their results.
func (c costs) split() float64 {
	size, parts := partSize(c.g, splitReach)
	if parts > splitMost {
		return math.Inf(1)
	}
	of := c
	of.g.KH, of.g.KW = size.H, size.W
	return float64(parts) * (of.fourier(splitSide) + float64(c.outputs*c.move))
}

// bestTile is the side of tiles with the least cost, 0 for a kernel in parts. A
// row of tiles of a wide image is low where smaller tiles serve as well: a file that
// is filtered row by row is to take little memory.
func (c costs) bestTile() (n int, cost float64) {
	cost = math.Inf(1)
	for _, side := range fft.Sizes() {
		if n > 0 && c.g.BandBytes(fft.Valid(side, c.g.Reach().H), c.element) > geometry.MaxTileBytes {
			return n, cost
		}
		if f := c.fourier(side); f < cost {
			n, cost = side, f
		}
	}
	if s := c.split(); s < cost {
		return 0, s
	}
	return n, cost
}
