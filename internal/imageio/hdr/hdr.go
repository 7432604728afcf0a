// Package hdr reads Radiance pictures: colours of float32 that share an exponent.
package hdr

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/imageio/codec"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// A colour is mantissa * 2^(exponent-136), as OpenCV and stb_image have it.
// Radiance's own programs add half a step to the mantissa, which makes no
// number of a written 0.5. EXPOSURE changes nothing.

const formatRGBE = "32-bit_rle_rgbe"

func read(in *source.Input) (*raster.Picture, error) {
	h, w, flip, err := readHeader(in.Reader)
	if err != nil {
		return nil, err
	}
	if err := raster.CheckSize(in.Options.PixelLimit(), int64(h), int64(w)); err != nil {
		return nil, err
	}
	const pixel = 3 * 4
	d := &decoder{r: in.Reader, w: w, left: h}
	mem, err := in.Gather(d, h*w*pixel)
	if err != nil {
		return nil, err
	}
	m := raster.NewNumbers(mem, 1, 3, h, w, raster.F32LE, 3)
	m.StrideC, m.StrideX, m.StrideY = 4, pixel, pixel*w
	if flip.y {
		m.Offset, m.StrideY = (h-1)*w*pixel, -m.StrideY
	}
	if flip.x {
		m.Offset, m.StrideX = m.Offset+(w-1)*pixel, -m.StrideX
	}
	return m, nil
}

// flips says from which side rows and columns are stored.
type flips struct{ y, x bool }

// readHeader reads lines up to an empty one, and the sizes.
func readHeader(r *bufio.Reader) (h, w int, flip flips, err error) {
	const most = 1000
	for range most {
		b, err := r.ReadSlice('\n')
		if err != nil {
			return 0, 0, flip, source.CutOff(err)
		}
		line := strings.TrimSpace(string(b))
		if format, ok := strings.CutPrefix(line, "FORMAT="); ok && format != formatRGBE {
			return 0, 0, flip, raster.BadData("colours of the format %.40q; only %s is read", format, formatRGBE)
		}
		if line == "" {
			return readSizes(r)
		}
	}
	return 0, 0, flip, raster.BadData("a Radiance header of more than %d lines", most)
}

// readSizes reads a line like "-Y 480 +X 640".
func readSizes(r *bufio.Reader) (h, w int, flip flips, err error) {
	b, err := r.ReadSlice('\n')
	if err != nil {
		return 0, 0, flip, source.CutOff(err)
	}
	words := strings.Fields(string(b))
	if len(words) != 4 || !strings.HasSuffix(words[0], "Y") || !strings.HasSuffix(words[2], "X") {
		return 0, 0, flip, raster.BadData("the sizes are %.40q; pictures that are stored like -Y 480 +X 640 are read", strings.TrimSpace(string(b)))
	}
	h, errH := strconv.Atoi(words[1])
	w, errW := strconv.Atoi(words[3])
	if errH != nil || errW != nil || h < 0 || w < 0 || h > math.MaxInt32 || w > math.MaxInt32 {
		return 0, 0, flip, raster.BadData("the sizes %.40q are no whole numbers", strings.TrimSpace(string(b)))
	}
	return h, w, flips{y: words[0] == "+Y", x: words[2] == "-X"}, nil
}

// decoder gives rows of R, G and B as float32 with the low byte first.
type decoder struct {
	r    *bufio.Reader
	w    int
	left int    // rows
	rgbe []byte // of a row: four bytes a pixel
	row  []byte // and its floats
	rest []byte // of row, not given yet
}

// Read gives bytes of the rows.
func (d *decoder) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(d.rest) == 0 {
			if d.left == 0 {
				return n, io.EOF
			}
			if err := d.next(); err != nil {
				return n, source.CutOff(err)
			}
		}
		k := copy(b[n:], d.rest)
		n, d.rest = n+k, d.rest[k:]
	}
	return n, nil
}

func (d *decoder) next() error {
	if err := d.scan(); err != nil {
		return err
	}
	if d.row == nil {
		d.row = make([]byte, 12*d.w)
	}
	for i := range d.w {
		p := d.rgbe[4*i : 4*i+4]
		scale := float32(math.Ldexp(1, int(p[3])-136))
		if p[3] == 0 {
			scale = 0
		}
		for c := range 3 {
			binary.LittleEndian.PutUint32(d.row[12*i+4*c:], math.Float32bits(float32(p[c])*scale))
		}
	}
	d.left--
	d.rest = d.row
	return nil
}

var errRow = raster.BadData("damaged: a row of the picture has another length")

// scan reads a row: packed component by component, or pixel by pixel.
func (d *decoder) scan() error {
	head, err := d.r.Peek(4)
	if err != nil {
		return err
	}
	if d.w < 8 || d.w > 32767 || head[0] != 2 || head[1] != 2 || head[2] >= 128 {
		return d.pixels()
	}
	if int(head[2])<<8|int(head[3]) != d.w {
		return errRow
	}
	d.grow(d.w)
	d.r.Discard(4)
	for c := range 4 {
		for x := 0; x < d.w; {
			n, err := d.r.ReadByte()
			if err != nil {
				return err
			}
			run := n > 128
			if run {
				n -= 128
			}
			if n == 0 || x+int(n) > d.w {
				return errRow
			}
			var v byte
			for i := range int(n) {
				if i == 0 || !run {
					if v, err = d.r.ReadByte(); err != nil {
						return err
					}
				}
				d.rgbe[4*x+c] = v
				x++
			}
		}
	}
	return nil
}

// pixels reads a row of four bytes a pixel. One of 1, 1, 1, n repeats the pixel
// before it n times; several of them in a row are digits of n to the base 256.
func (d *decoder) pixels() error {
	shift := 0
	for x := 0; x < d.w; {
		var p [4]byte
		if _, err := io.ReadFull(d.r, p[:]); err != nil {
			return err
		}
		if p[0] != 1 || p[1] != 1 || p[2] != 1 {
			d.grow(x + 1)
			copy(d.rgbe[4*x:], p[:])
			x, shift = x+1, 0
			continue
		}
		n := int(p[3]) << shift
		if shift += 8; x == 0 || shift > 24 || x+n > d.w {
			return errRow
		}
		d.grow(x + n)
		for range n {
			copy(d.rgbe[4*x:], d.rgbe[4*x-4:4*x])
			x++
		}
	}
	return nil
}

// grow makes room for n pixels, not before they arrive.
func (d *decoder) grow(n int) {
	if have := len(d.rgbe) / 4; have < n {
		d.rgbe = append(d.rgbe, make([]byte, 4*(min(max(n, 2*have), d.w)-have))...)
	}
}

// Format is the entry of this format in the table of formats.
var Format = codec.Format{
	Name: "hdr", Extensions: []string{".hdr"},
	Holds: codec.Holds{
		Reads:  "8 bits and an exponent",
		Kind:   raster.Numbers,
		Colour: true,
		Binary: true,
	},
	Sniff: codec.Magic("#?RADIANCE", "#?RGBE"),
	Read:  read,
}
