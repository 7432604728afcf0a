package train

import "github.com/convkit/convkit/internal/enum"

// Loss is how the squared residuals of all windows are combined.
type Loss int

const (
	// Sum is Σ(ŷ − y)².
	Sum Loss = iota
	// Mean is the sum divided by the number of outputs, as torch.nn.MSELoss.
	Mean
)

var lossNames = []string{"sum", "mean"}

// LossNames returns the words that ParseLoss accepts.
func LossNames() []string { return lossNames }

// ParseLoss returns the loss of a name.
func ParseLoss(s string) (Loss, error) {
	return enum.Parse[Loss](s, lossNames)
}

// String returns the name.
func (l Loss) String() string { return lossNames[l] }
