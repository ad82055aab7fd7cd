package answer

import (
	"math"
	"slices"
	"strconv"
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

	keys   keys
	rarity []float64 // by key
	questions
	gists    []atomic.Pointer[gist]                   // by sentence; filled as they are first needed
	evidence []atomic.Pointer[evidence]               // by sentence; filled when it is first a candidate
	wanted   map[corpus.Lang][]atomic.Pointer[wanted] // by sentence; filled as it is first needed
	stated   [][]*corpus.Fact                         // by sentence
	views    []atomic.Pointer[factView]               // by fact; filled as they are first needed
	series   map[seriesKey][]*corpus.Fact             // facts that differ in their time alone
	stating  map[seriesKey][]int                      // the sentences that state a series, in order
	together [][]int                                  // by sentence, those that state a series of facts with it
	spellers map[corpus.Lang]func() *speller          // for languages that are written in letters; ready at the first question in one
	broader  map[string][]string                      // every wider concept of a concept, itself first
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
		keys:    newKeys(x),
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
	e.stated = make([][]*corpus.Fact, n)
	e.views = make([]atomic.Pointer[factView], len(e.c.Facts))
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

// bag gives the known keys of a text: its terms and the concepts that it names.
func (e *Engine) bag(l corpus.Lang, text string) keySet {
	tokens, matches := e.x.Read(l, text)
	return e.bagOf(l, tokens, matches)
}

// bagOf is bag for a text that was read.
func (e *Engine) bagOf(l corpus.Lang, tokens []index.Token, matches []index.ConceptMatch) keySet {
	var keys []int32
	for _, t := range tokens {
		if k, ok := e.keys.term(l, t.Term); ok {
			keys = append(keys, k)
		}
	}
	var concepts []string
	for _, m := range matches {
		concepts = append(concepts, m.Concept.ID)
	}
	for _, id := range e.narrowest(concepts) {
		if k, ok := e.keys.concept(id); ok {
			keys = append(keys, k)
		}
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
