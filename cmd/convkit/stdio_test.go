package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestPrintable(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"größe 5 µm, 3x3 … “a” 図", "größe 5 µm, 3x3 … “a” 図"},
		{"\x1b[2J", `\x1b[2J`},
		{"a\tb\rc\nd\x00", `a\tb\rc\nd\x00`},
		{"\x7f\u009b31m", `\x7f\u009b31m`},
		{"caf\xe9 \x9b31m", `caf\xe9 \x9b31m`}, // Latin-1, and an escape of 8 bits
		{"exe.\u202egnp", `exe.\u202egnp`},
		{"\u2066\u2069\u200b\ufeff\u00ad\u2028", `\u2066\u2069\u200b\ufeff\u00ad\u2028`},
		{"\U000e0041", `\U000e0041`}, // invisible tags
		{"\ufffd", `�`},
	} {
		if got := printable(c.in); got != c.want {
			t.Errorf("%q: %s, not %s", c.in, got, c.want)
		}
	}
}

// showable reports whether a terminal does nothing with text but show it.
func showable(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) < 0
}

// TestConsoleShowsAnything: whatever is written in whatever pieces, no byte of it
// acts on a terminal, and the end of a line stays one.
func TestConsoleShowsAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
		var b bytes.Buffer
		c := &console{w: &b}
		for _, part := range []string{text[:cut], text[cut:]} {
			if n, err := c.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatalf("wrote %d of %d: %v", n, len(part), err)
			}
		}
		if !showable(b.String()) {
			t.Fatalf("%q became %q", text, b.String())
		}
		if strings.Count(b.String(), "\n") != strings.Count(text, "\n") {
			t.Fatalf("%q has other lines than %q", b.String(), text)
		}
	})
}

// TestConsoleIgnoresItsReader: a message that nobody reads stops nothing.
func TestConsoleIgnoresItsReader(t *testing.T) {
	c := &console{w: failing{}}
	if n, err := c.Write([]byte("abc")); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	c.overwrite("abc", "")
}

// failing is a stream into which nothing can be written.
type failing struct{}

var errFailing = errors.New("no room")

func (failing) Write([]byte) (int, error) { return 0, errFailing }

// TestResultsKeepTheirError: an error of a write is not lost where the writer does
// not look at it.
func TestResultsKeepTheirError(t *testing.T) {
	r := newResults(failing{})
	if err := r.finish(); err != nil {
		t.Fatal("nothing was written:", err)
	}
	_, _ = r.Write([]byte("abc"))
	if err := r.finish(); !errors.Is(err, errFailing) {
		t.Fatal(err)
	}
}

// hostile are names that do something to a terminal: escapes of 7 and 8 bits, a
// title, an override of direction, a line of its own.
var hostile = []string{
	"a\x1b[31mred.csv", "a\x9b31mred.csv", "a\x1b]0;title\x07.csv", "a\u202evsc.exe.csv", "a\u009b2J.csv", "a\nconvkit: error: b.csv",
}

// TestMessagesAreQuoted runs commands whose messages have names of files, words of
// the command line and contents of files in them.
func TestMessagesAreQuoted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems refuse such names")
	}
	for _, name := range hostile {
		dir := t.TempDir()
		write := func(name, text string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		write(name, "1,2\n3,4\n")
		write("bad-"+name, "1,"+name+"\n")
		write("y.csv", "1,2\n3,4\n")
		write("list-"+name, name+"\nno-"+name+"\n")
		write("pairs-"+name, "x,y\n\"no-"+name+"\",y.csv\n\"y.csv\",y.csv\n")
		write("columns-"+name, "\""+name+"\",y\n")
		write("conf-"+name+".yaml", "\""+strings.NewReplacer("\x1b", `\e`, "\x9b", `\x9b`, "\a", `\a`, "\n", `\n`).Replace(name)+"\": 1\n")
		header := strings.ReplaceAll(strings.TrimSuffix(name, ".csv"), "\n", " ")
		write("head-"+name, "P5\n2 2\n255\nabcdEF"+header)
		write("head.fits", fitsCards("SIMPLE  =                    T", "BITPIX  = '"+header+"'", "NAXIS   =                    2"))
		for _, args := range [][]string{
			{"corr", "no-" + name, "-k", "1"},
			{"corr", "bad-" + name, "-k", "1"},
			{"corr", "y.csv", "-k", "no-" + name},
			{"corr", "y.csv", "-k", "bad-" + name},
			{"corr", "y.csv", "-k", "1", "-o", "no/" + name},
			{"corr", "y.csv", "-k", "1", "--" + name},
			{"corr", "y.csv", "-k", "1", "--padding", name},
			{"corr", "y.csv", "-k", "1", "--config", "conf-" + name + ".yaml"},
			{"corr", "--files-from", "list-" + name, "-k", "1", "-o", "out/", "--keep-going"},
			{"corr", "head-" + name, "-k", "1", "-v"},
			{"corr", "head.fits", "-k", "1"},
			{"edges", "bad-" + name},
			{"match", "y.csv", "bad-" + name},
			{"align", "y.csv", "bad-" + name},
			{"learn", "y.csv", "bad-" + name},
			{"learn", "--pairs", "pairs-" + name, "--keep-going", "-v"},
			{"learn", "--pairs", "columns-" + name},
			{"kernels", "no-" + name},
			{"kernels", "sobel:" + name},
			{"help", name},
			{"completion", name},
			{name},
		} {
			cmd := exec.Command("convkit", args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "CONVKIT_"+name+"=1")
			var messages bytes.Buffer
			cmd.Stderr = &messages
			_ = cmd.Run() // most of them fail
			if messages.Len() == 0 {
				t.Errorf("%q prints no message", args)
			}
			if !showable(messages.String()) || strings.Contains(messages.String(), "\nconvkit: error: b.csv") {
				t.Errorf("%q prints %q", args, messages.String())
			}
		}
	}
}

// fitsCards is a block of a FITS header.
func fitsCards(cards ...string) string {
	var b strings.Builder
	for _, c := range append(cards, "END") {
		b.WriteString((c + strings.Repeat(" ", 80))[:80])
	}
	return b.String() + strings.Repeat(" ", 2880-b.Len())
}
