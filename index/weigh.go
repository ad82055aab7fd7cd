package index

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"unicode/utf8"

	"kaede/corpus"
)

// Signals say how a sentence answers a query, each by itself. Rarity is inverse document frequency; a share is a share of the
// rarity of all words of the query that are not stop words. Signals can be compared between queries and corpora.
type Signals struct {
	Passage  float64 // BM25 of the passage with its title and heading, over the rarity of the query
	Document float64 // the same of the best other passage of the document
	Sentence float64 // BM25 of the sentence
	Coverage float64 // share of the words that stand in the sentence
	Form     float64 // share of those that stand in it in the very form of the query
	Phrase   float64 // share of the pairs of neighbouring words that are neighbours there too
	Prefix   float64 // share of the words missing for which it has one with the same first five letters
	Title    float64 // share of the words that stand in the title or heading
	Both     float64 // share of those that stand in the sentence as well
	Before   float64 // share of the words missing that stand in the sentence before
	After    float64 // share of the words missing that stand in the sentence after
	Stops    float64 // part of the query's stop words that stand in the sentence
	Kind     float64 // 1 if it holds the kind of thing asked for (a date, a number, a name), -1 if not, 0 if that is not known
	Length   float64 // logarithm of its length over the mean
	First    float64 // 1 for the first sentence of a passage
	Concepts float64 // share of the rarity of the query's concepts that the sentence holds
	Opposite float64 // 1 if it lacks a concept of the query and holds its opposite
}

// signals is how many there are.
const signals = 17

// list gives the signals in the order of their fields.
func (s *Signals) list() [signals]float64 {
	return [...]float64{s.Passage, s.Document, s.Sentence, s.Coverage, s.Form, s.Phrase, s.Prefix, s.Title, s.Both, s.Before, s.After,
		s.Stops, s.Kind, s.Length, s.First, s.Concepts, s.Opposite}
}

// classWeight weighs the rarity of a term by its class.
var classWeight = [classes]float64{wordClass: 1, pairClass: 1, signClass: .6, kanaClass: .3, kataClass: .3}

// BM25's constants: how soon a repeated word stops to count, and how much length does.
const (
	bm25K = .5
	bm25B = .4
)

// A mark says what a form is to the query: 0 nothing, else the number of a probe (or a stop word) plus
// one, and how it matches; by its first letters if nothing else.
type mark uint16

const (
	probeMask mark = 1<<7 - 1
	exactMark mark = 1 << 7
	stemMark  mark = 1 << 8
	stopMark  mark = 1 << 9
)

// scratch is the memory that a search needs, kept between queries.
type scratch struct {
	marks    [][]mark  // by place in Index.texts and form; all zero between queries
	products []float32 // by labelled question; all zero between queries
	list     []uint32  // of labelled questions
	hits     []SentenceHit
	order    []ranked
	tallies  []tally
}

// ranked is a hit's place among the hits: sorting moves it, and not all of its signals.
type ranked struct {
	score float64
	n, at int
}

func newScratch(x *Index) *scratch {
	s := &scratch{marks: make([][]mark, len(x.texts)), products: make([]float32, len(x.asked.norms))}
	for i, t := range x.texts {
		s.marks[i] = make([]mark, len(t.info))
	}
	return s
}

// probe is a distinct term of the query in a space.
type probe struct {
	rarity, groupRarity float64
	pair                float64 // rarity of the pair that it makes with the probe after it
}

// probes are the query in a space.
type probes struct {
	list        []probe
	rarity      float64 // of all probes
	groupRarity float64
	pairs       float64
	stops       int      // distinct stop words
	touched     []uint32 // forms that are marked
}

