package diagnose

const (
	period = 8 // of the blocks of JPEG
	grid   = 4 // cells on each side of the field
	ring   = 8 // outputs beside the border that it is compared with
)

// sums are those of a band, of a pair, or of all pairs.
//
// Outputs that depend on padding count in edge alone: a wrong border is told by one test.
type sums struct {
	all   squares // of the others
	field [grid * grid]squares
	// beside is over the outputs next to those of edge.
	edge, beside squares
	// along has the products of neighbours in a row, down those in a column, by the
	// position of the second one modulo period.
	along, down [period]products
	levels      levels
	maxima      maxima
}

func (s *sums) clear() {
	*s = sums{levels: s.levels}
	s.levels.clear()
}

func (s *sums) add(o *sums) {
	s.all.add(o.all)
	for i := range s.field {
		s.field[i].add(o.field[i])
	}
	s.edge.add(o.edge)
	s.beside.add(o.beside)
	for i := range period {
		s.along[i].add(o.along[i])
		s.down[i].add(o.down[i])
	}
	s.levels.add(&o.levels)
	s.maxima.add(&o.maxima)
}

// weigh multiplies every r² by f.
func (s *sums) weigh(f float64) {
	s.all.weigh(f)
	for i := range s.field {
		s.field[i].weigh(f)
	}
	s.edge.weigh(f)
	s.beside.weigh(f)
	for i := range period {
		s.along[i].weigh(f)
		s.down[i].weigh(f)
	}
	s.levels.weigh(f)
}
