//go:build !amd64 || purego

package vec

import "testing"

func each(t *testing.T, f func(*testing.T)) {
	t.Helper()
	t.Run("Go", f)
}
