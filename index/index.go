package index

import (
	"context"
	"errors"
	"iter"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"

	"kaede/corpus"
)

// Index is one version of the corpus, ready to be searched. It is safe for use by many goroutines.
type Index struct {
	corpus  *corpus.Corpus
	lexicon *lexicon

	bleve  bleve.Index
	failed error              // why there is none
	ready  chan struct{}      // closed when one of them is set
	stop   context.CancelFunc // of the building; nil if the index is not ours
	temp   string             // directory to remove at Close; empty if the index is not ours

	documents        map[string]int // place of each id in Corpus.Documents
	first            []int          // by passage, its first sentence; one more at the end
	words            []*vocabulary  // by place in corpus.Langs
	texts            []*space       // by language: for each passage its heading, then its sentences
	asked            *vectors
	sentenceConcepts lists
	conceptDF        []uint32 // in how many sentences each concept stands
	factAsks         []int    // by fact, how many labelled questions those before it have; one more at the end
	questions        int      // labelled ones
	choices          choices
	scratch          sync.Pool // *scratch
}

// Question is one labelled question. What it was written for is set: a sentence, a fact, a fact of a sentence, or a near miss.
type Question struct {
	Lang     corpus.Lang
	Text     string
	Sentence *corpus.Sentence
	Fact     *corpus.Fact
	NearMiss *corpus.NearMiss
}

// Questions gives the number of labelled questions.
func (x *Index) Questions() int { return x.questions }

// Question gives a labelled question by its ordinal: the corpus's Asks, its NearMisses, then the facts' labels and own asks, for a
// fact's label is what is typed to look it up.
func (x *Index) Question(n int) Question {
	c := x.corpus
	if n < len(c.Asks) {
		a := &c.Asks[n]
		return Question{Lang: a.Lang, Text: a.Text, Sentence: a.Sentence, Fact: a.Fact}
	}
	if n -= len(c.Asks); n < len(c.NearMisses) {
		m := &c.NearMisses[n]
		return Question{Lang: m.Lang, Text: m.Text, NearMiss: m}
	}
	n -= len(c.NearMisses)
	i, first := slices.BinarySearch(x.factAsks, n)
	if !first {
		i--
	}
	f := c.Facts[i]
	n -= x.factAsks[i]
	for _, lang := range corpus.Langs() {
		asks := f.Asks[lang]
		switch {
		case n == 0:
			return Question{Lang: lang, Text: f.Label[lang], Fact: f}
		case n <= len(asks):
			return Question{Lang: lang, Text: asks[n-1], Fact: f}
		}
		n -= 1 + len(asks)
	}
	panic("no such labelled question")
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
	if x.stop != nil {
		x.stop()
	}
	<-x.ready
	var err error
	if x.failed == nil {
		err = x.bleve.Close()
	}
	if x.temp != "" {
		err = errors.Join(err, os.RemoveAll(x.temp))
	}
	return err
}

// wordsOf gives the vocabulary of a language.
func (x *Index) wordsOf(lang corpus.Lang) *vocabulary {
	if i := placeOf(lang); i >= 0 {
		return x.words[i]
	}
	return &vocabulary{}
}

// spacesOf gives the spaces of a language: of the texts, of the labelled questions.
func (x *Index) spacesOf(lang corpus.Lang) []*space {
	var of []*space
	for _, spaces := range [...][]*space{x.texts, x.asked.spaces} {
		for _, s := range spaces {
			if s.lang == lang {
				of = append(of, s)
			}
		}
	}
	return of
}

// Known tells in how many sentences and labelled questions a word stands just so, apart from case and accents.
func (x *Index) Known(lang corpus.Lang, word string) int {
	n := 0
	form := normalize(lang, word, true).form
	for _, s := range x.spacesOf(lang) {
		if f, ok := s.form(form); ok {
			n += int(s.df[f])
		}
	}
	return n
}

// Vocabulary gives the folded words of the sentences and labelled questions of a language, in order, each with the number of those
// in which it stands.
func (x *Index) Vocabulary(lang corpus.Lang) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		v, spaces := x.wordsOf(lang), x.spacesOf(lang)
		for f := range uint32(v.forms.len()) {
			n := 0
			for _, s := range spaces {
				n += int(s.df[f])
			}
			if !yield(v.forms.at(f), n) {
				return
			}
		}
	}
}

