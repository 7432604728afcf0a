package train

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
)

// score is the Bayesian information criterion of a part's exact fit.
func score(s *Statistics, p part) float64 {
	sub := s.sub(p)
	n := float64(sub.Windows())
	rms := math.Sqrt(sub.lossAt(sub.best()) / n)
	return criterion(sub, rms, rounding(sub)) + (tapCharge-1)*float64(sub.Unknowns())*math.Log(n)
}

// tapCharge is how many times the charge of the Bayesian criterion a tap must be
// worth to stay in the block: the residuals of rounded pictures are alike in
// neighbouring places, so that N outputs tell less than N independent ones.
const tapCharge = 4

// trim takes rows and columns of taps away from all sides while that does not
// cost more than it is worth.
func trim(s *Statistics, p part) part {
	best := score(s, p)
	for again := true; again; {
		again = false
		for _, q := range smaller(p) {
			if score := score(s, q); score <= best {
				p, best, again = q, score, true
				break
			}
		}
	}
	return p
}

// smaller are the parts with one row or column less.
func smaller(p part) []part {
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
	best := score(s, p)
	for top := range whole.H - size.H + 1 {
		for left := range whole.W - size.W + 1 {
			q := part{top: top, left: left, size: size, background: true}
			if score := score(s, q); score < best {
				p, best = q, score
			}
		}
	}
	return p
}

// atEnd tells whether the part touches the end of the support, where that was
// larger than the kernel was known to be.
func atEnd(p part, support, known corr.Size) bool {
	return support.H > max(known.H, 1) && (p.top == 0 || p.top+p.size.H == support.H) ||
		support.W > max(known.W, 1) && (p.left == 0 || p.left+p.size.W == support.W)
}
