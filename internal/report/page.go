package report

import (
	"bytes"
	"embed"
	"html/template"
	"io"
)

//go:embed fit.html
var pages embed.FS

var fitPage = template.Must(template.ParseFS(pages, "fit.html"))

// FitPage is what the page of a fit shows.
type FitPage struct {
	Title   string
	Command string   // that repeats the fit
	Words   []string // of the report
	JSON    []byte   // the report in full
	Figure  *Figure  // the kernel
}

// Write writes a page that stands alone: it loads nothing, and needs no scripts.
func (p FitPage) Write(w io.Writer) error {
	var svg bytes.Buffer
	if err := p.Figure.Write(&svg, SVG); err != nil {
		return err
	}
	// The XML declaration has no place within HTML.
	figure := svg.Bytes()[bytes.Index(svg.Bytes(), []byte("<svg")):]
	return fitPage.Execute(w, map[string]any{
		"Title": p.Title, "Command": p.Command, "Words": p.Words, "JSON": string(p.JSON),
		// The figure is made here; names within it are escaped.
		"Figure": template.HTML(figure),
	})
}
