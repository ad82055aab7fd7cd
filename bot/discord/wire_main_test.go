package discord

import (
	"fmt"
	"os"
	"testing"
)

// TestMain fails where the tests leave temporary files.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kaede-test-")
	if err != nil {
		panic(err)
	}
	os.Setenv("TMPDIR", dir)
	status := m.Run()
	if shippedIsOpen.Load() {
		b, err := shipped()
		if err == nil {
			err = b.Close()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		fmt.Fprintf(os.Stderr, "temporary files are left: %v %v\n", left, err)
		status = 1
	}
	os.RemoveAll(dir)
	os.Exit(status)
}
