package corr

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

	"github.com/convkit/convkit/internal/corr/corrtest"
	"github.com/convkit/convkit/internal/corr/vec"
	"github.com/convkit/convkit/internal/tensor"
)

var record = flag.Bool("record", false, "record the digests of testdata/bits.txt again")

// The direct method, and the separable one of kernels with whole factors, give the bits
// that AVX2 on amd64 gave when testdata/bits.txt was recorded, with the assembly of every
// processor. Other factors come from a decomposition that may fuse products on arm64.
func TestRecordedBits(t *testing.T) {
	const file = "testdata/bits.txt"
	if *record {
		if err := os.WriteFile(file, []byte(digests(t)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	corrtest.EachImplementation(t, func(t *testing.T) {
		if vec.Name() == "go" { // rounds twice
			return
		}
		got := strings.Split(digests(t), "\n")
		for i, line := range strings.Split(string(want), "\n") {
			if got[i] != line {
				t.Errorf("got  %s\nwant %s", got[i], line)
			}
		}
	})
}

// digests has a line for each of many correlations: what it is, and a digest of all bits
// of its result.
func digests(t *testing.T) string {
	var s strings.Builder
	line := func(y *tensor.Dense[float64], err error, format string, a ...any) {
		if err != nil {
			t.Fatal(err)
		}
		h := fnv.New64a()
		for _, v := range y.Data {
			_ = binary.Write(h, binary.LittleEndian, math.Float64bits(v))
		}
		fmt.Fprintf(&s, "%s: %016x\n", fmt.Sprintf(format, a...), h.Sum64())
	}
	r := rand.New(rand.NewPCG(21, 22))
	for i, h := range []int{3, 5, 7, 9, 11, 15, 31} {
		x := larger(60+i, 90+7*i, uint64(i))
		kernel := make([]float64, h*h)
		for j := range kernel {
			kernel[j] = r.Float64() - 0.5
		}
		o := Options{Border: Border{Mode: BorderMode(i % 3)}, Padding: Padding{Mode: Same}}
		for _, c := range []struct {
			method Method
			kernel tensor.Kernel
		}{{Direct, tensor.Matrix(h, h, kernel...)}, {Separable, tensor.Matrix(h, h, binomial(h)...)}} {
			y, err := run[float32](t, x, c.kernel, o, Config{Method: c.method})
			line(y, err, "float32 %v %dx%d", c.method, h, h)
			y, err = run[float64](t, x, c.kernel, o, Config{Method: c.method})
			line(y, err, "float64 %v %dx%d", c.method, h, h)
		}
	}
	return s.String()
}

// binomial is the outer product of the binomial coefficients with themselves, up to
// 2^24, so that its factors are exact.
func binomial(n int) []float64 {
	row := []float64{1}
	for len(row) < n {
		next := make([]float64, len(row)+1)
		for i, v := range row {
			next[i] += v
			next[i+1] += v
		}
		row = next
	}
	k := make([]float64, n*n)
	for i := range k {
		k[i] = math.Min(row[i/n], 1<<12) * math.Min(row[i%n], 1<<12)
	}
	return k
}
