package index

import (
	"errors"
	"iter"
	"os"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2"

	"kaede/corpus"
)

// Index is one version of the corpus, ready to be searched. It is safe for use by many goroutines.
type Index struct {
	corpus  *corpus.Corpus
	bleve   bleve.Index
	temp    string // directory to remove at Close; empty if the index is not ours
	lexicon *lexicon

	documents        map[string]int // place of each id in Corpus.Documents
	first            []int          // by passage, its first sentence; one more at the end
	texts            []*space       // by language: for each passage its heading, then its sentences
	asked            []*space       // by language: labelled questions, then facts
	sentenceConcepts lists
	questionConcepts lists // of labelled questions, then facts
	conceptDF        []uint32
	questionDF       []uint32
	factAsks         []factAsk
	questions        int // labelled ones
	choices          []choice
	scratch          sync.Pool // *scratch
}

// lists are many short sorted lists in one slice.
type lists struct {
	items  []uint32
	bounds []uint32
}

func (l *lists) add(items []uint32) {
	if l.bounds == nil {
		l.bounds = []uint32{0}
	}
	slices.Sort(items)
	l.items = append(l.items, slices.Compact(items)...)
	l.bounds = append(l.bounds, uint32(len(l.items)))
}

func (l *lists) of(i int) []uint32 { return l.items[l.bounds[i]:l.bounds[i+1]] }

func (l *lists) count(n int) []uint32 {
	df := make([]uint32, n)
	for _, i := range l.items {
		df[i]++
	}
	return df
}

type factAsk struct {
	lang corpus.Lang
	text string
	fact *corpus.Fact
}

// Question is one labelled question: exactly one of Sentence, Fact and NearMiss is set, and says what it was written for.
type Question struct {
	Lang     corpus.Lang
	Text     string
	Sentence *corpus.Sentence
	Fact     *corpus.Fact
	NearMiss *corpus.NearMiss
}

// Questions gives the number of labelled questions.
func (x *Index) Questions() int { return x.questions }

// Question gives a labelled question by its ordinal: the corpus's Asks, its NearMisses, then the facts' own asks.
func (x *Index) Question(n int) Question {
	c := x.corpus
	if n < len(c.Asks) {
		a := &c.Asks[n]
		return Question{Lang: a.Lang, Text: a.Text, Sentence: a.Sentence}
	}
	if n -= len(c.Asks); n < len(c.NearMisses) {
		m := &c.NearMisses[n]
		return Question{Lang: m.Lang, Text: m.Text, NearMiss: m}
	}
	a := x.factAsks[n-len(c.NearMisses)]
	return Question{Lang: a.lang, Text: a.text, Fact: a.fact}
}

// document gives the document for which the question was written; nil if none.
func (q Question) document() *corpus.Document {
	switch {
	case q.Sentence != nil:
		return q.Sentence.Passage.Document
	case q.NearMiss != nil:
		return q.NearMiss.Document
	case len(q.Fact.Evidence) > 0:
		return q.Fact.Evidence[0].Sentence.Passage.Document
	}
	return nil
}

// Corpus gives the corpus that is indexed.
func (x *Index) Corpus() *corpus.Corpus { return x.corpus }

// Close ends the index, and removes it if it was temporary. Searches must have ended; see Live.
func (x *Index) Close() error {
	err := x.bleve.Close()
	if x.temp != "" {
		err = errors.Join(err, os.RemoveAll(x.temp))
	}
	return err
}

// Known tells in how many sentences and labelled questions a word stands just so, apart from case and accents.
func (x *Index) Known(lang corpus.Lang, word string) int {
	n := 0
	w := normalize(lang, word, true)
	for _, spaces := range [][]*space{x.texts, x.asked} {
		for _, s := range spaces {
			if s.lang != lang {
				continue
			}
			if f, ok := s.forms[w.form]; ok {
				n += int(s.info[f].df)
			}
		}
	}
	return n
}

// Vocabulary gives the folded words of the sentences and labelled questions of a language, each with the number of those
// in which it stands. A word of both may come twice.
func (x *Index) Vocabulary(lang corpus.Lang) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for _, spaces := range [][]*space{x.texts, x.asked} {
			for _, s := range spaces {
				if s.lang != lang {
					continue
				}
				for _, f := range s.order {
					if !yield(s.info[f].text, int(s.info[f].df)) {
						return
					}
				}
			}
		}
	}
}

// unitsOf gives the units of a passage in x.texts: its heading, then its sentences.
func (x *Index) unitsOf(passage int) (lo, hi int) {
	return x.first[passage] + passage, x.first[passage+1] + passage + 1
}

