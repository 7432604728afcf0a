package train

// Loss is what the squares of all windows are combined to.
type Loss int

const (
	// Sum is Σ(ŷ − y)².
	Sum Loss = iota
	// Mean is the sum divided by the number of outputs, as torch.nn.MSELoss.
	Mean
)

var lossNames = []string{"sum", "mean"}

// LossNames are the words that ParseLoss knows.
func LossNames() []string { return lossNames }

// ParseLoss reads a name.
func ParseLoss(s string) (Loss, error) {
	i, err := ParseName("loss", s, lossNames)
	return Loss(i), err
}

// String gives the name.
func (l Loss) String() string { return lossNames[l] }
