module github.com/convkit/convkit

go 1.26