// newForward analyses the corpus: all of the index but Bleve's part.
func newForward(c *corpus.Corpus) *Index {
	x := &Index{corpus: c, lexicon: newLexicon(c.Concepts), documents: make(map[string]int, len(c.Documents))}
	for i, d := range c.Documents {
		x.documents[d.ID] = i
	}
	for _, f := range c.Facts {
		for _, lang := range corpus.Langs() {
			for _, text := range f.Asks[lang] {
				x.factAsks = append(x.factAsks, factAsk{lang, text, f})
			}
		}
	}
	x.questions = len(c.Asks) + len(c.NearMisses) + len(x.factAsks)
	x.first = []int{0}
	for i, p := range c.Passages {
		x.first = append(x.first, x.first[i]+len(p.Sentences))
	}
	// The two halves share nothing but the lexicon, which is read only.
	var wait sync.WaitGroup
	wait.Go(x.indexTexts)
	x.indexQuestions()
	wait.Wait()
	x.choices = newChoices(c)
	x.scratch.New = func() any { return newScratch(x) }
	return x
}

func (x *Index) indexTexts() {
	for _, lang := range corpus.Langs() {
		b := newSpace(lang)
		for _, p := range x.corpus.Passages {
			if p.Document.Lang == lang {
				b.add(false, p.Document.Title, p.Heading)
			} else {
				b.add(false, p.Headings[lang])
			}
			for _, s := range p.Sentences {
				if p.Document.Lang == lang {
					b.add(true, s.Text)
				} else {
					b.add(true, s.Translation[lang])
				}
			}
			b.close()
		}
		if s := b.finish(); s.units > 0 {
			x.texts = append(x.texts, s)
		}
	}
	for _, s := range x.corpus.Sentences {
		concepts := x.conceptsOf(nil, s.Passage.Document.Lang, s.Text)
		for lang, text := range s.Translation {
			concepts = x.conceptsOf(concepts, lang, text)
		}
		x.sentenceConcepts.add(concepts)
	}
	x.conceptDF = x.sentenceConcepts.count(len(x.corpus.Concepts))
}

func (x *Index) indexQuestions() {
	for _, lang := range corpus.Langs() {
		b := newSpace(lang)
		for n := range x.questions {
			if q := x.Question(n); q.Lang == lang {
				b.add(true, q.Text)
			} else {
				b.add(true)
			}
			b.close()
		}
		for _, f := range x.corpus.Facts {
			b.add(true, factTexts(f, lang)...)
			b.close()
		}
		if s := b.finish(); s.units > 0 {
			x.asked = append(x.asked, s)
		}
	}
	for n := range x.questions {
		q := x.Question(n)
		x.questionConcepts.add(x.conceptsOf(nil, q.Lang, q.Text))
	}
	for _, f := range x.corpus.Facts {
		var concepts []uint32
		for _, id := range []string{f.Subject, f.Relation, f.Object} {
			if c, ok := x.lexicon.numbers[id]; ok {
				concepts = x.wider(concepts, c)
			}
		}
		for _, lang := range corpus.Langs() {
			concepts = x.conceptsOf(concepts, lang, f.Label[lang])
		}
		x.questionConcepts.add(concepts)
	}
	x.questionDF = x.questionConcepts.count(len(x.corpus.Concepts))
}

// factTexts gives the words by which a fact is found: its label and its short answer.
func factTexts(f *corpus.Fact, lang corpus.Lang) []string {
	texts := []string{f.Label[lang], f.Answer[lang]}
	if len(f.Evidence) > 0 && lang == f.Evidence[0].Sentence.Passage.Document.Lang {
		texts = append(texts, f.Evidence[0].Words)
	}
	return texts
}

// conceptsOf appends the concepts of a text, and the wider ones.
func (x *Index) conceptsOf(list []uint32, lang corpus.Lang, text string) []uint32 {
	x.lexicon.find(lang, text, nil, func(c uint32, _, _ int) { list = x.wider(list, c) })
	return list
}

// wider appends a concept and those wider than it.
func (x *Index) wider(list []uint32, concept uint32) []uint32 {
	if slices.Contains(list, concept) {
		return list
	}
	list = append(list, concept)
	for _, id := range x.lexicon.concepts[concept].Broader {
		if c, ok := x.lexicon.numbers[id]; ok {
			list = x.wider(list, c)
		}
	}
	return list
}

// pick gives the space of a language, or nil.
func pick(spaces []*space, lang corpus.Lang) *space {
	for _, s := range spaces {
		if s.lang == lang {
			return s
		}
	}
	return nil
}
