package train

// Input is a pair that is opened when it is its turn, so that of many pairs one
// at a time is in memory.
type Input struct {
	Name string
	// Open gives the pair, and a function that is called when it has been read.
	// A fit may open an input several times.
	Open func() (p Pair, done func(), err error)
}

// One is the input of a pair that is there already.
func One(p Pair) Input {
	return Input{Open: func() (Pair, func(), error) { return p, func() {}, nil }}
}

// Failure is a pair that could not be summed.
type Failure struct {
	Name string
	Err  error
}

func (f *Failure) Error() string { return f.Name + ": " + f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

func (in Input) Wrap(err error) error {
	if in.Name == "" {
		return err
	}
	return &Failure{in.Name, err}
}
