// Package index finds: it holds one version of the corpus as a Bleve index, and changes version without stopping.
//
// # Building and opening
//
// Build writes a directory once, with Bleve's offline builder; it can be renamed and is never written again. Open reads it,
// in any number of processes. The directory holds Bleve's index and a manifest that says from which corpus it was built; where
// that does not fit, or Bleve cannot read it, Open gives ErrDamaged, and the caller builds it anew. Temp does both in a
// temporary directory; Start too, without waiting for Bleve.
//
// # Searching
//
// Complete completes the names of facts, from memory alone.
//
// Search asks Bleve for candidates: passages that share terms or concepts with the query. What a user types never
// reaches a query-string parser: queries are put together from terms. Candidates are then weighed in memory, on a forward
// index (the numbers of each sentence's words, in order) that Open makes from the corpus. Every sentence comes with the Signals
// behind its score, so that a caller can weigh them otherwise; weights.go says how the weights were found. The nearest
// labelled questions are found in memory alone, see asked.go.
//
// A document is searched in its own language and in those into which it is translated, each with its own analyzer; a
// sentence's score is the best of them, and in a text of another language the words of a question that cannot stand there count
// as missing. Searching needs no lexicon, facts or labelled questions.
//
// # Lifetime and concurrency
//
// An Index is immutable and safe for use by many goroutines until Close, which must come after the last search; Live counts
// the readers and sees to that. Build, Temp and Search stop when their context does. Everything that comes from outside is
// bounded: the text, terms and concepts of a query, and what is returned.
package index
