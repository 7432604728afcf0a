package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

//go:embed peers.py
var peers []byte

// python is a running interpreter that has loaded its libraries and carries out
// one task after another.
type python struct {
	path    string
	cmd     *exec.Cmd
	to      io.WriteCloser
	from    *bufio.Scanner
	version map[string]string // by package
}

// request asks for a task: its name, its input and its kernel as NPY files.
type request struct {
	Task    string  `json:"task"`
	X       string  `json:"x,omitempty"`
	Y       string  `json:"y,omitempty"`
	K       string  `json:"k,omitempty"`
	Size    int     `json:"size,omitempty"`
	Threads int     `json:"threads"` // 0: the library's own choice
	Repeat  int     `json:"repeat"`
	Rate    float64 `json:"rate,omitempty"`
	Save    string  `json:"save,omitempty"` // where the result goes
}

// answer is the seconds that one of the repetitions took.
type answer struct {
	Seconds float64 `json:"seconds"`
	Error   string  `json:"error"`
}

func startPython(name, dir string) (*python, error) {
	script := filepath.Join(dir, "peers.py")
	if err := os.WriteFile(script, peers, 0o666); err != nil {
		return nil, err
	}
	p := &python{path: name, cmd: exec.Command(name, script)}
	p.cmd.Stderr = os.Stderr
	// What some builds need to run at all on new processors slows NumPy down.
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
		return len(s) > 9 && s[:9] == "OPENBLAS_"
	})
	var err error
	if p.to, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.from = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if !p.from.Scan() {
		return nil, fmt.Errorf("%s does not run the peers", name)
	}
	return p, json.Unmarshal(p.from.Bytes(), &p.version)
}

func (p *python) stop() {
	if p != nil {
		p.to.Close()
		p.cmd.Wait()
	}
}

func (p *python) has(library string) bool { return p != nil && p.version[library] != "" }

func (p *python) versions() []string {
	var list []string
	if p == nil {
		return list
	}
	for _, name := range []string{"OpenCV", "SciPy", "PyTorch", "NumPy"} {
		if p.has(name) {
			list = append(list, name+" "+p.version[name])
		}
	}
	return list
}

// ask carries out a task.
func (p *python) ask(r request) (float64, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return 0, err
	}
	if _, err := p.to.Write(append(line, '\n')); err != nil {
		return 0, err
	}
	if !p.from.Scan() {
		return 0, fmt.Errorf("the Python peers ended during %s", r.Task)
	}
	var a answer
	if err := json.Unmarshal(p.from.Bytes(), &a); err != nil {
		return 0, err
	}
	if a.Error != "" {
		return 0, fmt.Errorf("%s: %s", r.Task, a.Error)
	}
	return a.Seconds, nil
}
