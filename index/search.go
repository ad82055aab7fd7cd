package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"kaede/corpus"
)

// Bounds of one search.
const (
	maxText        = 2000 // characters of a query that are read
	maxTerms       = 64   // distinct terms that are looked for, the rarest first
	maxLimit       = 1000 // sentences
	maxConcepts    = 64
	maxQuestions   = 40  // labelled questions that are returned
	passagesFound  = 150 // passages whose sentences are weighed, for a long list of sentences
	fewestPassages = 40  // ... and for a short one
)

// Query asks for what comes near to Text.
type Query struct {
	Lang      corpus.Lang
	Text      string   // any text: nothing in it is an operator; its first 2,000 characters count
	Documents []string // ids of the only documents to search; nil: all
	Limit     int      // sentences wanted, at most 1,000; 0: 10
}

// Result is what a search found, each list best first.
type Result struct {
	Sentences []SentenceHit
	Questions []Hit // labelled questions, see Index.Question: at most 40
}

// Hit is a labelled question. Score is the cosine, 0 to 1, of its words and concepts with those of the query,
// weighted by rarity: it can be compared between queries.
type Hit struct {
	N     int
	Score float64
}

// SentenceHit is a sentence. Scores can be compared only within one result; the signals behind them, between results.
type SentenceHit struct {
	N       int     // place in Corpus.Sentences
	Score   float64 // the signals, weighted
	Signals Signals
}

// Search finds sentences and labelled questions. Bleve finds the passages whose sentences are then weighed in memory.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	q.Text = clip(q.Text)
	if q.Limit <= 0 {
		q.Limit = 10
	}
	q.Limit = min(q.Limit, maxLimit)
	r := &reading{Query: q, index: x, scratch: x.scratch.Get().(*scratch)}
	defer x.scratch.Put(r.scratch)
	r.read()
	passages, err := r.findPassages(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("search passages: %w", err)
	}
	return Result{Sentences: r.weigh(passages), Questions: r.findAsked()}, nil
}

// clip cuts text to its first characters.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	n := 0
	for i := range text {
		if n++; n > maxText {
			return text[:i]
		}
	}
	return text
}

// reading is a query, analysed.
type reading struct {
	Query
	index     *Index
	scratch   *scratch
	texts     []*space // those in the question's language, and in the languages in which documents are written
	tokens    map[corpus.Lang][]Token
	concepts  []uint32 // sorted
	sought    []sought
	wanted    kind
	documents []bool   // by place in Corpus.Documents; nil: all
	places    []string // terms of the allowed documents
}

func (r *reading) read() {
	x := r.index
	r.wanted = wantedKind(r.Lang, r.Text)
	r.tokens = map[corpus.Lang][]Token{r.Lang: Analyze(r.Lang, r.Text)}
	for _, s := range x.texts {
		written := slices.ContainsFunc(x.corpus.Documents, func(d *corpus.Document) bool { return d.Lang == s.lang })
		if s.lang != r.Lang && written {
			r.tokens[s.lang] = foreign(r.Lang, s.lang, r.Text)
		}
		if s.lang == r.Lang || written { // a translation is read in its own language only
			r.texts = append(r.texts, s)
		}
	}
	x.lexicon.find(r.Lang, r.Text, r.tokens[r.Lang], func(c uint32, _, _ int) { r.concepts = append(r.concepts, c) })
	slices.Sort(r.concepts)
	r.concepts = slices.Compact(r.concepts)
	r.concepts = r.concepts[:min(len(r.concepts), maxConcepts)]
	for _, c := range r.concepts {
		r.sought = append(r.sought, x.seek(c))
	}
	if r.Documents != nil {
		r.documents = make([]bool, len(x.corpus.Documents))
		for _, id := range r.Documents {
			if d, ok := x.documents[id]; ok && !r.documents[d] {
				r.documents[d] = true
				r.places = append(r.places, strconv.Itoa(d))
			}
		}
	}
}

// foreign gives the tokens of a question in one language that may stand in a text of another: names, numbers,
// abbreviations. Words that are stop words in either language are left out.
func foreign(from, to corpus.Lang, text string) []Token {
	var kept []Token
	for _, t := range Analyze(to, text) {
		if w := normalize(from, t.Surface, false); !t.Stop && !w.stop && scriptOf(firstRune(t.Surface)) == letter && utf8.RuneCountInString(t.Term) > 1 {
			kept = append(kept, t)
		}
	}
	return kept
}

// allows reports whether the query may see a document.
func (r *reading) allows(d *corpus.Document) bool {
	return r.documents == nil || d != nil && r.documents[r.index.documents[d.ID]]
}

// findPassages asks Bleve for the passages that hold any of the terms and concepts. The query is put together from terms: no query
// string is parsed.
func (r *reading) findPassages(ctx context.Context) ([]int, error) {
	if r.documents != nil && len(r.places) == 0 {
		return nil, nil
	}
	var any []query.Query
	term := func(field, text string) query.Query {
		t := query.NewTermQuery(text)
		t.SetField(field)
		return t
	}
	for _, s := range r.texts { // in a fixed order, so that equal scores stay in one
		for _, t := range s.rarest(r.tokens[s.lang], maxTerms/2) {
			any = append(any, term(string(s.lang), t))
		}
	}
	for _, c := range r.concepts {
		any = append(any, term("c", r.index.lexicon.concepts[c].ID))
	}
	if len(any) == 0 {
		return nil, nil
	}
	var found query.Query = query.NewDisjunctionQuery(any)
	if r.documents != nil {
		var allowed []query.Query
		for _, p := range r.places {
			allowed = append(allowed, term("d", p))
		}
		all := query.NewBooleanQuery([]query.Query{found}, nil, nil)
		all.AddFilter(query.NewDisjunctionQuery(allowed))
		found = all
	}
	if err := r.index.wait(ctx); err != nil {
		return nil, err
	}
	size := min(passagesFound, max(fewestPassages, 2*r.Limit))
	res, err := r.index.bleve.SearchInContext(ctx, bleve.NewSearchRequestOptions(found, size, 0, false))
	if err != nil {
		return nil, err
	}
	hits := make([]int, 0, len(res.Hits))
	for _, h := range res.Hits {
		n, err := strconv.Atoi(h.ID)
		if err != nil {
			return nil, fmt.Errorf("%w: place %q", ErrDamaged, h.ID)
		}
		hits = append(hits, n)
	}
	return hits, nil
}

// rarest gives up to n distinct terms that the space knows, the rarest first, stop words only where there is nothing else.
func (s *space) rarest(tokens []Token, n int) []string {
	var terms, stops []uint32
	for _, token := range tokens {
		t, ok := s.term(token.Term)
		if !ok {
			continue
		}
		if token.Stop {
			stops = append(stops, t)
		} else {
			terms = append(terms, t)
		}
	}
	if len(terms) == 0 {
		terms = stops
	}
	slices.SortFunc(terms, func(a, b uint32) int { return cmp.Or(cmp.Compare(s.groupDF[a], s.groupDF[b]), cmp.Compare(a, b)) })
	var names []string
	for _, t := range slices.Compact(terms) {
		if len(names) < n {
			names = append(names, s.terms.at(t))
		}
	}
	return names
}
