package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/convkit/convkit/internal/kernel"
	"github.com/convkit/convkit/internal/tensor"
	"github.com/spf13/cobra"
)

func newKernels(a *app) *cobra.Command {
	format, to, at, digits := "", "", "", -1
	cmd := &cobra.Command{
		Use:   "kernels [KERNEL]",
		Short: "List the named kernels, or print one",
		Long: `List the named kernels with their formulas, sources and parameters, or print one.

A parameter follows the name: gaussian:sigma=1.5 or box:size=5x3. Any kernel of -k can
be printed: a name, a matrix, a file, or another tool's notation. --to prints it in
another tool's notation. A kernel that varies over the field, as convkit learn --vary writes
it, is printed at the place of --at.`,
		Example: `  convkit kernels
  convkit kernels gaussian:sigma=1,size=5
  convkit kernels emboss --to imagemagick
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
			if k, err = kernelAt(k, err, at); err != nil {
				return err
			}
			if to != "" {
				if err := encodeKernel(a.stdout, k, to, digits); err != nil {
					return err
				}
				a.noteUsage(k, to)
				return nil
			}
			return a.printKernel(k, format, digits)
		},
	}
	formats := []string{"csv", "tsv", "txt", "json", "npy"}
	define(cmd.Flags(), &format, "format", "", "", "NAME", "csv, tsv, txt, json or npy (default: csv, and json for a kernel with a bias or channels)", word(formats...))
	complete(cmd, "format", formats)
	define(cmd.Flags(), &to, "to", "", "", "TOOL", "print the kernel in another form. Formats: "+strings.Join(kernel.Formats()[:5], ", ")+". Tools: "+strings.Join(kernel.Formats()[5:], ", "), word(kernel.Formats()...))
	complete(cmd, "to", kernel.Formats())
	define(cmd.Flags(), &at, "at", "", "", "Y,X", "print a kernel that varies over the field as it is at output (Y, X), counted from 0", anyText)
	addDigits(cmd, &digits)
	return cmd
}

// kernelAt is the kernel that was read, or one that varies at a place "Y,X".
func kernelAt(k tensor.Kernel, err error, place string) (tensor.Kernel, error) {
	var varies *kernel.VariesError
	switch {
	case !errors.As(err, &varies) && err == nil && place != "":
		return k, usage("leave --at out", "--at is for a kernel that varies over the field, and this one does not")
	case varies == nil || place == "":
		return k, err
	}
	y, x, err := position(place)
	if err != nil {
		return k, usage("", "--at: %w", err)
	}
	if f := varies.Kernel.Field; y >= f.H || x >= f.W {
		return k, usage("", "--at %s is outside the field of %dx%d", place, f.H, f.W)
	}
	return varies.Kernel.At(y, x), nil
}

// noteUsage says how another tool takes a kernel.
func (a *app) noteUsage(k tensor.Kernel, to string) {
	usage, same := kernel.Usage(to)
	if usage != "" {
		a.note("%s takes it as: %s", to, usage)
	}
	if same != "" {
		a.note("the same here: convkit corr IN %s -k KERNEL", same)
	}
	if but := kernel.Caveat(k, to); but != "" {
		a.note("%s", but)
	}
	if len(k.Bias) > 0 && kernel.StoredBias(to) && !k.StoredBias {
		a.note("%s adds the bias to pixels as they are stored, as convkit corr does with --values raw", to)
	}
}

// printKernel writes a kernel to standard output: where no format is asked for
// as a matrix, and what no matrix can hold, a bias or channels, as JSON.
func (a *app) printKernel(k tensor.Kernel, format string, digits int) error {
	switch {
	case format != "":
	case k.Mixes || len(k.Bias) > 0:
		format = "json"
	default:
		format = "csv"
	}
	return encodeKernel(a.stdout, k, format, digits)
}

// encodeKernel writes a kernel whole or not at all.
func encodeKernel(w io.Writer, k tensor.Kernel, format string, digits int) error {
	var b bytes.Buffer
	if err := kernel.Encode(&b, k, format, digits); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func listKernels(w io.Writer) error {
	var b bytes.Buffer
	for _, k := range kernel.Names() {
		fmt.Fprintf(&b, "%s: %s\n    %s\n", k.Name, k.Summary, k.Formula)
		for _, p := range k.Parameters {
			fmt.Fprintf(&b, "    :%s=%s  %s\n", p.Name, p.Default, p.Meaning)
		}
		fmt.Fprintf(&b, "    source: %s\n", k.Source)
	}
	fmt.Fprintln(&b, "\nconvkit kernels NAME prints the matrix.")
	_, err := w.Write(b.Bytes())
	return err
}