// Terms gives the number of terms of a language in sentences and labelled questions.
func (x *Index) Terms(lang corpus.Lang) int { return x.wordsOf(lang).terms.len() }

// Term gives the number of a term of a language, as Analyze gives it: from 0, below Terms.
func (x *Index) Term(lang corpus.Lang, term string) (int, bool) {
	t, ok := x.wordsOf(lang).terms.find(term)
	return int(t), ok
}

// TermText gives the term with that number.
func (x *Index) TermText(lang corpus.Lang, term int) string {
	return x.wordsOf(lang).terms.at(uint32(term))
}

// TermSentences tells in how many sentences the term with that number stands.
func (x *Index) TermSentences(lang corpus.Lang, term int) int {
	for _, s := range x.texts {
		if s.lang == lang {
			return int(s.termDF[term])
		}
	}
	return 0
}

// unitsOf gives the units of a passage in x.texts: its heading, then its sentences.
func (x *Index) unitsOf(passage int) (lo, hi int) {
	return x.first[passage] + passage, x.first[passage+1] + passage + 1
}

// newForward analyses the corpus: all of the index but Bleve's part.
func newForward(c *corpus.Corpus) *Index {
	x := &Index{corpus: c, ready: make(chan struct{}), documents: make(map[string]int, len(c.Documents))}
	for i, d := range c.Documents {
		x.documents[d.ID] = i
	}
	x.factAsks = make([]int, 1, len(c.Facts)+1)
	for i, f := range c.Facts {
		n := x.factAsks[i]
		for _, lang := range corpus.Langs() {
			n += 1 + len(f.Asks[lang])
		}
		x.factAsks = append(x.factAsks, n)
	}
	x.questions = len(c.Asks) + len(c.NearMisses) + x.factAsks[len(c.Facts)]
	x.first = []int{0}
	for i, p := range c.Passages {
		x.first = append(x.first, x.first[i]+len(p.Sentences))
	}
	x.lexicon = newLexicon(c.Concepts)
	langs := corpus.Langs()
	x.words, x.texts = make([]*vocabulary, len(langs)), make([]*space, len(langs))
	asked := make([]*space, len(langs))
	tasks := []func(){
		func() { x.lexicon.growWords(corpus.English, corpus.English) },
		func() { x.lexicon.growWords(corpus.French, corpus.French, corpus.English) },
		x.lexicon.growSigns,
		func() { x.choices = newChoices(c) },
	}
	for i, lang := range langs {
		tasks = append(tasks, func() { x.words[i], x.texts[i], asked[i] = x.read(lang) })
	}
	slices.Reverse(tasks) // the longest first
	together(tasks)
	empty := func(s *space) bool { return s.units == 0 }
	x.texts, asked = slices.DeleteFunc(x.texts, empty), slices.DeleteFunc(asked, empty)
	x.findInTexts()
	x.asked = newVectors(asked, x.findInQuestions(asked), len(c.Concepts), x.questions)
	x.scratch.New = func() any { return newScratch(x) }
	return x
}

// read makes the vocabulary of a language, and the spaces of its texts and labelled questions.
func (x *Index) read(lang corpus.Lang) (v *vocabulary, texts, asked *space) {
	words := newNumbering(lang)
	t, q := newSpace(words), newSpace(words)
	x.readTexts(t)
	x.readQuestions(q)
	v, forms, terms := words.finish()
	return v, t.finish(v, forms, terms), q.finish(v, forms, terms)
}

// AtOnce calls do with each number below n, on as many goroutines as there are processors. A program that lets Go run more threads than that
// keeps some for what must not wait, such as questions during a refresh.
func AtOnce(n int, do func(i int)) {
	step := max(1, min(64, n/(8*runtime.NumCPU()))) // numbers that a goroutine takes at a time
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.NumCPU() {
		wait.Go(func() {
			for {
				end := int(next.Add(int64(step)))
				for i := end - step; i < min(end, n); i++ {
					do(i)
				}
				if end >= n {
					return
				}
			}
		})
	}
	wait.Wait()
}

