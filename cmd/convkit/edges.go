package main

import (
	"strings"

	"github.com/convkit/convkit/internal/imageio"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/spf13/cobra"
)

func newEdges(a *app) *cobra.Command {
	f := &filter{app: a}
	var name, direction string
	cmd := &cobra.Command{
		Use:   "edges [INPUT…] [--operator diff] [--direction x|y|both] [-o OUTPUT|DIR]",
		Short: "Find the edges of images",
		Long: `Find the edges of images with a pair of derivative kernels.

The default is the textbook's detector, the kernel [1, -1]: in a black and white
image it answers 1 where white turns black, -1 where black turns white, from left
to right, and 0 elsewhere. --direction y takes the transposed kernel, and both the
magnitude sqrt(x² + y²). In a picture the absolute value is shown (--map).`,
		Example: `  convkit edges photo.png -o edges.png
  convkit edges photo.png --operator sobel --direction both --padding same --border replicate -o edges.png
  convkit kernels sobel-x | convkit corr photo.png -k - --map abs -o edges.png`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeImages,
		RunE: func(cmd *cobra.Command, inputs []string) error {
			if f.lacksInput(inputs) {
				return usage("give a file, or pipe an image in", "no input")
			}
			x, y, err := kernel.Gradient(name)
			if err != nil {
				return err
			}
			switch direction {
			case "x":
				f.operator = operator{kernel: x}
			case "y":
				f.operator = operator{kernel: y}
			default:
				f.operator = operator{kernel: x, other: &y}
			}
			return f.run(cmd.Context(), inputs)
		},
	}
	words := kernel.Operators()
	defineEnum(cmd, &name, "operator", "diff", "derivative kernels (convkit kernels lists them as "+strings.Join(words, "-x, ")+"-x)", words, func(s string) (string, error) {
		_, _, err := kernel.Gradient(strings.ToLower(s))
		return strings.ToLower(s), err
	})
	directions := []string{"x", "y", "both"}
	defineEnum(cmd, &direction, "direction", "x", "derivative along x (vertical edges), along y, or the magnitude of both", directions, word(directions...))
	addThrough(cmd, f)
	addWriting(cmd, &f.write, imageio.MapAbs)
	return cmd
}
