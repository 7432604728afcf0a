package main

import (
	"bytes"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/spf13/cobra"
)

func newKernels(a *app) *cobra.Command {
	format, digits := "csv", -1
	cmd := &cobra.Command{
		Use:   "kernels [KERNEL]",
		Short: "List the named kernels, or print one",
		Long: `List the named kernels with their parameters, or print the matrix of one.

A parameter stands behind the name, like gaussian:sigma=1.5 or box:size=5x3. Any
kernel that -k takes can be printed: a name, a matrix or a file.`,
		Example: `  convkit kernels
  convkit kernels gaussian:sigma=1,size=5
  convkit kernels sobel-x | convkit corr photo.png -k - --map signed -o x.png`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeKernel(cmd, args, begin)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listKernels(a.stdout)
			}
			k, err := a.readKernel(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.printKernel(k, format, digits)
		},
	}
	formats := []string{"csv", "tsv", "txt", "json", "npy"}
	define(cmd.Flags(), &format, "format", "", "csv", "NAME", "csv, tsv, txt, json or npy", word(formats...))
	complete(cmd, "format", formats)
	addDigits(cmd, &digits)
	return cmd
}

// printKernel writes a kernel to standard output; what no matrix can hold, a
// bias or channels, becomes JSON.
func (a *app) printKernel(k tensor.Kernel, format string, digits int) error {
	if k.Mixes || len(k.Bias) > 0 {
		format = "json"
	}
	var b bytes.Buffer
	if err := kernel.Encode(&b, k, format, digits); err != nil {
		return err
	}
	_, err := a.stdout.Write(b.Bytes())
	return err
}

func listKernels(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range kernel.Names() {
		fmt.Fprintf(t, "%s\t%s\n", k.Name, k.Summary)
		for _, p := range k.Parameters {
			fmt.Fprintf(t, "  %s=%s\t%s\n", p.Name, p.Default, p.Meaning)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nconvkit kernels NAME prints the matrix.")
	return err
}
