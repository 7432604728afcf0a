package corr

// Origin is that of the plan's geometry.
func (p *Plan[T]) Origin() Origin { return p.g.Origin() }
