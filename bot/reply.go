package bot

import (
	"kaede/bot/answer"
	"kaede/corpus"
	"kaede/index"
)

// Question is what a person asked; see [answer.Question].
type Question = answer.Question

// What doors need of the rooms behind this one, by the names that it gives them.
type (
	Evidence = answer.Evidence
	Outcome  = answer.Outcome
	Choice   = index.Choice
)

// The outcomes of a question; see [answer.Outcome].
const (
	Answered = answer.Answered
	Refused  = answer.Refused
	Social   = answer.Social
)

// The bounds of a question; see [answer.Question].
const (
	MaxHistory = answer.MaxHistory
	MaxParts   = answer.MaxParts
)

// Reply is what Kaede says to one message: a part for each question in it, at least one.
type Reply struct {
	Lang    corpus.Lang
	Parts   []Part
	Version string // name of the corpus version that answered
}

// Answered reports whether any part is an answer.
func (r Reply) Answered() bool {
	for _, p := range r.Parts {
		if p.Outcome == answer.Answered {
			return true
		}
	}
	return false
}

// Part is the reply to one question.
type Part struct {
	answer.Answer
	Say     string         // what Kaede says first: the short answer, or its refusal or kind word in the person's language
	Notes   []string       // what the person should know: what was assumed, which typing errors were mended, what has happened since, how sources differ
	Related []*corpus.Fact // other facts on the same thing, at most 5
	Since   []*corpus.Fact // newer facts that overtake what the answer rests on, at most 3; each has its note
	Differs []*corpus.Fact // the same figure as other sources give it, at most 3; they have a note together with the answer's own
}

// Source is one document with what rests on it.
type Source struct {
	Document  *corpus.Document
	Sentences int
	Facts     int
	Due       int // facts that somebody should look at again
}

// Publication is one source of briefs with what rests on it.
type Publication struct {
	*corpus.Source
	Sentences int
	Facts     int
	Due       int // facts that somebody should look at again
}

// Status is the state of the corpus that answers.
type Status struct {
	Version    string
	Digest     string
	Documents  int
	Passages   int
	Sentences  int
	Facts      int
	Concepts   int
	Asks       int
	NearMisses int
	Durable    bool // versions are kept on disk, so that it can be refreshed and rolled back
}
