package train_test

import (
	"context"
	"fmt"
	"log"

	"github.com/convkit/convkit/internal/corr"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/convkit/convkit/internal/train"
	"github.com/convkit/convkit/internal/train/accumulate"
	"github.com/convkit/convkit/internal/train/descent"
	"github.com/convkit/convkit/internal/train/detect"
	"github.com/convkit/convkit/internal/train/report"
	"github.com/convkit/convkit/internal/train/robust"
	"github.com/convkit/convkit/internal/train/solve"
)

// edges returns the textbook's pair: 6x8 ones with four black columns, and their edges.
func edges() (x, y *tensor.Dense[float64]) {
	x = tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 6, W: 8})
	for i := range x.Data {
		if c := i % 8; c < 2 || c > 5 {
			x.Data[i] = 1
		}
	}
	y, err := corr.Reference(x, tensor.Matrix(1, 2, 1, -1), corr.Options{})
	if err != nil {
		log.Fatal(err)
	}
	return x, y
}

// The textbook's fit: ten epochs of gradient descent.
func Example_descent() {
	x, y := edges()
	size, err := train.KernelSize(6, 8, 6, 7, corr.Options{})
	if err != nil {
		log.Fatal(err)
	}
	s, err := accumulate.Images(context.Background(), x, y, train.Spec{Kernel: size})
	if err != nil {
		log.Fatal(err)
	}
	init := tensor.Matrix(1, 2, 0.728126, 0.666602)
	r, err := descent.Descend(context.Background(), s, descent.Descent{Rate: 0.03, Epochs: 10, Init: &init}, func(e descent.Epoch) {
		if e.Epoch%2 == 0 {
			fmt.Printf("epoch %d, loss %.3f\n", e.Epoch, e.Loss)
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f; the largest stable rate is %.4f\n", r.Kernel.Taps, r.Stable)
	// Output:
	// epoch 2, loss 23.292
	// epoch 4, loss 8.424
	// epoch 6, loss 3.263
	// epoch 8, loss 1.305
	// epoch 10, loss 0.529
	// [1.0637 -0.9139]; the largest stable rate is 0.0333
}

// A fit that outliers do not move, and its report.
func Example_robust() {
	x, y := edges()
	y.Data[8] = 9
	set, err := accumulate.Pairs(context.Background(), []train.Input{train.One(train.Pair{X: x, Y: y})}, train.Spec{Kernel: corr.Size{H: 1, W: 2}}, accumulate.Options{})
	if err != nil {
		log.Fatal(err)
	}
	r, err := robust.Solve(context.Background(), set, robust.Tukey, solve.Constraints{}, robust.Options{Loss: train.Sum})
	if err != nil {
		log.Fatal(err)
	}
	rep, err := report.New(context.Background(), set.Equations, r, report.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f, %d outlier in %d windows, rank %d of %d\n", r.Kernel.Taps, r.Robust.Outliers, rep.Windows, rep.Rank, rep.Unknowns)
	// Output:
	// [1.000 -1.000], 1 outlier in 42 windows, rank 2 of 2
}

// The padding and border that made y of x.
func Example_detect() {
	x := tensor.NewDense[float64](tensor.Shape{N: 1, C: 1, H: 30, W: 30})
	for i := range x.Data {
		x.Data[i] = float64(i * i % 101)
	}
	o := corr.Options{Padding: corr.Padding{Mode: corr.Same}, Border: corr.Border{Mode: corr.Circular}}
	y, err := corr.Reference(x, tensor.Matrix(3, 3, 1, 2, 1, 2, 4, 2, 1, 2, 1), o)
	if err != nil {
		log.Fatal(err)
	}
	d, err := detect.Detect(context.Background(), []train.Input{train.One(train.Pair{X: x, Y: y})}, train.Spec{}, true)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.Rows[0])
	// Output:
	// padding same, border circular, kernel 3x3
}