// together does several things as AtOnce does: no more of them at a time than there are processors, lest a question wait for one during a refresh.
func together(tasks []func()) {
	AtOnce(len(tasks), func(i int) { tasks[i]() })
}

// eachOf gives what find gives for each of n, which it looks for at once.
func eachOf(n int, find func(i int) []uint32) lists {
	found := make([][]uint32, n)
	AtOnce(n, func(i int) { found[i] = find(i) })
	total := 0
	for _, items := range found {
		total += len(items)
	}
	all := newLists(n, total)
	for _, items := range found {
		all.add(items)
	}
	return all
}

func (x *Index) readTexts(b *spaceBuilder) {
	for _, p := range x.corpus.Passages {
		if p.Document.Lang == b.words.lang {
			b.add(false, p.Document.Title, p.Heading)
		} else {
			b.add(false, p.Headings[b.words.lang])
		}
		for _, s := range p.Sentences {
			b.add(true, sentenceText(s, b.words.lang))
		}
		b.close()
	}
}

// findInTexts finds the concepts of the sentences.
func (x *Index) findInTexts() {
	units := make([]int, len(x.corpus.Sentences))
	for i, p := range x.corpus.Passages {
		lo, _ := x.unitsOf(i)
		for k, s := range p.Sentences {
			units[s.N] = lo + 1 + k
		}
	}
	finder := x.newFinder(x.texts)
	x.sentenceConcepts = eachOf(len(units), func(n int) (concepts []uint32) {
		for i, space := range x.texts {
			concepts = finder.concepts(concepts, i, units[n], sentenceText(x.corpus.Sentences[n], space.lang))
		}
		return concepts
	})
	x.conceptDF = make([]uint32, len(x.corpus.Concepts))
	for _, c := range x.sentenceConcepts.items {
		x.conceptDF[c]++
	}
}

// sentenceText gives a sentence in a language; empty if there is none.
func sentenceText(s *corpus.Sentence, lang corpus.Lang) string {
	if s.Passage.Document.Lang == lang {
		return s.Text
	}
	return s.Translation[lang]
}

func (x *Index) readQuestions(b *spaceBuilder) {
	for n := range x.questions {
		if q := x.Question(n); q.Lang == b.words.lang {
			b.add(true, q.Text)
		} else {
			b.add(true)
		}
		b.close()
	}
}

// findInQuestions finds the concepts of the labelled questions.
func (x *Index) findInQuestions(spaces []*space) lists {
	finder := x.newFinder(spaces)
	return eachOf(x.questions, func(n int) (concepts []uint32) {
		q := x.Question(n)
		for i, space := range spaces {
			if space.lang == q.Lang {
				concepts = finder.concepts(nil, i, n, q.Text)
			}
		}
		return concepts
	})
}

// finder finds concepts in units of spaces, whose terms are numbered already.
type finder struct {
	index   *Index
	spaces  []*space
	symbols [][]uint32 // by place in spaces and term; nil where there is no trie of words
}

func (x *Index) newFinder(spaces []*space) finder {
	f := finder{x, spaces, make([][]uint32, len(spaces))}
	for i, s := range spaces {
		if t := x.lexicon.words[s.lang]; t != nil {
			f.symbols[i] = make([]uint32, s.terms.len())
			for term := range f.symbols[i] {
				f.symbols[i][term] = t.symbol(s.terms.at(uint32(term)))
			}
		}
	}
	return f
}

// concepts appends the concepts of a unit, of which text is the raw text, and the wider ones.
func (f *finder) concepts(list []uint32, place, unit int, text string) []uint32 {
	x, s := f.index, f.spaces[place]
	if len(x.lexicon.concepts) == 0 {
		return list
	}
	add := func(c uint32, _, _ int) { list = x.lexicon.wider(list, c) }
	if x.lexicon.findJapanese(s.lang, text, add) {
		tokens := s.unit(unit)
		symbols := make([]uint32, len(tokens))
		for i, t := range tokens {
			symbols[i] = f.symbols[place][s.info[t&^capital].term]
		}
		x.lexicon.words[s.lang].find(symbols, add)
	}
	return list
}
