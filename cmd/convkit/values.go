package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/convkit/convkit/internal/enum"
	"github.com/convkit/convkit/internal/kernel"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// value is a flag that is parsed, and refused, as soon as it is set, wherever
// its text comes from.
type value[T any] struct {
	to    *T
	parse func(string) (T, error)
	text  string
	kind  string // what help calls the value
	file  func(text string) bool
}

func (v *value[T]) Set(s string) error {
	t, err := v.parse(s)
	if err == nil {
		*v.to, v.text = t, s
	}
	return err
}

func (v *value[T]) String() string { return v.text }
func (v *value[T]) Type() string   { return v.kind }

// fileNamer is a flag whose text may name a file that is read or written. Each
// such flag declares it where it is defined; configuration files may not set it
// to a file.
type fileNamer interface{ NamesFile(text string) bool }

func (v *value[T]) NamesFile(text string) bool { return v.file != nil && v.file(text) }

// namesFiles declares which texts of a flag name a file.
func (v *value[T]) namesFiles(which func(text string) bool) { v.file = which }

// anyPath is for flags that take nothing but files.
func anyPath(string) bool { return true }

// list is a flag that gathers what it is given each time.
type list struct{ to *[]string }

func (l *list) Set(s string) error {
	*l.to = append(*l.to, s)
	return nil
}

func (l *list) String() string             { return "" }
func (l *list) Type() string               { return "KERNEL" }
func (l *list) NamesFile(text string) bool { return kernel.NamesFile(text) }

// define adds a flag with a default that must parse.
func define[T any](fs *pflag.FlagSet, to *T, name, short, initial, kind, help string, parse func(string) (T, error)) *value[T] {
	v := &value[T]{to: to, parse: parse, kind: kind}
	if initial != "" {
		if err := v.Set(initial); err != nil {
			panic(fmt.Sprintf("default of --%s: %v", name, err))
		}
	}
	fs.VarP(v, name, short, help)
	return v
}

// definePath adds a flag that takes a file.
func definePath(fs *pflag.FlagSet, to *string, name, short, kind, help string) {
	define(fs, to, name, short, "", kind, help, anyFile).namesFiles(anyPath)
}

// defineEnum adds a flag that takes one of some words, and completes them.
func defineEnum[T any](cmd *cobra.Command, to *T, name, initial, help string, words []string, parse func(string) (T, error)) {
	define(cmd.Flags(), to, name, "", initial, strings.Join(words, "|"), help, parse)
	complete(cmd, name, words)
}

func complete(cmd *cobra.Command, name string, words []string) {
	must(cmd.Flags().SetAnnotation(name, wordsOf, words))
	noSpace := cobra.ShellCompDirectiveNoFileComp
	if slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(w, ":") }) {
		noSpace |= cobra.ShellCompDirectiveNoSpace
	}
	must(cmd.RegisterFlagCompletionFunc(name, func(_ *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
		return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.HasPrefix(w, begin) }), noSpace
	}))
}

// wordsOf annotates a flag with the words that it takes.
const wordsOf = "convkit_words"

// must is for what can only fail by a mistake in the program.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// whole parses a whole number from low to high. Each number that sizes something
// has such bounds, which its error names.
func whole(low, high int) func(string) (int, error) {
	return func(s string) (int, error) {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < low || n > high {
			return 0, fmt.Errorf("%q is not a whole number from %d to %d", s, low, high)
		}
		return n, nil
	}
}

// between parses a number from low to high.
func between(low, high float64) func(string) (float64, error) {
	return number(fmt.Sprintf("number from %.10g to %.10g", low, high), func(v float64) bool { return v >= low && v <= high })
}

// The largest values of numbers that size something.
const (
	maxThreads    = 4096
	maxPixelLimit = 1 << 40 // numbers of an image: 8 TB in float64
	maxCount      = 1e9     // of what is counted one by one: pages, epochs, peaks, seeds
	maxDigits     = 400     // decimals: a float64 has no more than 324 zeros behind the point
	maxDegree     = 20      // of a background: 231 coefficients
)

// number parses a finite number for which ok holds.
func number(what string, ok func(float64) bool) func(string) (float64, error) {
	return func(s string) (float64, error) {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || !ok(v) {
			return 0, fmt.Errorf("%q is not a %s", s, what)
		}
		return v, nil
	}
}

// anyFile parses a path; an empty one is most likely a variable that is not set.
func anyFile(s string) (string, error) {
	if s == "" {
		return "", errors.New("the name of the file is empty: is a variable of the shell not set?")
	}
	return s, nil
}

func anyNumber(float64) bool { return true }

var (
	anyFinite   = number("finite number", anyNumber)
	notNegative = number("number of at least 0", func(v float64) bool { return v >= 0 })
)

// optional parses into a pointer, which is nil where nothing is given.
func optional[T any](parse func(string) (T, error)) func(string) (*T, error) {
	return func(s string) (*T, error) {
		v, err := parse(s)
		return &v, err
	}
}

// autoWord asks a flag's value to be found.
const autoWord = "auto"

// choice is a value that is given or, with the word auto, to be found.
type choice[T any] struct {
	value T
	auto  bool
}

// orAuto parses a value, or the word auto.
func orAuto[T any](parse func(string) (T, error)) func(string) (choice[T], error) {
	return func(s string) (choice[T], error) {
		if strings.EqualFold(strings.TrimSpace(s), autoWord) {
			return choice[T]{auto: true}, nil
		}
		v, err := parse(s)
		return choice[T]{value: v}, err
	}
}

// word parses one of some words, in any case.
func word(words ...string) func(string) (string, error) {
	return func(s string) (string, error) {
		i, err := enum.Parse[int](s, words)
		if err != nil {
			return "", err
		}
		return words[i], nil
	}
}

func anyText(s string) (string, error) { return s, nil }
