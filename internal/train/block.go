package train

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
)

// score is the Bayesian information criterion of a part's exact fit.
func (s *Statistics) score(p part) float64 {
	sub := s.sub(p)
	n := float64(sub.Windows())
	rms := math.Sqrt(sub.lossAt(sub.best()) / n)
	return sub.criterion(rms, sub.rounding()) + (tapCharge-1)*float64(sub.Unknowns())*math.Log(n)
}

// tapCharge is how many times the charge of the Bayesian criterion a tap must be
// worth to stay in the block: the residuals of rounded pictures are alike in
// neighbouring places, so that N outputs tell less than N independent ones.
const tapCharge = 4

// trim takes rows and columns of taps away from all sides while that does not
// cost more than it is worth.
func trim(s *Statistics, p part) part {
	best := s.score(p)
	for again := true; again; {
		again = false
		for _, q := range p.smaller() {
			if score := s.score(q); score <= best {
				p, best, again = q, score, true
				break
			}
		}
	}
	return p
}

// smaller are the parts with one row or column less.
func (p part) smaller() []part {
	var list []part
	if p.size.H > 1 {
		q := p
		q.size.H--
		list = append(list, q)
		q.top++
		list = append(list, q)
	}
	if p.size.W > 1 {
		q := p
		q.size.W--
		list = append(list, q)
		q.left++
		list = append(list, q)
	}
	return list
}

// place finds where in the support a kernel of known size explains most.
func place(s *Statistics, size corr.Size) part {
	whole := s.layout.spec.Kernel
	p := centred(whole, size, true)
	best := s.score(p)
	for top := range whole.H - size.H + 1 {
		for left := range whole.W - size.W + 1 {
			q := part{top, left, size, true}
			if score := s.score(q); score < best {
				p, best = q, score
			}
		}
	}
	return p
}

// atEnd tells whether the part touches the end of the support, where that was
// larger than the kernel was known to be.
func (p part) atEnd(support, known corr.Size) bool {
	return support.H > max(known.H, 1) && (p.top == 0 || p.top+p.size.H == support.H) ||
		support.W > max(known.W, 1) && (p.left == 0 || p.left+p.size.W == support.W)
}
