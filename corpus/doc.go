// Package corpus is what Kaede knows: documents, typed facts, a lexicon, labelled questions; their
// checks; and their versions on disk. It has never heard of Bleve, of questions asked or of Discord.
//
// Load reads a corpus from any fs.FS: the one that ships (Shipped), a directory (OpenDir), or one in memory. It returns
// a whole corpus or a *CheckError that lists every problem with its file and line, never half of one. It blocks only on
// the file system, opens nothing but regular files, and reads no more than MaxFiles, MaxFileBytes and MaxBytes allow. A Corpus does
// not change and may be read from many goroutines; whoever has a pointer into it must not write there.
//
// Store keeps versions on disk, for many goroutines and processes at once; see there. Compare tells what a new version
// changed.
//
// # The format of a corpus directory
//
//	documents/*.md            texts: Markdown with YAML front matter
//	documents/NAME.fr.md      the translation of NAME.md into French, aligned sentence by sentence (.ja.md alike)
//	facts/*.yaml              typed facts
//	lexicon/*.yaml            concepts with their names in three languages
//	asks/*.jsonl              other ways in which people ask for a sentence
//	near-misses/*.jsonl       questions that look answerable and are not
//	sources.yaml              what the briefs rest on
//	golden.yaml               questions with the answers that they must have
//	coverage.yaml             what became of each fact that was collected
//
// Every file is UTF-8. Hidden files are ignored everywhere, as are README.md and *.schema.json beside
// the folders; any other file or folder is a problem. A symbolic link must lead to a file inside the directory.
//
// A directory that has none of these folders is a plain corpus: each .md or .txt file below it is a document (id: its path
// without the extension, title: its first heading or its file name, language: guessed from the text), and other files are
// ignored. Front matter may be left out there, as may each of its keys.
//
// # Document
//
//	---
//	id: canada-japan-relations        # required, [a-z0-9-]+
//	title: Canada-Japan relations     # required
//	publisher: Global Affairs Canada  # required
//	language: en                      # required: en, fr or ja
//	url: https://...                  # optional, https or http
//	published: 2023-05-01             # optional; a year, a year and month, or a day
//	retrieved: 2026-11-23             # optional
//	figures_to: 2023                  # optional, the last year its figures cover
//	side: canada                      # optional: canada, japan, joint or third-party
//	kind: official                    # optional: official, press or academic
//	licence: ...                      # optional
//	brief: true                       # optional: a text of our own, see Brief; without side and kind
//	note: ...                         # optional
//	---
//	## A heading
//
//	A paragraph is a passage, and so is an item of a list that begins with -, * or +. Its lines are joined by one
//	space, or by nothing between two Japanese characters; sentences are found by the segmenter.
//
// The last sentence of a document that ends in a colon or a comma is Broken: what it announces is not there.
//
// A translation's front matter has exactly translates (the id of the original), language and note. It has as many
// headings, passages and, passage by passage, sentences as the original; a translation file may put each sentence on a
// line of its own, and then the lines are the sentences.
//
// # Brief
//
// A brief is a document in our own words. Behind the full stop of each of its sentences stand markers that name its sources, which
// must be in sources.yaml; they are no part of the text. A marker ends its sentence whatever the segmenter thinks. Nothing else has
// markers: no heading, no other document, and no translation of a brief, which takes the sources of the original.
//
//	The treaty was signed on 18 September 1929. [^mofa-basic-data] It has lapsed. [^mofa-basic-data][^gac-treaties]
//
// # Source
//
//	# sources.yaml; each must be named by some marker
//	- id: mofa-basic-data             # required, [a-z0-9-]+, unique
//	  title: Japan-Canada Relations   # required
//	  publisher: Ministry of Foreign Affairs of Japan   # required
//	  seen: 2026-11                   # required: when its copy was read
//	  kind: official                  # required: official, press, academic or reference (encyclopaedias, chambers)
//	  side: japan                     # required: canada, japan, joint or third-party
//	  url: https://...                # optional, https or http, where the address is known
//	  published: 2016-09              # optional
//
// # Fact
//
//	# facts/economy.yaml
//	- id: japan-gdp                   # required, [a-z0-9-]+, unique over all files
//	  topic: economy                  # required, [a-z0-9-]+
//	  subject: japan                  # required, id of a concept
//	  relation: gdp                   # required, id of a concept
//	  object: ottawa                  # optional, id of a concept
//	  as_of: 2023                     # optional; a year, a year-month or a day
//	  label: {en: Japan's GDP, fr: PIB du Japon, ja: 日本のGDP}   # required, all three
//	  quantity: {number: 5.7e12, unit: dollars, currency: CAD}    # exactly one value, see below
//	  answer: {en: ..., fr: ..., ja: ...}  # optional, all three or none: otherwise worded from the value
//	  asks: {en: [...], fr: [...], ja: [...]}                     # optional: other ways people ask for it
//	  evidence:                       # at least one
//	    - document: canada-japan-relations
//	      quote: gross domestic product of $5.7 trillion (2023)   # word for word within one sentence
//	      words: $5.7 trillion        # word for word within the quote: states the value
//	      sentence: 31                # optional: the sentence's place in its document, from 1
//	  side: canada                    # optional, whose figure it is; otherwise that of the first evidence's source
//	  review_by: 2027-06              # optional, where it ages: when somebody should look again
//	  from: 1929-07                   # optional, as to: a term of office, a treaty in force
//	  to: 1936
//	  participants: [canada, japan]   # optional, ids of concepts: who took part in an event
//	  supersedes: [older-fact]        # optional, ids of facts that it overtakes, in no circle
//	  supersedes_sentence: canada-japan-relations/55   # optional, one or a list of sentences that it overtakes
//
// The value is one of
//
//	date: 1929-05-21                  # or 2022-10 or 1976
//	quantity: {number: 600000, unit: people, bound: about}        # bound: at-least or about; currency for money
//	series: {unit: dollars, currency: CAD, points: [{at: 2019, number: 12.6e9}, {at: 2021, number: 14.4e9}]}
//	rank: {place: 4, among: national economies}
//	name: {kind: organisation, en: ..., fr: ..., ja: ...}         # kind: person, organisation, place or thing
//	list: [{en: ..., fr: ..., ja: ...}, ...]
//	definition: {en: ..., fr: ..., ja: ...}
//	reason: {en: ..., fr: ..., ja: ...}
//	statement: {en: ..., fr: ..., ja: ...}
//
// The value must be in its evidence. In the words must be readable: a date's year, a quantity's number, in digits or in
// letters ("5.7 trillion", "six", 5兆7000億), and a rank's ordinal, a bare superlative being the first; a date's month and day at
// least in the quote. Each point of a series has its number in the words and its date in the quote of one of its evidence, and each
// evidence has one of the points. The years of from and to must stand in a sentence of the evidence. The text of a name, definition, reason or statement in the document's language must be the
// words, and each item of a list must occur in the quote; white space of any width counts as the same there. The quote finds its
// sentence: it must occur exactly once over the document, or the entry adds sentence: N.
//
// # Concept
//
//	# lexicon/trade.yaml
//	- id: export                      # required, [a-z0-9-]+, unique over all files
//	  kind: action                    # required, see Concept.Kind
//	  en: [export, exports, sell abroad, ship to]   # required, as are fr and ja
//	  fr: [exportation, exporter, vendre à]
//	  ja: [輸出, 輸出する, yushutsu]
//	  broader: [trade]                # optional, and in no circle
//	  opposite: import                # optional
//
// # Labelled questions
//
// Each line of asks/*.jsonl and near-misses/*.jsonl is one JSON object:
//
//	{"document": "...", "sentence": "...", "fact": "...", "asks": {"en": [...], "fr": [...], "ja": [...]}}
//	{"lang": "en", "question": "...", "misses": "year", "near": "...", "lacking": "...", "document": "..."}
//
// sentence and near are whole sentences of the document, word for word; near may be empty, and document too where near is.
// fact is optional: the id of the one fact that the asks want, which has evidence in the sentence.
//
// # Golden questions
//
//	# golden.yaml
//	- lang: en                        # required: en, fr or ja
//	  question: When did Canada open its mission in Tokyo?   # required, each once
//	  history: [...]                  # optional: earlier questions of the conversation
//	  answer: 1929                    # one accepted short answer, or a list of accepted ones
//	  all: [May, 1929]                # what must all be in the reply
//	  document: canada-japan-relations   # optional: on which the reply must rest
//	- {lang: en, question: "Who will win?", refuse: true}      # instead of answer, all and document
//
// # Coverage
//
//	# coverage.yaml: the id of a collected fact, and the sentence or sentences that state it, or why none does
//	tokyo-third-legation: diplomatic-history/7
//	some-rumour: {left_out: only one source, which gives no date}
package corpus
