package corpus

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a corpus, and what to do about it.
type Problem struct {
	File    string // path inside the corpus; "." for the corpus as a whole
	Line    int    // from 1, which also stands for the file as a whole
	Message string
}

// String gives the problem as file:line: message.
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message) }

// CheckError holds every problem of a corpus that was refused, in the order of files and lines.
type CheckError struct {
	Dir      string // that was read; empty where the corpus is in no directory
	Problems []Problem
}

// Error lists the problems, one a line, with the paths of their files.
func (e *CheckError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		p.File = filepath.Join(e.Dir, filepath.FromSlash(p.File))
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// checked returns the problems as an error, or nil if there are none.
func checked(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	for i := range problems {
		problems[i].Line = max(problems[i].Line, 1)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return &CheckError{Problems: problems}
}
