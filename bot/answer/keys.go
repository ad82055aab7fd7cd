package answer

import (
	"slices"
	"strings"

	"kaede/corpus"
	"kaede/index"
)

// keys are the numbers of what texts are compared by: the terms that the corpus or its labelled questions use, and concepts. A figure is
// the same in every language; names and abbreviations meet as concepts. They are immutable.
type keys struct {
	x        *index.Index
	terms    map[corpus.Lang][]int32 // by the number that the index has for a term
	concepts map[string]int32        // by id
	count    int
}

func newKeys(x *index.Index) keys {
	k := keys{x: x, terms: make(map[corpus.Lang][]int32), concepts: make(map[string]int32)}
	figures := make(map[string]int32)
	for _, l := range corpus.Langs() {
		list := make([]int32, x.Terms(l))
		for t := range list {
			key := int32(k.count)
			if text := x.TermText(l, t); isFigure(text) {
				if known, ok := figures[text]; ok {
					list[t] = known
					continue
				}
				figures[text] = key
			}
			list[t] = key
			k.count++
		}
		k.terms[l] = list
	}
	for _, c := range x.Corpus().Concepts {
		k.concepts[c.ID] = int32(k.count)
		k.count++
	}
	return k
}

func isFigure(term string) bool { return strings.Trim(term, "0123456789") == "" }

// term gives the key of a term.
func (k *keys) term(l corpus.Lang, term string) (int32, bool) {
	if t, ok := k.x.Term(l, term); ok {
		return k.terms[l][t], true
	}
	if isFigure(term) {
		for _, o := range corpus.Langs() {
			if t, ok := k.x.Term(o, term); ok {
				return k.terms[o][t], true
			}
		}
	}
	return 0, false
}

// concept gives the key of a concept.
func (k *keys) concept(id string) (int32, bool) {
	key, ok := k.concepts[id]
	return key, ok
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
