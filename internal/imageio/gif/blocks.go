package gif

import "image"

// A GIF is a screen and blocks: of an introducer, what belongs to it, and data
// in parts of up to 255 bytes.

// frame is where a frame lies in the file and on the screen, and what becomes of it
// before the next one.
type frame struct {
	from, to   int // its bytes, with the extensions before it
	x, y, w, h int
	disposal   byte
	colours    []byte // R, G and B each, its own or those of the screen
}

func (f frame) pixels() int { return f.w * f.h }

// fills reports whether the frame covers the whole screen.
func (f frame) fills(c image.Config) bool {
	return f.x == 0 && f.y == 0 && f.w == c.Width && f.h == c.Height
}

// colourTable returns the size of the table of colours that flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// screenLen returns the size of what comes before the first block.
func screenLen(b []byte) int {
	if len(b) < 13 {
		return len(b)
	}
	return min(13+colourTable(b[10]), len(b))
}

// frames finds the frames. It stops where the file does.
func frames(b []byte) (list []frame) {
	f := frame{from: -1}
	for at := screenLen(b); at < len(b); {
		begin, picture := at, false
		switch {
		case b[at] == 0x21: // an extension and its label
			if f.from < 0 {
				f.from = begin
			}
			if at+3 < len(b) && b[at+1] == 0xf9 {
				f.disposal = b[at+3] >> 2 & 7
			}
			at += 2
		case b[at] == 0x2c && at+10 < len(b): // a picture, its colours, and the size of codes
			word := func(i int) int { return int(b[at+i]) | int(b[at+i+1])<<8 }
			f.x, f.y, f.w, f.h = word(1), word(3), word(5), word(7)
			f.colours = b[min(13, len(b)):screenLen(b)]
			own := colourTable(b[at+9])
			if at += 10; own > 0 {
				f.colours = b[at:min(at+own, len(b))]
			}
			at += own + 1
			picture = true
		default:
			return list
		}
		for at < len(b) && b[at] != 0 {
			at += 1 + int(b[at])
		}
		at++
		if picture {
			if f.from < 0 {
				f.from = begin
			}
			f.to = min(at, len(b))
			list = append(list, f)
			f = frame{from: -1}
		}
	}
	return list
}
