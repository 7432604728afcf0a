module github.com/convkit/convkit

go 1.26.0

require pgregory.net/rapid v1.3.0

require (
	codeberg.org/sbinet/npyio v0.14.0
	github.com/disintegration/imaging v1.6.2
	github.com/klauspost/compress v1.18.4
	golang.org/x/image v0.47.0
	gonum.org/v1/gonum v0.17.0
)

require (
	github.com/campoy/embedmd v1.0.0 // indirect
	github.com/nlpodyssey/gopickle v0.3.0 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
