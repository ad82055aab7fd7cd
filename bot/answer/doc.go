// Package answer reads a question, weighs what the index found and answers with a typed fact or a quoted sentence, or
// refuses and says what was not found. It never composes a claim.
//
// # The path of a question
//
//	read.go      language, kind of answer wanted, years, sides, concepts, what matters in it
//	mend.go      typing errors, against the index's own vocabulary
//	follow.go    a follow-up is completed from the conversation's earlier questions
//	split.go     several questions in one message
//	signals.go   what is known of each candidate sentence: coverage, neighbours among labelled questions, kind, year, side
//	weigh.go     a logistic model over the signals; weights.json holds its weights, found by fit.go and by nothing else
//	short.go     the short answer: the fact of the sentence that was asked for, or the words that answer
//	refuse.go    what was not found, and the nearest things that are known
//
// An [Engine] owns one index, and so one version of the corpus, for its lifetime; closing it closes the index. It is
// immutable after [New] and safe for use from many goroutines. Answer blocks for about a millisecond, does no input or
// output but Bleve's reads of its own files, and returns an error only when the context ends or Bleve fails: not knowing is
// an [Answer], not an error.
package answer