// prepare marks the forms of a space that matter to the query.
func (r *reading) prepare(s *space, marks []mark) *probes {
	tokens := r.tokens[s.lang]
	p := &probes{}
	numbers := map[string]int{}
	var kept []Token
	for _, t := range tokens {
		if !t.Stop {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		kept = tokens
	}
	set := func(f uint32, m mark) {
		if marks[f] == 0 {
			p.touched = append(p.touched, f)
			marks[f] = m
		} else if marks[f]&probeMask == m&probeMask {
			marks[f] |= m
		}
	}
	distinct(s, kept, numbers)
	p.list = make([]probe, len(numbers))
	for _, t := range tokens {
		if t.Stop && len(kept) < len(tokens) && p.stops < maxTerms {
			if f, ok := s.form(t.Term); ok && marks[f] == 0 {
				set(f, mark(p.stops+1)|stopMark)
				p.stops++
			}
		}
	}
	if s.lang != r.Lang { // what a text in another language cannot hold counts as missing
		for _, t := range r.tokens[r.Lang] {
			if !t.Stop && !slices.ContainsFunc(kept, func(k Token) bool { return k.Start < t.End && t.Start < k.End }) {
				w := classWeight[classOf(t.Term)]
				p.rarity += w * idf(0, s.units)
				p.groupRarity += w * idf(0, s.groups)
			}
		}
	}
	last := -1
	for _, t := range kept {
		n, ok := numbers[t.Term]
		if !ok {
			last = -1
			continue
		}
		b := &p.list[n]
		if b.rarity == 0 {
			m := mark(n + 1)
			id, known := s.term(t.Term)
			df, groupDF := uint32(0), uint32(0)
			if known {
				df, groupDF = s.termDF[id], s.groupDF[id]
				for _, f := range s.termForms[s.termStart[id]:s.termStart[id+1]] {
					set(f, m|stemMark)
				}
			}
			w := classWeight[classOf(t.Term)]
			b.rarity, b.groupRarity = w*idf(df, s.units), w*idf(groupDF, s.groups)
			p.rarity += b.rarity
			p.groupRarity += b.groupRarity
		}
		if f, ok := s.form(normalize(s.lang, t.Surface, false).form); ok && marks[f]&probeMask == mark(n+1) {
			marks[f] |= exactMark
		}
		if last >= 0 && n == last+1 && p.list[last].pair == 0 {
			p.list[last].pair = min(p.list[last].rarity, b.rarity)
			p.pairs += p.list[last].pair
		}
		last = n
	}
	for _, t := range kept {
		n, ok := numbers[t.Term]
		if !ok || classOf(t.Term) != wordClass {
			continue
		}
		if stem := cutPrefix(t.Term, 5); stem != "" {
			for f, end := s.prefixed(stem); f < end; f++ {
				set(f, mark(n+1))
			}
		}
	}
	return p
}

// distinct numbers the distinct terms in their order; of too many, the rarest.
func distinct(s *space, tokens []Token, numbers map[string]int) {
	var terms []string
	for _, t := range tokens {
		if _, ok := numbers[t.Term]; !ok {
			numbers[t.Term] = 0
			terms = append(terms, t.Term)
		}
	}
	if len(terms) > maxTerms {
		rare := slices.Clone(terms)
		df := func(t string) uint32 {
			if id, ok := s.term(t); ok {
				return s.termDF[id]
			}
			return 0
		}
		slices.SortStableFunc(rare, func(a, b string) int { return cmp.Compare(df(a), df(b)) })
		for _, t := range rare[maxTerms:] {
			delete(numbers, t)
		}
	}
	n := 0
	for _, t := range terms {
		if _, ok := numbers[t]; ok {
			numbers[t] = n
			n++
		}
	}
}

// cutPrefix gives the first n letters of a longer word, or nothing.
func cutPrefix(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	if n == 0 && utf8.RuneCountInString(s) > 0 {
		return s
	}
	return ""
}

// weigh weighs the sentences of passages and gives the best, in order.
func (r *reading) weigh(passages []int) []SentenceHit {
	x, k := r.index, r.scratch
	k.hits, k.order = k.hits[:0], k.order[:0]
	for i, s := range x.texts {
		if !slices.Contains(r.texts, s) {
			continue
		}
		start := len(k.hits)
		p := r.prepare(s, k.marks[i])
		for _, passage := range passages {
			r.weighPassage(s, p, k.marks[i], passage)
		}
		for _, f := range p.touched {
			k.marks[i][f] = 0
		}
		x.score(weighting[s.lang], k.hits[start:])
	}
	for at, h := range k.hits {
		k.order = append(k.order, ranked{h.Score, h.N, at})
	}
	slices.SortFunc(k.order, func(a, b ranked) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.n - b.n
	})
	best := make([]SentenceHit, 0, r.Limit)
	seen := make(map[int]bool, r.Limit) // each sentence once, in the language in which it is best
	for _, o := range k.order {
		if len(best) < r.Limit && !seen[o.n] {
			seen[o.n] = true
			best = append(best, k.hits[o.at])
		}
	}
	return best
}

