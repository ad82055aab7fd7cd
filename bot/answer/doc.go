// Package answer reads a question, weighs what the index found and answers with a typed fact or a quoted sentence, or
// refuses and says what was not found. It never composes a claim.
//
// # The path of a question
//
//	path.go      the path itself; split.go and follow.go: several questions in one message, and follow-ups
//	read.go      what a question says: kind of answer wanted (kind.go, and clause.go: by which of its words), what sort of thing (head.go),
//	             years, sides, concepts, what matters in it; fold.go: its language, and the form in which texts are compared
//	claim.go     questions that are put as claims, and what is stated in place of a wrong value
//	mend.go      typing errors, against the corpus's own words and the everyday words of common/
//	social.go    greetings, orders and other talk
//	evidence.go  what is known of a sentence and of its facts; asked.go: of the labelled questions; table.go: counted by sentence and fact;
//	             keys.go: the terms and concepts by which all of these are compared
//	weigh.go     the candidates of a question, weighed
//	signals.go   what each candidate sentence is measured by, and facts.go the facts of a sentence
//	contradict.go  where a sentence that is about what is asked does not answer it
//	dated.go     which of several times is meant: facts that differ in their time alone stand together
//	forest.go    the small decision trees that weigh signals; model.go: with their bars, as weights.json holds them, found by fit.go and carry.go
//	             and by nothing else
//	pattern.go   regular expressions that are only tried on questions that hold their words
//	short.go     the short answer: the fact that was asked for, or the words that answer; compare.go: of two stated figures
//	refuse.go    what was not found, and the nearest things that are known
//
// What is set by hand, and not found by Fit, has a name and a comment where it stands: how finely and how widely is looked (candidates, voters),
// what costs how much (the penalty of a wrong answer), and what ends a doubt of grammar (how little a question must say to lean on another).
//
// An [Engine] owns one index, and so one version of the corpus, for its lifetime; closing it closes the index. It answers alike from [New] on,
// filling caches as it goes, and is safe for use from many goroutines. Answer blocks for about a millisecond, does no input or
// output but Bleve's reads of its own files, and returns an error only when the context ends or Bleve fails: not knowing is
// an [Answer], not an error.
package answer
