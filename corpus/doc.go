// Package corpus is what Kaede knows: documents, typed facts, a lexicon, labelled questions; their
// checks; and their versions on disk. It has never heard of Bleve, of questions asked or of Discord.
//
// # The format of a corpus directory
//
//	documents/*.md            texts: Markdown with YAML front matter
//	documents/NAME.fr.md      the translation of NAME.md into French, aligned sentence by sentence (.ja.md alike)
//	facts/*.yaml              typed facts
//	lexicon/*.yaml            concepts with their names in three languages
//	asks/*.jsonl              other ways in which people ask for a sentence
//	near-misses/*.jsonl       questions that look answerable and are not
//
// A directory that has none of these folders is a plain corpus: each .md or .txt file below it is a document
// (id: its path without the extension, title: its first heading or its file name).
//
// ## Document
//
//	---
//	id: canada-japan-relations        # required, [a-z0-9-]+
//	title: Canada-Japan relations     # required
//	publisher: Global Affairs Canada  # required
//	language: en                      # required: en, fr or ja
//	url: https://...                  # optional, https only
//	published: 2023-05-01             # optional; a year, a year and month, or a day
//	retrieved: 2026-11-23             # optional
//	figures_to: 2023                  # optional, the last year its figures cover
//	side: canada                      # optional: canada, japan, joint or third-party
//	kind: official                    # optional: official, press or academic
//	licence: ...                      # optional
//	note: ...                         # optional
//	---
//	## A heading
//
//	A paragraph is a passage. Its lines are joined by one space; sentences are found by the segmenter.
//
// A translation's front matter has exactly translates (the id of the original), language and note. It has as many
// headings, passages and, passage by passage, sentences as the original; a translation file may put each sentence on a
// line of its own, and then the lines are the sentences.
//
// ## Fact
//
//   - id: japan-gdp                   # required, [a-z0-9-]+, unique over all files
//     topic: economy                  # required, [a-z0-9-]+
//     subject: japan                  # required, id of a concept
//     relation: gdp                   # required, id of a concept
//     object: ottawa                  # optional, id of a concept
//     as_of: 2023                     # optional; a year, a year-month or a day
//     label: {en: Japan's GDP, fr: PIB du Japon, ja: 日本のGDP}   # required, all three
//     quantity: {number: 5.7e12, unit: dollars, currency: CAD}    # exactly one value, see below
//     answer: {en: ..., fr: ..., ja: ...}  # optional for date, quantity, rank: derived from the value; all three or none
//     asks: {en: [...], fr: [...], ja: [...]}                     # other ways people ask for it
//     evidence:                       # at least one
//   - document: canada-japan-relations
//     quote: gross domestic product of $5.7 trillion (2023)   # word for word within one sentence
//     words: $5.7 trillion        # word for word within the quote: states the value
//
// The value is one of
//
//	date: 1929-05-21                  # or 2022-10 or 1976
//	quantity: {number: 600000, unit: people, bound: about}        # bound: at-least or about; currency for money
//	rank: {place: 4, among: national economies}
//	name: {kind: organisation, en: ..., fr: ..., ja: ...}         # kind: person, organisation, place or thing
//	list: [{en: ..., fr: ..., ja: ...}, ...]
//	definition: {en: ..., fr: ..., ja: ...}
//	reason: {en: ..., fr: ..., ja: ...}
//	statement: {en: ..., fr: ..., ja: ...}
//
// The value must be in its evidence: a date's year, a quantity's number and a rank's ordinal must be readable in the words;
// the English text of a name, definition, reason or statement must be the words; each English item of a list must occur in
// the quote. The quote finds its sentence, in which it must occur exactly once over the document, or the entry adds
// sentence: N (the sentence's place in its document, from 1).
//
// ## Concept
//
//   - id: export                      # required, [a-z0-9-]+, unique over all files
//     kind: action                    # required, see Concept.Kind
//     en: [export, exports, sell abroad, ship to]
//     fr: [exportation, exporter, vendre à]
//     ja: [輸出, 輸出する, yushutsu]
//     broader: [trade]                # optional
//     opposite: import                # optional
//
// ## Labelled questions
//
// asks/*.jsonl holds {"document": "...", "sentence": "...", "asks": {"en": [...], "fr": [...], "ja": [...]}} a line;
// near-misses/*.jsonl holds {"lang", "question", "misses", "near", "lacking", "document"} a line.
package corpus
