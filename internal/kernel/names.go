package kernel

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/convkit/convkit/internal/guess"
	"github.com/convkit/convkit/internal/tensor"
)

// Parameter is one setting of a named kernel.
type Parameter struct{ Name, Default, Meaning string }

// Info describes a named kernel: what it is called and takes, its matrix or
// formula, where that comes from, and what it does in one line.
type Info struct {
	Name       string
	Parameters []Parameter
	Formula    string
	Source     string
	Summary    string
}

// entry is a named kernel with what makes it: a matrix as a literal, which is
// then its formula too, or a function of its parameters.
type entry struct {
	Info
	sizes []int // of a kernel that comes in several
	make  func(a *arguments) tensor.Kernel
}

// fixed is an entry without parameters.
func fixed(name, matrix, source, summary string) entry {
	return entry{
		Info: Info{Name: name, Formula: matrix, Source: source, Summary: summary},
		make: func(a *arguments) tensor.Kernel {
			k, err := parseLiteral(matrix)
			a.note(err)
			return k
		},
	}
}

// table is what entries makes once.
var table struct {
	once sync.Once
	all  []entry
}

// entries are all named kernels, in the order of `convkit kernels`.
func entries() []entry {
	table.once.Do(func() { table.all = slices.Concat(derivatives(), laplacians(), smoothers()) })
	return table.all
}

// Names describes all named kernels.
func Names() []Info {
	var infos []Info
	for _, e := range entries() {
		infos = append(infos, e.Info)
	}
	return infos
}

func find(name string) (entry, bool) {
	for _, e := range entries() {
		if e.Name == name {
			return e, true
		}
	}
	return entry{}, false
}

// Named returns the kernel of that name; parameters that params leaves out have
// their defaults.
func Named(name string, params map[string]string) (tensor.Kernel, error) {
	e, ok := find(name)
	if !ok {
		return tensor.Kernel{}, unknown(name)
	}
	a := &arguments{entry: e, given: params}
	for key := range params {
		a.known(key)
	}
	if a.err != nil {
		return tensor.Kernel{}, a.err
	}
	k := e.make(a)
	if a.err != nil {
		return tensor.Kernel{}, a.err
	}
	if err := check(k); tooLarge(err) {
		return tensor.Kernel{}, err
	} else if err != nil {
		return tensor.Kernel{}, specError(usage(name), "kernel %s: %v", name, err)
	}
	return k, nil
}

// parseParameters reads "sigma=1.5,size=9".
func parseParameters(name, text string) (map[string]string, error) {
	params := map[string]string{}
	if strings.TrimSpace(text) == "" {
		return params, nil
	}
	for _, part := range strings.Split(text, ",") {
		key, value, ok := strings.Cut(part, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" || value == "" {
			return nil, specError(usage(name), "kernel %s: %q is not a parameter", name, strings.TrimSpace(part))
		}
		if _, twice := params[key]; twice {
			return nil, specError("", "kernel %s: parameter %s is given twice", name, key)
		}
		params[key] = value
	}
	return params, nil
}

// usage shows how a kernel's parameters are written.
func usage(name string) string {
	e, _ := find(name)
	if len(e.Parameters) == 0 {
		return name + " takes no parameters"
	}
	var parts []string
	for _, p := range e.Parameters {
		value := p.Default
		if value == "" {
			value = "…"
		}
		parts = append(parts, p.Name+"="+value)
	}
	return "write " + name + ":" + strings.Join(parts, ",") + ", or a part of it"
}

// unknown is the error for text that is no literal, no name and no file.
func unknown(text string) error {
	name, _, _ := strings.Cut(text, ":")
	var all []string
	for _, info := range Names() {
		all = append(all, info.Name)
	}
	advice := "convkit kernels lists the names"
	if best, ok := guess.Nearest(strings.ToLower(strings.ReplaceAll(name, "_", "-")), all); ok {
		advice = fmt.Sprintf("did you mean %s? %s", best, advice)
	}
	return specError(advice, "%q is not a kernel: neither a literal, nor a name, nor a file", text)
}
