// Command mca estimates how busy the inner loops for arm64 keep the multipliers of
// processors that are not at hand, with llvm-mca's tables:
//
//	go run ./bench/mca > bench/results/arm64/mca.md
//
// It builds convkit for arm64, takes the innermost loops of the functions named below
// from the disassembly and runs each 200 times through the simulator. The peak is one
// vector operation a cycle for each pipe of the table. Caches count as hit.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// cores are processors with the number of their vector pipes in LLVM's table. That of
// the Apple M1 has three, one less than the processor.
var cores = []struct {
	name  string
	pipes int
}{{"neoverse-n1", 2}, {"neoverse-v1", 4}, {"apple-m1", 3}}

// functions have loops that matter, by package and name.
var functions = []struct{ name, what string }{
	{"corr/vec.strip4x1", "direct, 1 row"},
	{"corr/vec.strip4x2", "direct, 2 rows"},
	{"corr/vec.strip4x3", "direct, 3 rows"},
	{"corr/vec.strip4x4", "direct, 4 and more rows, each further row"},
	{"corr/vec.mix4x1", "4 channels"},
	{"corr/fft.forward8", "butterflies of 8"},
	{"corr/fft.inverse8", "butterflies of 8"},
	{"corr/fft.forward4", "butterflies of 4"},
	{"corr/fft.inverse4", "butterflies of 4"},
	{"corr/fft.middle8", "butterflies of 8 and spectrum"},
	{"corr/fft.middle4", "butterflies of 4 and spectrum"},
	{"train/lagvec.dotLags6NEON", "sums of a fit by lag"},
	{"train/lagvec.outerSumsNEON", "sums of a fit by window"},
	{"train/lagvec.outerSinglesNEON", "sums of a fit by window"},
}

const iterations = 200

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mca:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "mca")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	program := filepath.Join(folder, "convkit")
	build := exec.Command("go", "build", "-o", program, "./cmd/convkit")
	build.Env = append(os.Environ(), "GOARCH=arm64")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	version, err := exec.Command("llvm-mca-22", "--version").Output()
	if err != nil {
		return fmt.Errorf("%w; install llvm-22", err)
	}
	fmt.Printf("# Inner loops for arm64 by llvm-mca\n\nCommand: `go run ./bench/mca`. %s.\n\n", regexp.MustCompile(`LLVM version \S+`).Find(version))
	fmt.Print("Vector operations a cycle, and their share of the peak: one for each pipe. LLVM's table gives the Apple M1 three pipes; the\nprocessor has four. Caches count as hit.\n\n")
	fmt.Print("| function | loops | operations |")
	for _, c := range cores {
		fmt.Printf(" %s (%d pipes) |", c.name, c.pipes)
	}
	fmt.Print("\n|---|---|---|" + strings.Repeat("---|", len(cores)) + "\n")
	for _, f := range functions {
		names := []string{f.name}
		if !strings.HasSuffix(f.name, "NEON") { // in both precisions
			names = []string{f.name + "NEONf32", f.name + "NEONf64"}
		}
		for _, name := range names {
			if err := report(program, name, f.what); err != nil {
				return err
			}
		}
	}
	return nil
}

// report writes a line of the table.
func report(program, name, what string) error {
	loops, err := innermost(program, name)
	if err != nil {
		return err
	}
	if strings.Contains(name, "strip4x4") {
		loops = longest(loops) // the one that each further row of the kernel takes
	}
	operations := 0
	for _, l := range loops {
		operations += arithmetic(l)
	}
	fmt.Printf("| `%s`: %s | %d | %d |", filepath.Base(name), what, len(loops), operations)
	for _, c := range cores {
		cycles := 0.0
		for _, l := range loops {
			n, err := simulate(c.name, l)
			if err != nil {
				return err
			}
			cycles += n
		}
		rate := float64(operations) / cycles
		fmt.Printf(" %.2f (%.0f %%) |", rate, 100*rate/float64(c.pipes))
	}
	fmt.Println()
	return nil
}

var (
	jump  = regexp.MustCompile(`^(?:b\.\w+|cbnz\s+\w+,|cbz\s+\w+,|b|tbn?z\s+\w+, #\w+,)\s+0x([0-9a-f]+)`)
	float = regexp.MustCompile(`^f(mla|mls|mul|add|sub|neg)\s+v`)
)

// fewest operations have the loops of wide tiles. Those of a vector or an element for each
// of four rows have fewer.
const fewest = 6

// innermost returns the loops of wide tiles that hold no other jump.
func innermost(program, name string) ([][]string, error) {
	symbol := "github.com/convkit/convkit/internal/" + name + ".abi0"
	out, err := exec.Command("llvm-objdump-22", "-d", "--no-show-raw-insn", "--disassemble-symbols="+symbol, program).Output()
	if err != nil {
		return nil, err
	}
	at := map[uint64]int{}
	var code []string
	var loops [][]string
	lastJump := -1
	for _, line := range strings.Split(string(out), "\n") {
		place, text, ok := strings.Cut(strings.TrimSpace(line), ":")
		address, err := strconv.ParseUint(place, 16, 64)
		if !ok || err != nil {
			continue
		}
		text = strings.TrimSpace(strings.ReplaceAll(text, "\t", " "))
		at[address] = len(code)
		code = append(code, text)
		m := jump.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		target, _ := strconv.ParseUint(m[1], 16, 64)
		if first, ok := at[target]; ok && first > lastJump {
			body := append([]string{"loop:"}, code[first:]...)
			body[len(body)-1] = strings.SplitN(body[len(body)-1], "0x"+m[1], 2)[0] + "loop"
			if arithmetic(body) >= fewest {
				loops = append(loops, body)
			}
		}
		lastJump = len(code) - 1
	}
	if loops == nil {
		return nil, fmt.Errorf("no loop in %s", name)
	}
	return loops, nil
}

func longest(loops [][]string) [][]string {
	best := loops[0]
	for _, l := range loops {
		if arithmetic(l) > arithmetic(best) {
			best = l
		}
	}
	return [][]string{best}
}

// arithmetic counts the operations of vectors of floating-point numbers.
func arithmetic(body []string) (n int) {
	for _, line := range body {
		if float.MatchString(line) {
			n++
		}
	}
	return n
}

var total = regexp.MustCompile(`Total Cycles:\s+(\d+)`)

// simulate returns the cycles of one turn of a loop.
func simulate(core string, body []string) (float64, error) {
	mca := exec.Command("llvm-mca-22", "-mtriple=aarch64", "-mcpu="+core, fmt.Sprintf("-iterations=%d", iterations), "-instruction-info=false", "-resource-pressure=false")
	mca.Stdin = strings.NewReader(strings.Join(body, "\n") + "\n")
	var stderr bytes.Buffer
	mca.Stderr = &stderr
	out, err := mca.Output()
	m := total.FindSubmatch(out)
	if err != nil || m == nil {
		return 0, fmt.Errorf("llvm-mca-22: %v\n%s", err, stderr.Bytes())
	}
	cycles, err := strconv.Atoi(string(m[1]))
	return float64(cycles) / iterations, err
}
