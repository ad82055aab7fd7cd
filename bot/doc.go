// Package bot turns a question into a reply and keeps the corpus behind it: it opens, refreshes, rolls back and follows
// versions. It has never heard of Discord or of terminals: doors hand it plain values and render the plain values it returns.
//
// A [Bot] owns the live engine. Every method is safe from many goroutines. Ask and the other readers pin one version for
// their whole run and never wait for a refresh; Refresh and Use wait for one another. An unknown answer is a [Reply],
// not an error. Errors that a person can act on are an [Error], which carries a sentence in their language.
//
// A refresh asks the golden questions of the new corpus before it publishes; one that would lose any is an [Error] with code GoldenLost
// unless forced. An answer that was not restricted to sources says what has overtaken it and where sources differ: see Part.Since and
// Part.Differs.
//
// Every sentence that Kaede says itself stands in words/*.yaml, one file a language, and is said by [Say].
package bot
