package main

import (
	"debug/buildinfo"
	"os"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeMaterials writes the bill of materials of a program: the modules that the
// compiler says it was built from, with their checksums in go.sum's form.
func (r *release) writeMaterials(program, path string, p platform) (err error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: r.when.Format(time.RFC3339),
		Component: &cdx.Component{BOMRef: "convkit", Type: cdx.ComponentTypeApplication, Name: "convkit", Version: r.version,
			PackageURL: "pkg:golang/" + info.Main.Path + "@" + r.version + "?goos=" + p.os + "&goarch=" + p.arch,
			Licenses:   &cdx.Licenses{{License: &cdx.License{ID: "MIT"}}}},
	}
	components := []cdx.Component{{BOMRef: "std", Type: cdx.ComponentTypeLibrary, Name: "std", Version: info.GoVersion, PackageURL: "pkg:golang/std@" + info.GoVersion}}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		url := "pkg:golang/" + m.Path + "@" + m.Version
		components = append(components, cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, PackageURL: url,
			Properties: &[]cdx.Property{{Name: "go.sum", Value: m.Sum}}})
	}
	bom.Components = &components
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer closing(out, &err)
	return cdx.NewBOMEncoder(out, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
}
