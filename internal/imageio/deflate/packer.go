package deflate

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	hashBits  = 15
	minMatch  = 4
	maxMatch  = 258
	maxTokens = 1 << 15 // of a block

	costUnit = 16       // costs are in sixteenths of a bit
	margin   = costUnit // a match must save more, for prices are estimates
)

// Packer packs segments; it may be used again, by one goroutine. It weighs
// every match against the literals it stands for: of filtered pictures, whose
// literals take few bits, a match that is short or far costs more than it saves,
// and compressors that take the longest match make such files larger than
// Huffman codes alone would.
type Packer struct {
	Chain  int // earlier places to look at for a match
	in     []byte
	head   [1 << hashBits]int32 // the last place of each hash, plus one
	prev   []int32              // the place before of the same hash, plus one
	cost   []uint32             // of all literals before a place
	priced int                  // places whose cost is known

	literal  [256]uint32
	length   [maxMatch + 1]uint32
	distance [30]uint32
	cheapest uint32 // of all matches
	worth    int    // the place from which on a match from the last place saves anything

	tokens    []uint32 // literals, or matches: matchToken, length-3, distance-1
	lits      [286]uint32
	dists     [30]uint32
	lengths   [286 + 30]uint8
	codes     [286]uint16
	distCodes [30]uint16
	out       bitWriter
}

const matchToken = 1 << 31

var lengthSymbol = func() (t [maxMatch + 1]uint8) {
	for s, base := range lengthBase {
		for l := int(base); l < int(base)+1<<lengthExtra[s] && l <= maxMatch; l++ {
			t[l] = uint8(s)
		}
	}
	return t
}()

// distSymbol is the symbol of a distance: two for each power of two.
func distSymbol(d int) int {
	if d <= 4 {
		return d - 1
	}
	top := bits.Len(uint(d-1)) - 1
	return 2*top + (d-1)>>(top-1)&1
}

// Pack gives a deflate stream of in that ends at a byte and is not marked as
// the last. The result is valid until the next call.
func (d *Packer) Pack(in []byte) []byte {
	d.begin(in)
	d.out = bitWriter{b: d.out.b[:0]}
	d.tokenize(0, maxTokens) // once for the prices alone
	d.makeCodes()
	d.restart()
	for at := 0; at < len(in); {
		at, _ = d.tokenize(at, maxTokens)
		d.makeCodes()
		d.block()
	}
	d.out.put(0, 3) // an empty stored block
	d.out.align()
	d.out.b = append(d.out.b, 0, 0, 0xff, 0xff)
	return d.out.b
}

// Gain is the share of the bits of literals that matches would save, from 0 to 1.
func (d *Packer) Gain(in []byte) float64 {
	d.begin(in)
	_, saved := d.tokenize(0, math.MaxInt)
	d.price(len(in))
	return float64(saved) / float64(d.cost[len(in)]+1)
}

// restart forgets all places, but not the prices.
func (d *Packer) restart() {
	clear(d.head[:])
	d.priced, d.worth = 0, 0
}

func (d *Packer) begin(in []byte) {
	d.in = in
	d.restart()
	if cap(d.cost) <= len(in) {
		d.prev = make([]int32, len(in))
		d.cost = make([]uint32, len(in)+1)
	}
	d.prev, d.cost = d.prev[:len(in)], d.cost[:len(in)+1]
	var count [256]int
	for _, v := range in {
		count[v]++
	}
	for v, n := range count {
		d.literal[v] = uint32(min(14, max(1, math.Log2(float64(len(in))/(float64(n)+0.1)))) * costUnit)
	}
	for l := range d.length {
		d.length[l] = 6 * costUnit
	}
	for s := range d.distance {
		d.distance[s] = (4 + uint32(distExtra[s])) * costUnit
	}
	d.cheapest = 10 * costUnit
}

