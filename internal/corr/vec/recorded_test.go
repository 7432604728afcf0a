package vec

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var record = flag.Bool("record", false, "record the digests of testdata/bits.txt again, with the first implementation of this processor")

// All implementations in assembly, those of other processors too, give the bits that
// AVX2 on amd64 gave when testdata/bits.txt was recorded.
func TestRecordedBits(t *testing.T) {
	const file = "testdata/bits.txt"
	if *record {
		if err := os.WriteFile(file, []byte(digests()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Implementations() {
		if name == "go" { // rounds twice
			continue
		}
		t.Run(name, func(t *testing.T) {
			defer Use(name)()
			got := strings.Split(digests(), "\n")
			for i, line := range strings.Split(string(want), "\n") {
				if got[i] != line {
					t.Errorf("got  %s\nwant %s", got[i], line)
				}
			}
		})
	}
}

// digests has a line for each of many correlations: its sizes and a digest of all bits of
// its results.
func digests() string {
	var s strings.Builder
	r := rand.New(rand.NewPCG(11, 12))
	for _, k := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 3}, {4, 3}, {5, 5}, {7, 7}, {9, 4}, {1, 15}, {15, 1}, {15, 15}, {31, 31}} {
		for _, cols := range []int{1, 3, 4, 7, 8, 23, 24, 31, 47, 64, 100} {
			digest[float32](&s, r, k[0], k[1], cols)
			digest[float64](&s, r, k[0], k[1], cols)
		}
	}
	for channels := 2; channels <= MostChannels; channels++ {
		for _, cols := range []int{1, 5, 24, 35, 60} {
			digestMixed[float32](&s, r, channels, cols)
			digestMixed[float64](&s, r, channels, cols)
		}
	}
	return s.String()
}

func digest[T Float](s *strings.Builder, r *rand.Rand, kh, kw, cols int) {
	dx, rows, mode := 1+r.IntN(2), 1+r.IntN(8), Mode(r.IntN(2))
	xs, ys := cols+(kw-1)*dx+r.IntN(3), cols+r.IntN(3)
	x, y := fill(r, make([]T, (rows+kh-1)*xs)), fill(r, make([]T, rows*ys))
	taps := fill(r, make([]T, kh*kw))
	Correlate(y, ys, x, xs, NewTaps(taps, kh, kw), dx, rows, cols, 0.1, mode)
	fmt.Fprintf(s, "%T %dx%d kernel, dilation %d, %dx%d outputs, mode %d: %s\n", y[0], kh, kw, dx, rows, cols, mode, hash(y))
}

func digestMixed[T Float](s *strings.Builder, r *rand.Rand, channels, cols int) {
	const planes, rows = 2, 3
	kh, kw, mode := 1+r.IntN(4), 1+r.IntN(4), Mode(r.IntN(2))
	xs := cols + kw - 1
	all, result := fill(r, make([]T, planes*(rows+kh-1)*xs)), fill(r, make([]T, channels*rows*cols))
	x, y, taps := make([][]T, planes), make([][]T, channels), make([][]*Taps[T], planes)
	for i := range x {
		x[i] = all[i*(rows+kh-1)*xs:][:(rows+kh-1)*xs]
		for range channels {
			taps[i] = append(taps[i], NewTaps(fill(r, make([]T, kh*kw)), kh, kw))
		}
	}
	for o := range y {
		y[o] = result[o*rows*cols:][:rows*cols]
	}
	CorrelateMixed(y, cols, x, xs, NewMixed(taps), 1, rows, cols, fill(r, make([]T, channels)), mode)
	fmt.Fprintf(s, "%T %d channels of %d planes, %dx%d kernel, %dx%d outputs, mode %d: %s\n", result[0], channels, planes, kh, kw, rows, cols, mode, hash(result))
}

// hash is a digest of all bits.
func hash[T Float](s []T) string {
	h := fnv.New64a()
	for _, v := range s {
		_ = binary.Write(h, binary.LittleEndian, math.Float64bits(float64(v)))
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
