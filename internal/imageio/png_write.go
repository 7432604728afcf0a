package imageio

import (
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zlib"
)

// writePNG writes the picture as it stands: grey, grey with alpha, RGB or
// RGBA, of 8 or 16 bits.
func writePNG(w io.Writer, b *pixelBuffer) error {
	c := chunkWriter{w: w}
	c.raw([]byte("\x89PNG\r\n\x1a\n"))
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, uint32(b.w))
	binary.BigEndian.PutUint32(head[4:], uint32(b.h))
	head[8] = byte(b.depth)
	head[9] = [...]byte{0, 0, 4, 2, 6}[b.channels]
	c.chunk("IHDR", head)
	z, err := zlib.NewWriterLevel(&idat{c: &c}, 6)
	if err != nil {
		return err
	}
	pixel, row := b.pixel(), b.w*b.pixel()
	line := make([]byte, 1+row)
	above := make([]byte, row)
	for y := range b.h {
		this := b.row(y)
		line[0] = filterUp
		for i, v := range this {
			line[1+i] = v - above[i]
		}
		if y == 0 {
			line[0] = filterSub
			copy(line[1:], this)
			for i := pixel; i < row; i++ {
				line[1+i] = this[i] - this[i-pixel]
			}
		}
		above = this
		if _, err := z.Write(line); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	c.chunk("IEND", nil)
	return c.err
}

const (
	filterSub = 1
	filterUp  = 2
)

type chunkWriter struct {
	w   io.Writer
	err error
}

func (c *chunkWriter) raw(b []byte) {
	if c.err == nil {
		_, c.err = c.w.Write(b)
	}
}

func (c *chunkWriter) chunk(kind string, data []byte) {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	head = append(head, kind...)
	sum := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, data)
	c.raw(head)
	c.raw(data)
	c.raw(binary.BigEndian.AppendUint32(nil, sum))
}

// idat makes a chunk of each piece that the compressor gives.
type idat struct{ c *chunkWriter }

func (w *idat) Write(b []byte) (int, error) {
	w.c.chunk("IDAT", b)
	return len(b), w.c.err
}
