package imageio

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"github.com/convkit/convkit/internal/tensor"
)

// tiffStrip is about how many bytes a strip has before it is packed: enough
// for the compressor, small enough for readers that want a part.
const tiffStrip = 256 << 10

// tiffPacker writes 8 or 16 bits, a segment a strip, deflated after horizontal
// differences, with the high byte first as it stands in memory. The strips wait
// for the directory, which tells their sizes and comes first.
type tiffPacker struct {
	c      *canvas
	rows   int
	strips [][]byte
}

func (p *tiffPacker) head(io.Writer) error { return nil }

func (p *tiffPacker) pack(_, n int, rows []byte) (*packedRows, error) {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	line := make([]byte, p.c.rowBytes())
	step := p.c.pixel()
	for r := range n {
		row := rows[r*len(line) : (r+1)*len(line)]
		copy(line, row)
		if p.c.depth == 8 {
			for i := step; i < len(row); i++ {
				line[i] = row[i] - row[i-step]
			}
		} else {
			for i := step; i < len(row); i += 2 {
				binary.BigEndian.PutUint16(line[i:], binary.BigEndian.Uint16(row[i:])-binary.BigEndian.Uint16(row[i-step:]))
			}
		}
		if _, err := z.Write(line); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return &packedRows{data: out.Bytes()}, err
}

func (p *tiffPacker) add(_ io.Writer, s *packedRows) error {
	p.strips = append(p.strips, s.data)
	return nil
}

func (p *tiffPacker) tail(w io.Writer) error {
	c := p.c
	d := tiffDirectory{w: c.w, h: c.h, samples: c.channels, bits: c.depth, format: formatUint, compression: 8, predictor: 2, rows: p.rows}
	d.photometric = blackIsZero
	if c.colours == 3 {
		d.photometric = photometricRGB
	}
	if c.channels > c.colours {
		d.extra = []uint32{alphaUnassociated}
	}
	return d.write(w, p.strips)
}

// writeFloatTIFF writes float32 samples as they are, in one strip.
func writeFloatTIFF(w io.Writer, s tensor.Shape, mem []byte) error {
	d := tiffDirectory{w: s.W, h: s.H, samples: s.C, bits: 32, format: formatFloat, compression: 1, predictor: 1, rows: s.H, photometric: blackIsZero}
	base := 1
	if s.C == 3 {
		d.photometric, base = photometricRGB, 3
	}
	d.extra = make([]uint32, s.C-base) // of no stated meaning
	return d.write(w, [][]byte{mem})
}

// tiffDirectory is what a file says of its one picture.
type tiffDirectory struct {
	w, h, samples, bits, format  int
	photometric                  int
	compression, predictor, rows int
	extra                        []uint32
}

// write writes the header, the directory and then the strips.
func (d *tiffDirectory) write(w io.Writer, strips [][]byte) error {
	all := func(v int) []uint32 {
		list := make([]uint32, d.samples)
		for i := range list {
			list[i] = uint32(v)
		}
		return list
	}
	offsets, counts := make([]uint32, len(strips)), make([]uint32, len(strips))
	const short, long = 3, 4
	tags := []struct {
		tag, kind uint16
		values    []uint32
	}{
		{tagWidth, long, []uint32{uint32(d.w)}},
		{tagHeight, long, []uint32{uint32(d.h)}},
		{tagBits, short, all(d.bits)},
		{tagCompression, short, []uint32{uint32(d.compression)}},
		{tagPhotometric, short, []uint32{uint32(d.photometric)}},
		{tagStripOffsets, long, offsets},
		{tagSamples, short, []uint32{uint32(d.samples)}},
		{tagRowsPerStrip, long, []uint32{uint32(d.rows)}},
		{tagStripBytes, long, counts},
		{tagPlanar, short, []uint32{1}},
		{tagPredictor, short, []uint32{uint32(d.predictor)}},
		{tagExtraSamples, short, d.extra},
		{tagSampleFormat, short, all(d.format)},
	}
	if len(d.extra) == 0 {
		tags = append(tags[:11], tags[12:]...)
	}
	const header = 8
	far := header + 2 + 12*len(tags) + 4 // where values that fit no tag go
	at := far
	for _, t := range tags {
		if n := len(t.values) * map[uint16]int{short: 2, long: 4}[t.kind]; n > 4 {
			at += n + n%4
		}
	}
	at = (at + 15) &^ 15
	body := at
	for i, s := range strips {
		offsets[i], counts[i] = uint32(at), uint32(len(s))
		at += len(s)
	}
	if at > math.MaxUint32 {
		return badOption("npy, pgm and fits hold it", "tif holds at most 4 GB")
	}
	be := binary.BigEndian
	head := be.AppendUint32([]byte("MM\x00*"), header)
	head = be.AppendUint16(head, uint16(len(tags)))
	var tail []byte
	for _, t := range tags {
		head = be.AppendUint16(be.AppendUint16(head, t.tag), t.kind)
		head = be.AppendUint32(head, uint32(len(t.values)))
		var v []byte
		for _, x := range t.values {
			if t.kind == short {
				v = be.AppendUint16(v, uint16(x))
			} else {
				v = be.AppendUint32(v, x)
			}
		}
		if len(v) <= 4 {
			head = append(head, append(v, 0, 0, 0, 0)[:4]...)
			continue
		}
		head = be.AppendUint32(head, uint32(far+len(tail)))
		tail = append(tail, v...)
		tail = append(tail, make([]byte, len(v)%4)...)
	}
	head = append(append(head, 0, 0, 0, 0), tail...)
	head = append(head, make([]byte, body-len(head))...)
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, s := range strips {
		if _, err := w.Write(s); err != nil {
			return err
		}
	}
	return nil
}
