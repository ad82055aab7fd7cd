package answer

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"kaede/corpus"
	"kaede/index"
)

// Engine answers from one version of the corpus. See the package's contract.
type Engine struct {
	x     *index.Index
	c     *corpus.Corpus
	model *Model

	keys     map[string]int32                         // every term ("en:export") and concept ("#export") that the corpus or its labelled questions use
	rarity   []float64                                // by key
	asked    []asked                                  // labelled questions, by index.Question number
	counts   map[corpus.Lang]*tally                   // by language of the labelled questions
	said     []float64                                // by key, its share among all keys of the asks
	size     []float64                                // by sentence, the number of keys in its asks
	gists    []atomic.Pointer[gist]                   // by sentence; filled as they are first needed
	evidence []atomic.Pointer[evidence]               // by sentence; filled when it is first a candidate
	wanted   map[corpus.Lang][]atomic.Pointer[wanted] // by sentence; filled as it is first needed
	asks     *table                                   // how often keys stand in the asks of a sentence
	near     *table                                   // ... in the near misses near it
	factAsks *table                                   // ... in the asks of a fact
	stated   [][]*corpus.Fact                         // by sentence
	views    []atomic.Pointer[factView]               // by fact; filled as they are first needed
	factSize []float64                                // by fact, the number of keys in its asks
	series   map[seriesKey][]*corpus.Fact             // facts that differ in their time alone
	stating  map[seriesKey][]int                      // the sentences that state a series, in order
	together [][]int                                  // by sentence, those that state a series of facts with it
	asksOf   [][]int32                                // labelled questions by sentence
	nearOf   [][]int32                                // near misses by the sentence they come near to
	spellers map[corpus.Lang]func() *speller          // for languages that are written in letters; ready at the first question in one
	broader  map[string][]string                      // every wider concept of a concept, itself first
}

// asked is one labelled question as the weighing sees it.
type asked struct {
	keys     keySet
	norm     float64
	sentence int32            // the sentence that it asks for, or comes near to; -1 if none
	near     bool             // a near miss
	fact     *corpus.Fact     // the fact for which it was written; nil if for a sentence or a near miss
	document *corpus.Document // the only document that a near miss misses; nil where none in the world would answer it
}

// tally counts in how many asks and in how many near misses a key stands.
type tally struct {
	ask, miss        []int32 // by key
	asks, nearMisses int32
}

// New prepares an engine over x, which it owns from then on.
func New(x *index.Index) *Engine {
	go shippedModel() // is read while the rest is made
	e := newEngine(x, nil)
	e.model = shippedModel()
	return e
}

func newEngine(x *index.Index, m *Model) *Engine {
	e := &Engine{
		x: x, c: x.Corpus(), model: m,
		keys:    make(map[string]int32),
		counts:  make(map[corpus.Lang]*tally),
		broader: make(map[string][]string),
	}
	for _, k := range e.c.Concepts {
		e.broader[k.ID] = e.widen(k.ID)
	}
	n := len(e.c.Sentences)
	e.gists, e.evidence = make([]atomic.Pointer[gist], n), make([]atomic.Pointer[evidence], n)
	e.wanted = make(map[corpus.Lang][]atomic.Pointer[wanted])
	for _, l := range corpus.Langs() {
		e.wanted[l] = make([]atomic.Pointer[wanted], n)
	}
	e.together = make([][]int, n)
	e.stated, e.asksOf, e.nearOf = make([][]*corpus.Fact, n), make([][]int32, n), make([][]int32, n)
	e.views, e.factSize = make([]atomic.Pointer[factView], len(e.c.Facts)), make([]float64, len(e.c.Facts))
	e.spellers = make(map[corpus.Lang]func() *speller)
	for _, l := range [...]corpus.Lang{corpus.English, corpus.French} {
		e.spellers[l] = sync.OnceValue(func() *speller { return newSpeller(x, l) })
	}
	e.readQuestions()
	e.readFacts()
	e.joinSeries()
	return e
}

// Index returns the engine's index, valid until Close.
func (e *Engine) Index() *index.Index { return e.x }

// Corpus returns the corpus that answers.
func (e *Engine) Corpus() *corpus.Corpus { return e.c }

// Close closes the index.
func (e *Engine) Close() error { return e.x.Close() }

