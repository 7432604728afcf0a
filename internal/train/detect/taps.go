package detect

import (
	"math"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/train/normal"
)

// score returns the Bayesian information criterion of a block's exact fit.
func score(s *normal.Equations, p normal.Block) float64 {
	sub := s.Part(p)
	n := float64(sub.Windows())
	rms := math.Sqrt(sub.LossAt(sub.Best()) / n)
	return bic(sub, rms, roundingRMS(sub)) + (tapCharge-1)*float64(sub.Unknowns())*math.Log(n)
}

// tapCharge is how many times the penalty of the Bayesian criterion a tap must be worth.
// The residuals of rounded pictures are alike in neighbouring places, so N outputs tell
// less than N independent ones.
const tapCharge = 4

// trim removes rows and columns of taps from all sides while that does not cost more
// than it is worth.
func trim(s *normal.Equations, p normal.Block) normal.Block {
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

// smaller returns the blocks with one row or column less.
func smaller(p normal.Block) []normal.Block {
	var list []normal.Block
	if p.Size.H > 1 {
		q := p
		q.Size.H--
		list = append(list, q)
		q.Top++
		list = append(list, q)
	}
	if p.Size.W > 1 {
		q := p
		q.Size.W--
		list = append(list, q)
		q.Left++
		list = append(list, q)
	}
	return list
}

// bestPlace finds where in the support a kernel of known size explains most.
func bestPlace(s *normal.Equations, size corr.Size) normal.Block {
	whole := s.Layout().Spec.Kernel
	p := normal.CentredBlock(whole, size, true)
	best := score(s, p)
	for top := range whole.H - size.H + 1 {
		for left := range whole.W - size.W + 1 {
			q := normal.Block{Top: top, Left: left, Size: size, Background: true}
			if score := score(s, q); score < best {
				p, best = q, score
			}
		}
	}
	return p
}

// atEnd reports whether the block touches the end of the support, if that was larger
// than the known size of the kernel.
func atEnd(p normal.Block, support, known corr.Size) bool {
	return support.H > max(known.H, 1) && (p.Top == 0 || p.Top+p.Size.H == support.H) ||
		support.W > max(known.W, 1) && (p.Left == 0 || p.Left+p.Size.W == support.W)
}
