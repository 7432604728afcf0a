module github.com/convkit/convkit

go 1.26

require pgregory.net/rapid v1.3.0

require gonum.org/v1/gonum v0.17.0
