package imageio

// luma is row y as 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), summed in
// thousandths so that equal R, G and B give themselves exactly. It is
// multiplied by alpha where alpha is filtered.
func (r *rows[T]) luma(n, y int, dst []T) ([]T, error) {
	m := r.m
	off := m.off + n*m.sn + y*m.sy
	mem, sc, sx := m.mem, m.sc, m.sx
	if m.file != nil {
		buf := buffers.Get().(*[]byte)
		defer buffers.Put(buf)
		var err error
		if mem, sc, err = m.threePlanes(buf, off); err != nil {
			return nil, err
		}
		off = 0
	}
	for i := range dst {
		o := off + i*sx
		v := 299*m.sample(mem, o, 0) + 587*m.sample(mem, o+sc, 1) + 114*m.sample(mem, o+2*sc, 2)
		v /= 1000 * float64(r.full)
		if r.light != nil {
			v = linearLight(v)
		}
		if m.filtersAlpha() {
			v *= m.sample(mem, o+3*sc, 3) / m.full
		}
		dst[i] = T(v)
	}
	return dst, nil
}

// threePlanes reads the row of three planes of a file that begins at off, and
// tells the distance between its planes.
func (m *Image) threePlanes(buf *[]byte, off int) (mem []byte, sc int, err error) {
	row := (m.w-1)*m.sx + m.elem.size()
	if m.sc < m.sx { // side by side
		mem = sized(buf, row+2*m.sc)
		return mem, m.sc, m.readAt(mem, off)
	}
	mem = sized(buf, 3*row)
	for c := range 3 {
		if err := m.readAt(mem[c*row:(c+1)*row], off+c*m.sc); err != nil {
			return nil, 0, err
		}
	}
	return mem, row, nil
}
