package corr

// Origin is that of the plan's geometry.
func (p *Plan[T]) Origin() Origin { return p.g.Origin() }

// Origin is that of all stages together.
func (c *Chain[T]) Origin() Origin {
	all := Origin{StrideH: 1, StrideW: 1}
	for _, p := range c.stages {
		o := p.Origin()
		all.Top, all.Left = all.Top+all.StrideH*o.Top, all.Left+all.StrideW*o.Left
		all.StrideH, all.StrideW = all.StrideH*o.StrideH, all.StrideW*o.StrideW
	}
	return all
}

// Origin is that of the operator whose adjoint it is, the other way round: at
// stride 1; with a larger one there is none for most results.
func (a *Adjoint[T]) Origin() Origin {
	o := a.g.Origin()
	return Origin{Top: -o.Top, Left: -o.Left, StrideH: 1, StrideW: 1}
}
