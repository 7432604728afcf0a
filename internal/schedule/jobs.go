package schedule

import "github.com/convkit/convkit/internal/tensor"

// Job is a band of one image's result: output rows [Y, Y+Rows) of Planes planes,
// beginning with channel O of image N.
type Job struct{ N, O, Planes, Y, Rows int }

// Jobs numbers the bands of a result in the order that a sink needs them.
type Jobs struct {
	out         tensor.Shape
	rows        int // rows in a band
	bands       int // bands in a plane
	group       int // planes in a job
	groups      int // jobs side by side in one band of an image
	planeByRows bool
	bottomUp    bool
}

// NewJobs divides a result of shape out into bands of so many rows. With grouped, a
// job has all planes of an image, unless the order is plane by plane.
func NewJobs(out tensor.Shape, rows int, grouped bool, order tensor.Order) Jobs {
	j := Jobs{out: out, rows: rows, bands: (out.H + rows - 1) / rows, group: 1, planeByRows: order == tensor.PlaneByPlane, bottomUp: order == tensor.BottomUp}
	if grouped && !j.planeByRows {
		j.group = out.C
	}
	j.groups = out.C / j.group
	return j
}

// Bytes returns the size of a job's results, in elements of size bytes.
func (j Jobs) Bytes(size int) int { return min(j.rows, j.out.H) * j.out.W * j.group * size }

// Len returns the number of jobs.
func (j Jobs) Len() int { return j.out.N * j.groups * j.bands }

// At returns job i, 0 <= i < Len.
func (j Jobs) At(i int) Job {
	n, i := i/(j.groups*j.bands), i%(j.groups*j.bands)
	band, group := i/j.groups, i%j.groups
	if j.planeByRows {
		group, band = i/j.bands, i%j.bands
	}
	if j.bottomUp {
		band = j.bands - 1 - band
	}
	y := band * j.rows
	return Job{N: n, O: group * j.group, Planes: j.group, Y: y, Rows: min(j.rows, j.out.H-y)}
}
