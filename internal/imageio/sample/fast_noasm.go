//go:build (!amd64 && !arm64) || purego

package sample

func widenFast[T Float]([]T, []byte, Order, T) int { return 0 }

func (s *Scale[T]) narrowFast([]byte, []T, Order) (n, clipped int, nan bool) { return 0, 0, false }