// price makes the costs up to place n known.
func (d *Packer) price(n int) {
	n = min(n, len(d.in))
	sum := d.cost[d.priced]
	for i := d.priced; i < n; i++ {
		sum += d.literal[d.in[i]]
		d.cost[i+1] = sum
	}
	d.priced = n
}

// tokenize makes tokens from place at on until there are n of them, and returns
// where they end and what the matches save.
func (d *Packer) tokenize(at, n int) (end int, saved uint32) {
	d.tokens = d.tokens[:0]
	clear(d.lits[:])
	clear(d.dists[:])
	for at < len(d.in) && len(d.tokens) < n {
		length, dist, gain := d.find(at)
		// A better one may begin at the next place; in a hurry nobody looks.
		for gain > 0 && length < maxMatch && d.Chain > 1 {
			l, far, g := d.find(at + 1)
			if g <= gain {
				d.take(length, dist)
				d.insert(at+2, at+length)
				at += length
				saved += uint32(gain)
				gain = -1
				break
			}
			d.skip(at)
			at, length, dist, gain = at+1, l, far, g
		}
		switch {
		case gain > 0:
			d.take(length, dist)
			d.insert(at+1, at+length)
			at += length
			saved += uint32(gain)
		case gain == 0:
			d.skip(at)
			at++
		}
	}
	return at, saved
}

// skip makes the byte at a place a literal.
func (d *Packer) skip(at int) {
	d.tokens = append(d.tokens, uint32(d.in[at]))
	d.lits[d.in[at]]++
}

func (d *Packer) take(length, dist int) {
	d.tokens = append(d.tokens, matchToken|uint32(length-3)<<16|uint32(dist-1))
	d.lits[257+int(lengthSymbol[length])]++
	d.dists[distSymbol(dist)]++
}

func (d *Packer) hash(at int) uint32 {
	return binary.LittleEndian.Uint32(d.in[at:]) * 2654435761 >> (32 - hashBits)
}

// insert makes the places from at to end-1 known to find, of a long match the
// last ones.
func (d *Packer) insert(at, end int) {
	at = max(at, end-32)
	for end = min(end, len(d.in)-minMatch+1); at < end; at++ {
		h := d.hash(at)
		d.prev[at] = d.head[h]
		d.head[h] = int32(at + 1)
	}
}

// find gives the match at a place that saves the most, with a gain of 0 where
// none does, and makes the place known.
func (d *Packer) find(at int) (length, dist, gain int) {
	in := d.in
	if at+minMatch > len(in) {
		return 0, 0, 0
	}
	if at+maxMatch > d.priced {
		d.price(at + 8192)
	}
	h := d.hash(at)
	from := int(d.head[h]) - 1
	d.prev[at] = d.head[h]
	d.head[h] = int32(at + 1)
	first := binary.LittleEndian.Uint32(in[at:])
	most := min(maxMatch, len(in)-at)
	limit := max(0, at-Window)
	cost := d.cost[at:]
	// What is shorter than to here cannot save anything.
	d.worth = max(d.worth, at+minMatch-1)
	for d.worth < at+most-1 && d.cost[d.worth]-cost[0] < d.cheapest {
		d.worth++
	}
	best := min(d.worth-at, most-1)
	for tries := d.Chain; tries > 0 && from >= limit; tries-- {
		if in[from+best] == in[at+best] && binary.LittleEndian.Uint32(in[from:]) == first {
			l := matchLength(in[from:], in[at:at+most])
			price := d.length[l] + d.distance[distSymbol(at-from)]
			if g := int(cost[l]-cost[0]) - int(price) - margin; g > gain {
				length, dist, gain = l, at-from, g
				if best = l; l == most {
					break
				}
				tries++ // where one is, others are
			}
		}
		from = int(d.prev[from]) - 1
	}
	return length, dist, gain
}

// matchLength is how far a and b agree, b being the shorter.
func matchLength(a, b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)>>3
		}
	}
	for i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}
