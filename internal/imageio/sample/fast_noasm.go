//go:build !amd64 || purego

package sample

func widenFast([]float32, []byte, Order, float32) int { return 0 }

func (s *Scale) narrowFast([]byte, []float32, Order) (n, clipped int) { return 0, 0 }