// score adds what the documents' other passages say, and sums up. The hits of one passage follow each other.
func (x *Index) score(weights Signals, hits []SentenceHit) {
	w := weights.list()
	type two struct {
		passage      int // the best
		first, other float64
	}
	best := map[*corpus.Document]two{}
	for i, h := range hits {
		p := x.corpus.Sentences[h.N].Passage
		if i > 0 && x.corpus.Sentences[hits[i-1].N].Passage == p {
			continue
		}
		switch b, ok := best[p.Document]; {
		case !ok || h.Signals.Passage > b.first:
			best[p.Document] = two{p.N, h.Signals.Passage, b.first}
		case h.Signals.Passage > b.other:
			b.other = h.Signals.Passage
			best[p.Document] = b
		}
	}
	for i := range hits {
		h := &hits[i]
		p := x.corpus.Sentences[h.N].Passage
		b := best[p.Document]
		h.Signals.Document = b.first
		if b.passage == p.N {
			h.Signals.Document = b.other
		}
		for k, v := range h.Signals.list() {
			h.Score += w[k] * v
		}
	}
}

// tally is what one stretch of text holds of the query.
type tally struct {
	tf     [maxTerms]uint8
	exact  uint64 // probes found in their very form
	stems  uint64 // probes found
	prefix uint64 // probes of which the first letters are found
	pairs  uint64 // probes found just before the next one
	stops  uint64 // stop words found
	shapes shape
	name   bool // a capitalised word, not the first, that the query has not
	length int
}

// weighPassage weighs the sentences of one passage in one space and keeps those that hold anything of the query.
func (r *reading) weighPassage(s *space, p *probes, marks []mark, passage int) {
	x, k := r.index, r.scratch
	lo, hi := x.unitsOf(passage)
	tokens := int(s.bounds[hi] - s.bounds[lo])
	if tokens == 0 {
		return
	}
	var head tally
	head.read(s, marks, s.unit(lo))
	whole := head.tf
	found := head.stems
	k.tallies = slices.Grow(k.tallies[:0], hi-lo-1)
	sentences := k.tallies[:hi-lo-1]
	clear(sentences)
	for i := range sentences {
		t := &sentences[i]
		t.read(s, marks, s.unit(lo+1+i))
		for n := range p.list {
			whole[n] = uint8(min(255, int(whole[n])+int(t.tf[n])))
		}
		found |= t.stems
	}
	bm25 := 0.0
	long := bm25K * (1 - bm25B + bm25B*float64(tokens)/s.groupLen)
	for n := range p.list {
		if tf := float64(whole[n]); tf > 0 {
			bm25 += p.list[n].groupRarity * tf * (1 + bm25K) / (tf + long)
		}
	}
	for i := range sentences {
		t := &sentences[i]
		if t.length == 0 {
			continue
		}
		n := x.first[passage] + i
		var g Signals
		if p.rarity > 0 {
			g = t.signals(s, p, r.wanted)
			g.Passage = bm25 / p.groupRarity
			g.Title = p.share(head.stems)
			g.Both = p.share(head.stems & t.stems)
			if i > 0 {
				g.Before = p.share(sentences[i-1].stems &^ t.stems)
			}
			if i+1 < len(sentences) {
				g.After = p.share(sentences[i+1].stems &^ t.stems)
			}
		}
		if i == 0 {
			g.First = 1
		}
		g.Concepts, g.Opposite = r.conceptShare(n)
		if found != 0 || t.prefix != 0 || g.Concepts > 0 {
			k.hits = append(k.hits, SentenceHit{N: n, Signals: g})
		}
	}
}

