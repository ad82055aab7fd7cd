package bot

import "fmt"

// Code is what a caller branches on.
type Code string

// The codes.
const (
	NotFound   Code = "not_found"   // no fact, topic, document or version of that name
	GoldenLost Code = "golden_lost" // a refresh would lose golden questions, which Data names
	NoData     Code = "no_data"     // nothing is kept on disk, so there are no versions
	Unusable   Code = "unusable"    // versions are kept, but none is in use or the one in use does not open
)

// Error is an error that a person can act on.
type Error struct {
	Code   Code
	Detail error          // for the log; may be nil
	Data   map[string]any // for the sentence
}

// Error is for the log.
func (e *Error) Error() string {
	if e.Detail == nil {
		return string(e.Code)
	}
	return fmt.Sprintf("%s: %v", e.Code, e.Detail)
}

// Unwrap gives the detail.
func (e *Error) Unwrap() error { return e.Detail }

// Say is for the person.
func (e *Error) Say(locale string) string { return Say(locale, "error_"+string(e.Code), e.Data) }
