package answer

import "kaede/corpus"

// Question is what a person asked, as a door hands it over.
type Question struct {
	Text    string      // as typed; what is beyond MaxText characters is not read
	Lang    corpus.Lang // a hint for text that does not show its language, such as "JET 2023"; may be empty
	History []string    // earlier questions of the same conversation, oldest first; the last MaxHistory are read
	Sources []string    // ids of the documents that may answer; nil for all
	Explain bool        // fill Answer.Explanation
}

// Bounds of what is read of a question.
const (
	MaxText    = 2000
	MaxHistory = 8
	MaxParts   = 4 // questions answered in one message
)

// Outcome says what became of a question.
type Outcome string

// The outcomes. Social covers greetings, thanks, insults, orders to change the rules: talk, not questions on the subject.
const (
	Answered Outcome = "answered"
	Refused  Outcome = "refused"
	Social   Outcome = "social"
)

// Kind is the kind of answer that a question wants.
type Kind string

// The kinds.
const (
	Date         Kind = "date"
	Number       Kind = "number"
	Money        Kind = "money"
	Rank         Kind = "rank"
	Person       Kind = "person"
	Organisation Kind = "organisation"
	Place        Kind = "place"
	Name         Kind = "name" // of anything else, or of what the question does not say
	List         Kind = "list"
	Definition   Kind = "definition"
	Reason       Kind = "reason"
	Frequency    Kind = "frequency"
	YesNo        Kind = "yesno"
	Other        Kind = "other"
)

// Verdict is the answer to a question that is put as yes or no.
type Verdict string

// The verdicts.
const (
	Yes Verdict = "yes"
	No  Verdict = "no"
)

// Answer is the outcome of one question. It is plain data that stays valid after the engine is closed.
type Answer struct {
	Question   string // the question it answers, one part of the message
	Lang       corpus.Lang
	Outcome    Outcome
	Kind       Kind
	Verdict    Verdict // yes or no, where that was asked
	Text       string  // the short answer in Lang, after its verdict; empty unless Answered
	Confidence float64 // the chance that the answer is right, 0 to 1; of the best candidate where it refused
	Evidence   []Evidence
	Facts      []*corpus.Fact     // the facts that the answer states, best first
	Missing    []string           // what the question depends on and no evidence states, in the question's words
	Apart      []string           // what it depends on and is stated of other things only
	Nearest    []*corpus.Fact     // what is known nearby: offered on a refusal, never as an answer
	Further    []*corpus.Sentence // others that were found, best first, whether or not they answer; at most five
	After      string             // the earlier question that a follow-up was read together with; empty if it stood alone
	Assumed    string             // what a follow-up that turns an earlier question round was taken to ask, in full
	Mended     []Mend             // typing errors that were read as other words

	Explanation *Explanation
}

// Evidence is one sentence on which an answer rests, an exact substring of its document.
type Evidence struct {
	Sentence *corpus.Sentence
	Marks    [][2]int // byte ranges of Sentence.Text that answer, in order, not overlapping
	Score    float64
}

// Mend is a typed word and the word it was read as.
type Mend struct{ Typed, Read string }

// Explanation is why an answer came out as it did.
type Explanation struct {
	Words      []Word
	Concepts   []string
	Years      []int
	Candidates []Candidate // best first
	Bar        float64     // the confidence below which it refuses
}

// Word is one word of the question that matters.
type Word struct {
	Text    string
	Weight  float64 // rarity: higher matters more
	Matched bool    // by the best candidate
}

// Candidate is a sentence that was weighed.
type Candidate struct {
	Sentence   *corpus.Sentence
	Confidence float64
	Signals    map[string]float64
}
