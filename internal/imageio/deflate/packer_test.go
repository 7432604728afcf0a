package deflate

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"testing"

	kflate "github.com/klauspost/compress/flate"
	"pgregory.net/rapid"
)

// unpacksTo says what of packed is wrong to this package's decoder and to two
// others. An empty last block ends the stream.
func unpacksTo(t failer, packed, data []byte) {
	stream := append(bytes.Clone(packed), 3, 0)
	for name, r := range map[string]io.Reader{
		"Go": flate.NewReader(bytes.NewReader(stream)), "klauspost": kflate.NewReader(bytes.NewReader(stream)),
	} {
		if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%s: %v, %d bytes of %d", name, err, len(back), len(data))
		}
	}
	stream = binary.BigEndian.AppendUint32(append([]byte{0x78, 0x5e}, stream...), adler32.Checksum(data))
	if back, err := inflated(stream, len(data)); err != nil || !bytes.Equal(back, data) {
		t.Fatalf("own: %v", err)
	}
}

// TestDeflate packs data with few, many and no repetitions, near and far, over
// several blocks, with one Packer.
func TestDeflate(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	d := Packer{Chain: 20}
	for i := range 40 {
		data := make([]byte, rng.IntN(1<<(4+i/3)))
		spread, run := 1+rng.IntN(256), 1+rng.IntN(1<<rng.IntN(16))
		for i := range data {
			data[i] = byte(rng.IntN(spread) * rng.IntN(spread) / spread)
			if i >= run && rng.IntN(30) > 0 {
				data[i] = data[i-run]
			}
		}
		unpacksTo(t, d.Pack(data), data)
	}
}

func TestDeflateShort(t *testing.T) {
	d := Packer{Chain: 3}
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.ByteRange(0, rapid.Byte().Draw(t, "most")), 0, 600).Draw(t, "data")
		data = bytes.Repeat(data, rapid.IntRange(0, 5).Draw(t, "times"))
		unpacksTo(t, d.Pack(data), data)
	})
}

// TestHuffman: codes are complete and not too long, however unequal the
// frequencies, and as good as they can be where no bound is met.
func TestHuffman(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(5, maxBits).Draw(t, "most")
		freq := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) uint32 {
			return 1 << rapid.IntRange(0, 30).Draw(t, "power") >> 1
		}), 2, 1<<5).Draw(t, "freq")
		lengths := make([]uint8, len(freq))
		huffman(freq, most, lengths)
		sum := 0
		for s, n := range lengths {
			if int(n) > most || freq[s] > 0 && n == 0 {
				t.Fatalf("%v: lengths %v", freq, lengths)
			}
			if n > 0 {
				sum += 1 << (most - int(n))
			}
		}
		if sum != 1<<most {
			t.Fatalf("%v: lengths %v are not complete", freq, lengths)
		}
		for a := range freq {
			for b := range freq {
				if freq[a] > freq[b] && lengths[a] > lengths[b] && lengths[b] > 0 {
					t.Fatalf("%v: lengths %v", freq, lengths)
				}
			}
		}
	})
	lengths := make([]uint8, 5)
	huffman([]uint32{45, 13, 12, 16, 14}, 15, lengths)
	if want := []uint8{1, 3, 3, 3, 3}; !bytes.Equal(lengths, want) {
		t.Errorf("lengths %v, want %v", lengths, want)
	}
}

func FuzzDeflate(f *testing.F) {
	f.Add([]byte("abcdabcdabcd"))
	f.Add(bytes.Repeat([]byte{0}, 1000))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Packer{Chain: 8}
		unpacksTo(t, d.Pack(data), data)
	})
}
