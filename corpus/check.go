package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a corpus, and what to do about it.
type Problem struct {
	File    string // path inside the corpus; "." for the corpus as a whole
	Line    int    // from 1; 0 where the whole file is meant
	Message string
}

// String gives the problem as file:line: message.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
}

// CheckError holds every problem of a corpus that was refused, in the order of files and lines.
type CheckError struct{ Problems []Problem }

// Error lists the problems, one a line.
func (e *CheckError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// checked returns the problems as an error, or nil if there are none.
func checked(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return &CheckError{problems}
}
