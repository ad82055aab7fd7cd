package corpus

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Lang is a language in which Kaede reads and answers.
type Lang string

// The three languages.
const (
	English  Lang = "en"
	French   Lang = "fr"
	Japanese Lang = "ja"
)

// Langs returns the three languages, English first.
func Langs() [3]Lang { return [3]Lang{English, French, Japanese} }

// Text is the same words in several languages.
type Text map[Lang]string

// In returns the words in l, or in English where l has none.
func (t Text) In(l Lang) string {
	if s := t[l]; s != "" {
		return s
	}
	return t[English]
}

// Date is a calendar date. A zero Month or Day is not known; a zero Year makes the date unknown.
type Date struct{ Year, Month, Day int }

// IsZero reports whether the date is unknown.
func (d Date) IsZero() bool { return d.Year == 0 }

// String gives the date as every reader of the three languages reads it, such as 2023-05; empty if it is unknown.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Compare orders dates: by their beginning, and a longer one before the shorter ones that begin with it.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports whether d is over before e begins, as far as both are known: 2019 is before 2020-05, not before 2019-05.
func (d Date) Before(e Date) bool {
	switch {
	case d.Year != e.Year:
		return d.Year < e.Year
	case d.Month == 0 || e.Month == 0 || d.Month != e.Month:
		return d.Month != 0 && d.Month < e.Month
	}
	return d.Day != 0 && d.Day < e.Day
}

// Corpus is one checked state of everything that Kaede knows. It is immutable once loaded and
// therefore safe to read from many goroutines.
type Corpus struct {
	Documents  []*Document // in the order of their file names; translations are not among them
	Passages   []*Passage  // of all documents, in order
	Sentences  []*Sentence // of all documents, in order; Sentences[i].N == i
	Facts      []*Fact     // in the order of their files; Facts[i].N == i
	Concepts   []*Concept  // the lexicon, in the order of its files
	Asks       []Ask       // other ways people ask for a sentence
	NearMisses []NearMiss  // questions that look answerable and are not
	Sources    []*Source   // what briefs rest on, in the order of sources.yaml
	Golden     []Golden    // questions with the answers that they must have
	Coverage   []Coverage  // what became of each fact that was collected
	Digest     string      // SHA-256 in hexadecimal over every file's name and content

	documents map[string]*Document
	facts     map[string]*Fact
	concepts  map[string]*Concept
	sources   map[string]*Source
}

// Document returns the document with that id.
func (c *Corpus) Document(id string) (*Document, bool) { d, ok := c.documents[id]; return d, ok }

// Fact returns the fact with that id.
func (c *Corpus) Fact(id string) (*Fact, bool) { f, ok := c.facts[id]; return f, ok }

// Sentence returns the sentence with that ID, as Sentence.ID gives it.
func (c *Corpus) Sentence(id string) (*Sentence, bool) {
	i := strings.LastIndexByte(id, '/') // the id of a plain document is its path
	if i < 0 {
		return nil, false
	}
	d, ok := c.documents[id[:i]]
	n, err := strconv.Atoi(id[i+1:])
	if !ok || err != nil || n < 1 {
		return nil, false
	}
	for _, p := range d.Passages {
		if n <= len(p.Sentences) {
			return p.Sentences[n-1], true
		}
		n -= len(p.Sentences)
	}
	return nil, false
}

// Concept returns the lexicon's concept with that id.
func (c *Corpus) Concept(id string) (*Concept, bool) { k, ok := c.concepts[id]; return k, ok }

// Source is a publication that was read to write a brief. It is not held itself.
type Source struct {
	ID        string
	Title     string
	Publisher string
	URL       string // empty where the address is not known
	Seen      Date   // when its copy was read
	Published Date   // zero if not known
	Kind      string // official, press, academic or reference
	Side      string // canada, japan, joint or third-party
}

