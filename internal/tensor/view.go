package tensor

// View is rows of numbers in memory: row i begins at Data[i*Stride].
type View[T Float] struct {
	Data   []T
	Stride int
}

// From returns the view whose row 0 is row i.
func (v View[T]) From(i int) View[T] { return View[T]{v.Data[i*v.Stride:], v.Stride} }

// Every returns the view of each n-th row.
func (v View[T]) Every(n int) View[T] { return View[T]{v.Data, n * v.Stride} }

// Row returns the first n elements of row i.
func (v View[T]) Row(i, n int) []T { return v.Data[i*v.Stride : i*v.Stride+n] }
