# make            build and test
# make qemu       test the assembly for arm64 by emulation; needs qemu-aarch64 (Debian's qemu-user)
# make release    what a release offers for download, into dist/: make release VERSION=v0.2.0
# make vuln       known vulnerabilities that the code reaches; needs the network
# make figures    draw the figures of the pages again
# make fuzz       fuzz each reader for FUZZTIME: make fuzz FUZZTIME=20m

FUZZTIME ?= 30s

.PHONY: all test qemu release vuln figures fuzz
all: test

test:
	go build ./... && go vet ./... && go test ./...

# An emulated core is ten times slower, so of packages with long tests it runs what compares with recorded bits.
qemu:
	GOARCH=arm64 go test -exec qemu-aarch64 ./internal/corr/vec ./internal/corr/fft ./internal/train/lagvec ./internal/edges/... ./internal/match/rowvec ./internal/imageio/sample
	GOARCH=arm64 go test -exec qemu-aarch64 -run 'TestRecordedBits|TestPublishedNumbers' ./internal/corr

release:
	cd release && go run . -version "$(VERSION)" -out ../dist

vuln:
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

figures:
	go test ./cmd/convkit -run 'TestFigures|TestPicture' -update

# What is found is added to testdata/fuzz by the fuzzer and from then on runs as a test.
fuzz:
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' internal cmd | xargs -n1 dirname | sort -u); do \
		for target in $$(grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' $$package | awk '{print $$2}' | sort -u); do \
			echo "$$package $$target"; \
			go test ./$$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done