// Document is one text by one publisher. In a brief, a text of our own, each sentence has its sources.
type Document struct {
	ID        string
	Title     string
	Publisher string
	URL       string // empty where the address is not known
	Lang      Lang
	Published Date
	Retrieved Date
	FiguresTo int    // the last year its figures cover; 0 if not stated
	Side      string // whose view it gives: canada, japan, joint or third-party; empty if not stated
	Kind      string // official, press or academic; empty if not stated
	Licence   string
	Brief     bool   // a text of our own, whose Kind and Side are those of its sentences' sources
	Note      string // what a reader of the text must know, such as where the copy breaks off
	File      string // path inside the corpus
	Passages  []*Passage
	// Translators' notes by language, for the languages into which the document is translated.
	Translations map[Lang]string
}

// Passage is one paragraph.
type Passage struct {
	N         int // place in Corpus.Passages
	Document  *Document
	Heading   string // nearest heading above it, without its marks; empty if none
	Headings  Text   // the heading in every language that has it
	Text      string // the paragraph, its lines joined
	Sentences []*Sentence
}

// Sentence is the smallest thing that Kaede quotes.
type Sentence struct {
	N           int // place in Corpus.Sentences
	Passage     *Passage
	Place       int       // place in its document, from 1
	Text        string    // exact substring of Passage.Text
	Start       int       // byte offset of Text in Passage.Text
	Translation Text      // unofficial, aligned; nil where there is none
	Broken      bool      // the copy breaks off in it, so that what it announces is missing
	Sources     []*Source // what a sentence of a brief rests on, at least one; nil elsewhere
}

// ID names the sentence within its corpus version: the document's id and the sentence's place in it.
func (s *Sentence) ID() string {
	return s.Passage.Document.ID + "/" + strconv.Itoa(s.Place)
}

// From gives what the sentence is from, at least one: the sources of a brief's sentence, or else its document as a source. The first
// is the main one.
func (s *Sentence) From() []*Source {
	if len(s.Sources) > 0 {
		return s.Sources
	}
	d := s.Passage.Document
	return []*Source{{ID: d.ID, Title: d.Title, Publisher: d.Publisher, URL: d.URL, Seen: d.Retrieved, Published: d.Published, Kind: d.Kind, Side: d.Side}}
}

// Ask is one other way in which people ask for what a sentence states. Asks widen what is found; they
// never decide.
type Ask struct {
	Lang     Lang
	Text     string
	Sentence *Sentence
	Fact     *Fact // the fact of the sentence that is asked for; nil where it is no single one
}

// NearMiss is one question that the document does not answer, although most look as if it did.
type NearMiss struct {
	Lang     Lang
	Text     string
	Misses   string    // year, side, entity, attribute, granularity, false-premise, future, superlative, wider, off-topic, chit-chat or injection
	Near     *Sentence // the sentence that it comes near to; nil if none
	Document *Document // the document that does not state it; nil where none in the world would
}

// Golden is a question with the answer that it must have. A refresh must not lose one.
type Golden struct {
	Lang     Lang
	Question string
	History  []string  // earlier questions of the conversation
	Answer   []string  // accepted short answers: one of them must be in the reply
	All      []string  // each of these must be in the reply
	Document *Document // on which the reply must rest; nil for any
	Refuse   bool      // the reply must be that the sources don't say
}

// Coverage says what became of one fact that was collected for the corpus.
type Coverage struct {
	ID        string
	Sentences []*Sentence // that state it
	LeftOut   string      // why none does; empty if one does
}

// Concept is one thing or notion, with its names and synonyms in each language: a treaty, an office, a
// person, a place, a trade word. It lets "ship to", "vendre au" and 輸出 meet.
type Concept struct {
	ID       string
	Kind     string            // country, place, person, organisation, treaty, office, event, programme, group, thing, action, quality, quantity, time, question
	Names    map[Lang][]string // the first of each language is the preferred one; rōmaji stand under ja
	Broader  []string          // ids of wider concepts: a question on the wider one may be met by this one
	Opposite string            // id of the concept it must not be taken for, such as import for export
}
