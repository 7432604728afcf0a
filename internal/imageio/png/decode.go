package png

import (
	"errors"

	"github.com/convkit/convkit/internal/imageio/deflate"
	"github.com/convkit/convkit/internal/imageio/raster"
	"github.com/convkit/convkit/internal/imageio/source"
)

// smallPNG is unpacked before the image is handed out: it takes a few
// milliseconds, and errors come at once.
const smallPNG = 1 << 20

// decode unpacks into memory that holds each row behind its filter's number.
// Rows are restored in place, as soon as no match can reach back to them.
func (p *pngFile) decode(in *source.Input) (*raster.Picture, error) {
	stride := p.rowBytes() + 1
	size := p.h * stride
	raw := make([]byte, size+deflate.OutPad)
	r := &pngRows{p: p, raw: raw, stride: stride, done: raster.NewProgress()}
	mem := raw[1:]
	if p.bits < 8 {
		r.spread = make([]byte, p.h*p.w)
		mem = r.spread
	}
	m := p.image(mem)
	if p.bits >= 8 {
		m.StrideY, m.StrideN = stride, stride*p.h
	}
	if size <= smallPNG {
		if err := r.run(size); err != nil {
			return nil, err
		}
		return m, nil
	}
	m.Pending = r.done
	go func() {
		err := r.run(size)
		if err != nil {
			err = in.Explain(err)
		}
		r.done.End(err)
	}()
	return m, nil
}

// pngRows restores rows while more are unpacked.
type pngRows struct {
	p      *pngFile
	raw    []byte
	stride int
	spread []byte // for less than 8 bits, a byte a sample
	done   *raster.Progress

	next int // the row to restore next
}

func (r *pngRows) run(size int) (err error) {
	there := make(chan int, size/deflate.Window+8)
	restored := make(chan error, 1)
	go func() { restored <- r.restore(there) }()
	func() {
		defer close(there)
		err = deflate.Inflate(r.raw, size, r.p.data, func(n int) {
			if n < size {
				there <- n - deflate.Window
			}
		})
	}()
	r.p.data = nil
	if e := <-restored; err == nil && e == nil {
		err = r.upTo(size)
	} else if err == nil {
		err = e
	}
	return err
}

// restore follows the unpacking.
func (r *pngRows) restore(there <-chan int) error {
	var err error
	for n := range there {
		if err == nil {
			err = r.upTo(n)
		}
	}
	return err
}

var errFilter = errors.New("damaged: a row has an unknown filter")

// upTo restores the rows that end before byte n.
func (r *pngRows) upTo(n int) error {
	pixel := max(1, r.p.bits*pngSamples[r.p.colour]/8)
	before := r.next
	for ; (r.next+1)*r.stride <= n; r.next++ {
		row := r.raw[r.next*r.stride : (r.next+1)*r.stride]
		var above []byte
		if r.next > 0 {
			above = r.raw[(r.next-1)*r.stride+1 : r.next*r.stride]
		}
		if !unfilter(int(row[0]), row[1:], above, pixel) {
			return errFilter
		}
		if r.spread != nil {
			raster.SpreadBits(r.spread[r.next*r.p.w:(r.next+1)*r.p.w], row[1:], r.p.bits, r.p.colour == 0)
		}
	}
	if r.next > before {
		r.done.Reach(r.next)
	}
	return nil
}
