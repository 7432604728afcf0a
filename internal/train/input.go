package train

// Input is a pair that is opened when it is needed. Of many pairs, only one is in
// memory at a time.
type Input struct {
	Name string
	// Open returns the pair, and a function to call after reading it. A fit may
	// open an input several times.
	Open func() (p Pair, done func(), err error)
}

// One returns an input for a pair that is in memory.
func One(p Pair) Input {
	return Input{Open: func() (Pair, func(), error) { return p, func() {}, nil }}
}

// Failure is a pair that cannot be used, with the reason.
type Failure struct {
	Name string
	Err  error
}

// Error returns the name and the reason.
func (f *Failure) Error() string { return f.Name + ": " + f.Err.Error() }

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// Wrap puts the name of the input before an error, as a *Failure; an input without a
// name leaves the error as it is.
func (in Input) Wrap(err error) error {
	if in.Name == "" {
		return err
	}
	return &Failure{in.Name, err}
}
