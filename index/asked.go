package index

import (
	"math"
	"slices"

	"kaede/corpus"
)

// Labelled questions are many and short: 12,000 of them take Bleve half a second to index, as a cold start must not, and half a
// millisecond to search, most of it on words that all of them share. So they are kept in memory, each a vector of the rarity of
// its terms and concepts, as lists by term.

// vectors are the labelled questions as vectors.
type vectors struct {
	spaces    []*space  // by language: units are the questions, whose words in their order are not kept
	terms     []*Packed // by place in spaces: questions by term
	concepts  *Packed   // questions by concept
	conceptDF []uint32  // by concept, the number of its questions
	norms     []float32 // by question, its length as a vector
}

// conceptWeight is the weight of a concept's rarity against that of a word.
const conceptWeight = 1.5

// newVectors makes vectors of n questions, in spaces whose units they are, with their concepts out of so many kinds. It takes the
// spaces' units.
func newVectors(spaces []*space, concepts lists, kinds, n int) *vectors {
	v := &vectors{spaces: spaces, terms: make([]*Packed, len(spaces)), conceptDF: make([]uint32, kinds), norms: make([]float32, n)}
	lengths := make([][]float32, len(spaces)) // by question, the square of the length that its terms give; each is of one language
	tasks := []func(){func() { v.takeConcepts(concepts, kinds) }}
	for i, s := range spaces {
		tasks = append(tasks, func() { v.terms[i], lengths[i] = takeTerms(s, n) })
	}
	together(tasks)
	for u := range v.norms {
		for _, of := range lengths {
			v.norms[u] += of[u]
		}
		v.norms[u] = float32(math.Sqrt(float64(v.norms[u])))
	}
	return v
}

// takeTerms gives the questions of a space by term, and by question the square of the length that its terms give. It takes the space's units.
func takeTerms(s *space, n int) (*Packed, []float32) {
	weights, seen := make([]float32, s.terms.len()), make([]uint32, s.terms.len())
	for t := range weights {
		weights[t] = square(s.rarity(uint32(t)))
	}
	terms, lengths := newLists(n, len(s.tokens)), make([]float32, n)
	for u := range n {
		for _, f := range s.unit(u) {
			if t := s.info[f&^capital].term; seen[t] != uint32(u+1) {
				seen[t] = uint32(u + 1)
				terms.items = append(terms.items, t)
				lengths[u] += weights[t]
			}
		}
		terms.bounds = append(terms.bounds, uint32(len(terms.items)))
	}
	s.tokens, s.bounds = nil, nil
	return terms.invert(s.terms.len()).pack(), lengths
}

// takeConcepts sets the questions by concept, given the concepts of each, and v.norms to the squares of the lengths that they give.
func (v *vectors) takeConcepts(concepts lists, kinds int) {
	for _, c := range concepts.items {
		v.conceptDF[c]++
	}
	weights := make([]float32, kinds)
	for c := range weights {
		weights[c] = square(v.rarity(uint32(c)))
	}
	for u := range v.norms {
		for _, c := range concepts.of(u) {
			v.norms[u] += weights[c]
		}
	}
	v.concepts = concepts.invert(kinds).pack()
}

func square(v float64) float32 { return float32(v * v) }

func (s *space) rarity(term uint32) float64 { return idf(s.termDF[term], s.units) }

func (v *vectors) rarity(concept uint32) float64 {
	return conceptWeight * idf(v.conceptDF[concept], len(v.norms))
}

// compare adds up the products of a query's vector with all questions. It gives its length, and the questions of the rarest of its terms and concepts.
func (v *vectors) compare(k *scratch, lang corpus.Lang, tokens []Token, concepts []uint32) (norm float64, rare []uint32) {
	length := float32(0)
	var rarest *Packed
	place, fewest := 0, uint32(nothing)
	add := func(in *Packed, i, df uint32, w float32) {
		length += w
		if df < fewest {
			rarest, place, fewest = in, int(i), df
		}
		in.addTo(k.products, int(i), w)
	}
	for i, s := range v.spaces {
		if s.lang != lang {
			continue
		}
		seen := map[string]bool{}
		for _, token := range tokens {
			if seen[token.Term] || len(seen) == maxTerms {
				continue
			}
			seen[token.Term] = true
			if t, ok := s.term(token.Term); ok {
				add(v.terms[i], t, s.termDF[t], square(s.rarity(t)))
			} else {
				length += square(idf(0, s.units))
			}
		}
	}
	for _, c := range concepts {
		if df := v.conceptDF[c]; df > 0 {
			add(v.concepts, c, df, square(v.rarity(c)))
		} else {
			length += square(v.rarity(c))
		}
	}
	if rarest != nil {
		k.list = rarest.Append(k.list[:0], place)
		rare = k.list
	}
	return math.Sqrt(float64(length)), rare
}

// best keeps the best hits, in order.
type best []Hit

func (b *best) add(h Hit) {
	if len(*b) == maxQuestions && h.Score <= (*b)[maxQuestions-1].Score {
		return
	}
	at, _ := slices.BinarySearchFunc(*b, h, func(a, h Hit) int {
		if a.Score > h.Score || a.Score == h.Score && a.N < h.N {
			return -1
		}
		return 1
	})
	*b = slices.Insert(*b, at, h)
	*b = (*b)[:min(len(*b), maxQuestions)]
}

// findAsked finds the labelled questions nearest to the query.
func (r *reading) findAsked() []Hit {
	x := r.index
	v := x.asked
	products := r.scratch.products
	defer clear(products)
	norm, rare := v.compare(r.scratch, r.Lang, r.tokens[r.Lang], r.concepts)
	var q best
	cut := float32(0) // a score below it, in products over lengths, is surely too low: most are, and are spared the division
	take := func(n int, length float32) {
		if r.documents != nil && !r.allows(x.Question(n).document()) {
			return
		}
		q.add(Hit{n, float64(products[n]) / (norm * float64(length))})
		if len(q) == maxQuestions {
			cut = float32(q[maxQuestions-1].Score * norm * (1 - 1e-6))
		}
		products[n] = 0
	}
	for _, u := range rare { // the likeliest first, so that the cut is soon a high one
		if n := int(u); n < len(v.norms) && products[n] > cut*v.norms[n] {
			take(n, v.norms[n])
		}
	}
	for n, length := range v.norms {
		if products[n] > cut*length {
			take(n, length)
		}
	}
	return q
}

// TermQuestions appends the labelled questions in which a term stands that has a number from Term, in order.
func (x *Index) TermQuestions(list []uint32, lang corpus.Lang, term int) []uint32 {
	for i, s := range x.asked.spaces {
		if s.lang == lang {
			return x.asked.terms[i].Append(list, term)
		}
	}
	return list
}

// ConceptQuestions appends the labelled questions that name the concept with a place in Corpus.Concepts, or a narrower one, in order.
func (x *Index) ConceptQuestions(list []uint32, place int) []uint32 {
	return x.asked.concepts.Append(list, place)
}
