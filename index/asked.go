package index

import (
	"math"
	"slices"
	"sync"

	"kaede/corpus"
)

// Labelled questions are many and short: 12,000 of them take Bleve half a second to index, as a cold start must not, and half a
// millisecond to search, most of it on words that all of them share. So they are kept in memory, each a vector of the rarity of
// its terms and concepts, in lists by term.

// vectors are the labelled questions as vectors.
type vectors struct {
	spaces   []*space  // by language: units are the questions
	terms    []lists   // by place in spaces: questions by term
	concepts lists     // by question
	inverted lists     // questions by concept
	norms    []float32 // by question, its length as a vector
}

// conceptWeight is the weight of a concept's rarity against that of a word.
const conceptWeight = 1.5

// newVectors makes vectors of n questions, in spaces whose units they are, with their concepts out of so many kinds.
func newVectors(spaces []*space, concepts lists, kinds, n int) *vectors {
	v := &vectors{spaces: spaces, concepts: concepts, inverted: concepts.invert(kinds), terms: make([]lists, len(spaces)), norms: make([]float32, n)}
	lengths := make([][]float32, len(spaces)) // by question, the square of the length that its terms give; each is of one language
	var wait sync.WaitGroup
	for i, s := range spaces {
		wait.Go(func() {
			weights := make([]float32, len(s.names))
			for t := range weights {
				weights[t] = square(s.rarity(uint32(t)))
			}
			terms := newLists(n, len(s.tokens))
			var unit []uint32
			lengths[i] = make([]float32, n)
			for u := range n {
				unit = unit[:0]
				for _, f := range s.unit(u) {
					unit = append(unit, s.info[f&^capital].term)
				}
				terms.add(unit)
				for _, t := range terms.of(u) {
					lengths[i][u] += weights[t]
				}
			}
			v.terms[i] = terms.invert(len(s.names))
		})
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
	wait.Wait()
	for u := range v.norms {
		for _, of := range lengths {
			v.norms[u] += of[u]
		}
		v.norms[u] = float32(math.Sqrt(float64(v.norms[u])))
	}
	return v
}

func square(v float64) float32 { return float32(v * v) }

func (s *space) rarity(term uint32) float64 { return idf(s.termDF[term], s.units) }

func (v *vectors) rarity(concept uint32) float64 {
	return conceptWeight * idf(uint32(len(v.inverted.of(int(concept)))), len(v.norms))
}

// compare adds up the products of a query's vector with all questions. It gives its length, and the questions of the rarest of its terms and concepts.
func (v *vectors) compare(products []float32, lang corpus.Lang, tokens []Token, concepts []uint32) (norm float64, rare []uint32) {
	length := float32(0)
	add := func(units []uint32, w float32) {
		length += w
		if len(units) > 0 && (rare == nil || len(units) < len(rare)) {
			rare = units
		}
		for _, u := range units {
			products[u] += w
		}
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
			if t, ok := s.terms[token.Term]; ok {
				add(v.terms[i].of(int(t)), square(s.rarity(t)))
			} else {
				add(nil, square(idf(0, s.units)))
			}
		}
	}
	for _, c := range concepts {
		add(v.inverted.of(int(c)), square(v.rarity(c)))
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
	norm, rare := v.compare(products, r.Lang, r.tokens[r.Lang], r.concepts)
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

// QuestionKeys calls term with the number of each term of a labelled question, of which QuestionTerms has the text, and concept
// with the place in Corpus.Concepts of each concept that it names and of all wider ones. A term may come twice.
func (x *Index) QuestionKeys(n int, term func(number uint32), concept func(place uint32)) {
	lang := x.Question(n).Lang
	for _, s := range x.asked.spaces {
		if s.lang == lang {
			for _, f := range s.unit(n) {
				term(s.info[f&^capital].term)
			}
		}
	}
	for _, c := range x.asked.concepts.of(n) {
		concept(c)
	}
}

// QuestionTerms gives the terms of the labelled questions of a language, as Analyze gives them, by number. They must not be changed.
func (x *Index) QuestionTerms(lang corpus.Lang) []string {
	for _, s := range x.asked.spaces {
		if s.lang == lang {
			return s.names
		}
	}
	return nil
}