func (p *probes) share(set uint64) float64 {
	sum := 0.0
	for n := range p.list {
		if set>>n&1 != 0 {
			sum += p.list[n].rarity
		}
	}
	return sum / p.rarity
}

// read tallies one unit.
func (t *tally) read(s *space, marks []mark, tokens []uint32) {
	t.length = len(tokens)
	prev := -1 // probe of the token before
	for i, f := range tokens {
		c := f & capital
		f &^= capital
		m := marks[f]
		before := prev
		prev = -1
		if m == 0 {
			t.shapes |= s.info[f].shape
			if c != 0 && i > 0 {
				t.name = true
			}
			continue
		}
		n := int(m&probeMask) - 1
		bit := uint64(1) << n
		switch {
		case m&stopMark != 0:
			t.stops |= bit
			continue
		case m&stemMark == 0:
			t.prefix |= bit
			continue
		case m&exactMark != 0:
			t.exact |= bit
		}
		t.stems |= bit
		if t.tf[n] < 255 {
			t.tf[n]++
		}
		if before >= 0 && before == n-1 {
			t.pairs |= bit >> 1
		}
		prev = n
	}
}

// signals are those that need the sentence alone.
func (t *tally) signals(s *space, p *probes, wanted kind) Signals {
	var g Signals
	long := bm25K * (1 - bm25B + bm25B*float64(t.length)/s.unitLen)
	pairs := 0.0
	for n := range p.list {
		b := &p.list[n]
		if tf := float64(t.tf[n]); tf > 0 {
			g.Sentence += b.rarity * tf * (1 + bm25K) / (tf + long)
		}
		if t.pairs>>n&1 != 0 {
			pairs += b.pair
		}
	}
	g.Sentence /= p.rarity
	g.Coverage = p.share(t.stems)
	g.Form = p.share(t.exact)
	g.Prefix = p.share(t.prefix &^ t.stems)
	if p.stops > 0 {
		g.Stops = float64(bits.OnesCount64(t.stops)) / float64(p.stops)
	}
	if p.pairs > 0 {
		g.Phrase = pairs / p.pairs
	}
	g.Kind = wanted.in(t)
	g.Length = math.Log(float64(t.length) / s.unitLen)
	return g
}

// conceptShare compares the query's concepts with those of a sentence.
func (r *reading) conceptShare(sentence int) (share, opposite float64) {
	have := r.index.sentenceConcepts.of(sentence)
	all := 0.0
	for _, c := range r.sought {
		all += c.rarity
		if _, ok := slices.BinarySearch(have, c.concept); ok {
			share += c.rarity
		} else if c.opposite != nothing && slices.Contains(have, c.opposite) {
			opposite = 1
		}
	}
	if all == 0 {
		return 0, opposite
	}
	return share / all, opposite
}

// sought is a concept of the query.
type sought struct {
	concept, opposite uint32 // opposite: nothing if there is none
	rarity            float64
}

func (x *Index) seek(concept uint32) sought {
	s := sought{concept, nothing, idf(x.conceptDF[concept], len(x.corpus.Sentences))}
	if o, ok := x.lexicon.numbers[x.lexicon.concepts[concept].Opposite]; ok {
		s.opposite = o
	}
	return s
}