// widen gives the concept and all that is wider than it.
func (e *Engine) widen(id string) []string {
	out := []string{id}
	for i := 0; i < len(out) && len(out) < 32; i++ {
		if k, ok := e.c.Concept(out[i]); ok {
			for _, b := range k.Broader {
				if !slices.Contains(out, b) {
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// key numbers a term or concept; it adds what it has not seen.
func (e *Engine) key(s string) int32 {
	n, ok := e.keys[s]
	if !ok {
		n = int32(len(e.keys))
		e.keys[s] = n
	}
	return n
}

// termKey is the key of a term. Figures are the same in every language; names and abbreviations meet as concepts.
func termKey(l corpus.Lang, term string) string {
	if strings.Trim(term, "0123456789") == "" {
		return "=" + term
	}
	return string(l) + ":" + term
}

// keySet holds distinct keys, sorted.
type keySet []int32

// setOf makes a set of keys, which it sorts.
func setOf(keys []int32) keySet {
	slices.Sort(keys)
	return slices.Clip(slices.Compact(keys))
}

func (s keySet) has(k int32) bool {
	_, ok := slices.BinarySearch(s, k)
	return ok
}

// bag gives the known keys of a text: its terms and the concepts that it names.
func (e *Engine) bag(l corpus.Lang, text string) keySet {
	tokens, matches := e.x.Read(l, text)
	return e.bagOf(l, tokens, matches)
}

// bagOf is bag for a text that was read.
func (e *Engine) bagOf(l corpus.Lang, tokens []index.Token, matches []index.ConceptMatch) keySet {
	var keys []int32
	add := func(s string) {
		if n, ok := e.keys[s]; ok {
			keys = append(keys, n)
		}
	}
	for _, t := range tokens {
		add(termKey(l, t.Term))
	}
	var concepts []string
	for _, m := range matches {
		concepts = append(concepts, m.Concept.ID)
	}
	for _, id := range e.narrowest(concepts) {
		add("#" + id)
	}
	return setOf(keys)
}

// narrowest leaves out the concepts that are wider than another one of the list.
func (e *Engine) narrowest(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.ContainsFunc(ids, func(o string) bool { return o != id && slices.Contains(e.broader[o], id) }) {
			out = append(out, id)
		}
	}
	return out
}

// readWords gives every word of the sentences and every concept a key. It tells in how many sentences each word stands, and the
// key of each concept by its place in the corpus.
func (e *Engine) readWords() (df map[int32]int, concepts []int32) {
	df = make(map[int32]int)
	for _, l := range corpus.Langs() {
		for term, n := range e.x.VocabularyTerms(l) {
			df[e.key(termKey(l, term))] += n
		}
	}
	for _, k := range e.c.Concepts {
		concepts = append(concepts, e.key("#"+k.ID))
	}
	return df, concepts
}

// readQuestions prepares the labelled questions and what is counted of them.
func (e *Engine) readQuestions() {
	inText, concepts := e.readWords()
	e.asked = e.readKeys(concepts)
	for i := range e.asked {
		a, q := &e.asked[i], e.x.Question(i)
		a.sentence, a.near = -1, q.NearMiss != nil
		switch {
		case q.Sentence != nil:
			a.sentence, a.fact = int32(q.Sentence.N), q.Fact
		case q.Fact != nil:
			a.sentence, a.fact = int32(q.Fact.Evidence[0].Sentence.N), q.Fact
		case q.NearMiss.Near != nil:
			a.sentence = int32(q.NearMiss.Near.N)
		}
		if a.near && !worldwide(q.NearMiss.Misses) {
			a.document = q.NearMiss.Document
		}
		switch {
		case a.sentence < 0:
		case a.near:
			e.nearOf[a.sentence] = append(e.nearOf[a.sentence], int32(i))
		default:
			e.asksOf[a.sentence] = append(e.asksOf[a.sentence], int32(i))
		}
	}
	e.weighKeys(inText)
	e.countKeys()
}

// readKeys gives the labelled questions with their keys alone, given the key of each concept by its place in the corpus.
func (e *Engine) readKeys(concepts []int32) []asked {
	wider := make([][]int32, len(e.c.Concepts)) // by place, the keys of the concepts that are wider than one
	for i, k := range e.c.Concepts {
		for _, id := range e.broader[k.ID][1:] {
			wider[i] = append(wider[i], e.key("#"+id))
		}
	}
	terms, termKeys := make(map[corpus.Lang][]string), make(map[corpus.Lang][]int32) // by number; keys of terms that were met, plus one
	for _, l := range corpus.Langs() {
		terms[l] = e.x.QuestionTerms(l)
		termKeys[l] = make([]int32, len(terms[l]))
	}
	out := make([]asked, e.x.Questions())
	var keys, inWider, room []int32
	for i := range out {
		l := e.x.Question(i).Lang
		known := termKeys[l]
		keys, inWider = keys[:0], inWider[:0]
		e.x.QuestionKeys(i,
			func(term uint32) {
				if known[term] == 0 {
					known[term] = e.key(termKey(l, terms[l][term])) + 1
				}
				keys = append(keys, known[term]-1)
			},
			func(concept uint32) {
				keys = append(keys, concepts[concept])
				inWider = append(inWider, wider[concept]...)
			})
		set := setOf(slices.DeleteFunc(keys, func(k int32) bool { return slices.Contains(inWider, k) })) // as narrowest does
		if len(room) < len(set) {
			room = make([]int32, max(len(set), 1<<16)) // many sets in one piece of memory
		}
		n := copy(room, set)
		out[i].keys, room = keySet(room[:n:n]), room[n:]
	}
	return out
}

// weighKeys counts in how many labelled questions each key stands, and how rare it is: there or, in a corpus without any, in the text.
func (e *Engine) weighKeys(inText map[int32]int) {
	df := make([]int, len(e.keys))
	for _, l := range corpus.Langs() {
		e.counts[l] = &tally{ask: make([]int32, len(e.keys)), miss: make([]int32, len(e.keys))}
	}
	for i := range e.asked {
		t := e.counts[e.x.Question(i).Lang]
		into := t.ask
		if e.asked[i].near {
			into = t.miss
			t.nearMisses++
		} else {
			t.asks++
		}
		for _, k := range e.asked[i].keys {
			into[k]++
			df[k]++
		}
	}
	e.rarity = make([]float64, len(e.keys))
	for k := range e.rarity {
		if len(e.asked) > 0 {
			e.rarity[k] = rarity(df[k], len(e.asked))
		} else {
			e.rarity[k] = rarity(inText[int32(k)], len(e.c.Sentences))
		}
	}
	for i := range e.asked {
		e.asked[i].norm = e.norm(e.asked[i].keys, nil)
	}
}

// countKeys counts the keys in the asks and near misses of each sentence and fact, and in all asks.
func (e *Engine) countKeys() {
	tableOf := func(of [][]int32) *table {
		return newTable(len(e.keys), len(of), func(row int, add func([]int32)) {
			for _, i := range of[row] {
				add(e.asked[i].keys)
			}
		})
	}
	ofFact := make([][]int32, len(e.c.Facts))
	for i := range e.asked {
		if f := e.asked[i].fact; f != nil {
			ofFact[f.N] = append(ofFact[f.N], int32(i))
			e.factSize[f.N] += float64(len(e.asked[i].keys))
		}
	}
	e.said = make([]float64, len(e.keys))
	e.size = make([]float64, len(e.c.Sentences))
	all := 0.0
	for i := range e.asked {
		a := &e.asked[i]
		if a.near {
			continue
		}
		for _, k := range a.keys {
			e.said[k]++
			all++
		}
		if a.sentence >= 0 {
			e.size[a.sentence] += float64(len(a.keys))
		}
	}
	for k := range e.said {
		e.said[k] = (e.said[k] + .5) / (all + .5*float64(len(e.said)))
	}
	var wait sync.WaitGroup
	for _, t := range []struct {
		into **table
		of   [][]int32
	}{{&e.asks, e.asksOf}, {&e.near, e.nearOf}, {&e.factAsks, ofFact}} {
		wait.Go(func() { *t.into = tableOf(t.of) })
	}
	wait.Wait()
}

// worldwide reports a kind of near miss that no document answers.
func worldwide(misses string) bool {
	return misses == "off-topic" || misses == "chit-chat" || misses == "injection"
}

// rarity is the inverse document frequency of what stands in df of n.
func rarity(df, n int) float64 {
	return math.Log(1 + (float64(n)-float64(df)+.5)/(float64(df)+.5))
}

// norm is the length of a set of keys as a vector; boost may be nil.
func (e *Engine) norm(keys keySet, boost []float64) float64 {
	sum := 0.0
	for i, k := range keys {
		w := e.weight(k)
		if boost != nil {
			w *= boost[i]
		}
		sum += w * w
	}
	return math.Sqrt(sum)
}

func (e *Engine) weight(k int32) float64 {
	if int(k) < len(e.rarity) {
		return e.rarity[k]
	}
	return 0
}

// alike is the cosine of a question with a labelled one, rare keys weighing more: 1 is the same question.
func (e *Engine) alike(r *reading, b *asked) float64 {
	if r.norm == 0 || b.norm == 0 {
		return 0
	}
	sum, i, j := 0.0, 0, 0
	for i < len(r.keys) && j < len(b.keys) {
		switch {
		case r.keys[i] < b.keys[j]:
			i++
		case r.keys[i] > b.keys[j]:
			j++
		default:
			w := e.weight(r.keys[i])
			if r.boost != nil {
				w *= r.boost[i]
			}
			sum += w * e.weight(r.keys[i])
			i++
			j++
		}
	}
	return sum / (r.norm * b.norm)
}

// years gives the years that a text names, 1500 to 2199, in order.
func years(text string) []int {
	var out []int
	for i := 0; i < len(text); {
		if text[i] < '0' || text[i] > '9' {
			i++
			continue
		}
		j := i
		for j < len(text) && text[j] >= '0' && text[j] <= '9' {
			j++
		}
		if j-i == 4 && (j == len(text) || text[j] != ',' && text[j] != '.' || j+1 == len(text) || text[j+1] < '0' || text[j+1] > '9') {
			if y, err := strconv.Atoi(text[i:j]); err == nil && y >= 1500 && y < 2200 && !slices.Contains(out, y) {
				out = append(out, y)
			}
		}
		i = j
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
