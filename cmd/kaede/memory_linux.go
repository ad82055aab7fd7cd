package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// letGo lets go of the pages of the program's own file that hold constants, the corpus that ships among them: a start reads all of it, and what is
// needed again is read again. Only mappings that nothing was written to are let go, for these alone are as the file is. That it cannot be
// done is no fault: the pages then stay until the system needs their room.
func letGo() {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer maps.Close()
	var start, end uintptr // of a mapping of constants; none if equal
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uintptr
		var access string
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &access); n == 3 {
			start, end = 0, 0
			if access == "r--p" && strings.HasSuffix(lines.Text(), " "+program) {
				start, end = from, to
			}
		} else if f := strings.Fields(lines.Text()); start < end && len(f) > 1 && f[0] == "Anonymous:" && f[1] == "0" {
			syscall.Syscall(syscall.SYS_MADVISE, start, end-start, syscall.MADV_DONTNEED)
		}
	}
}
