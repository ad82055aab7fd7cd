package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"kaede/corpus"
)

// ConceptMatch is a name of a concept, found in a text.
type ConceptMatch struct {
	Concept    *corpus.Concept
	Start, End int // byte offsets into the text
}

// lexicon finds the names of concepts in a text, longest first, in time that does not depend on how many there are.
type lexicon struct {
	concepts []*corpus.Concept
	numbers  map[string]uint32 // place of each id in concepts
	words    map[corpus.Lang]*trie
	signs    *trie // Japanese names and, inside Japanese text, English ones
}

// trie is a tree over symbols: numbered terms, or characters.
type trie struct {
	symbols map[string]uint32 // of terms
	edges   map[uint64]uint32 // node<<32 | symbol -> node
	ends    [][]uint32        // concepts whose name ends at a node
}

func newTrie() *trie {
	return &trie{symbols: map[string]uint32{}, edges: map[uint64]uint32{}, ends: make([][]uint32, 1)}
}

func (t *trie) add(symbols []uint32, concept uint32) {
	node := uint32(0)
	for _, s := range symbols {
		key := uint64(node)<<32 | uint64(s)
		next, ok := t.edges[key]
		if !ok {
			next = uint32(len(t.ends))
			t.edges[key] = next
			t.ends = append(t.ends, nil)
		}
		node = next
	}
	if node != 0 && !slices.Contains(t.ends[node], concept) {
		t.ends[node] = append(t.ends[node], concept)
	}
}

// longest gives the end of the longest name that starts at symbols[i] and that ok accepts, and its concepts.
func (t *trie) longest(symbols []uint32, i int, ok func(end int) bool) (end int, concepts []uint32) {
	node := uint32(0)
	for j := i; j < len(symbols); j++ {
		next, found := t.edges[uint64(node)<<32|uint64(symbols[j])]
		if !found {
			break
		}
		node = next
		if len(t.ends[node]) > 0 && ok(j+1) {
			end, concepts = j+1, t.ends[node]
		}
	}
	return end, concepts
}

func newLexicon(concepts []*corpus.Concept) *lexicon {
	l := &lexicon{
		concepts: concepts,
		numbers:  make(map[string]uint32, len(concepts)),
		words:    map[corpus.Lang]*trie{corpus.English: newTrie(), corpus.French: newTrie()},
		signs:    newTrie(),
	}
	for i, c := range concepts {
		n := uint32(i)
		l.numbers[c.ID] = n
		for _, name := range c.Names[corpus.English] {
			l.addWords(corpus.English, name, n)
			if strings.ContainsAny(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") { // a name, which French borrows as it stands
				l.addWords(corpus.French, name, n)
			}
			if len(name) > 1 {
				l.addSigns(name, n)
			}
		}
		for _, name := range c.Names[corpus.French] {
			l.addWords(corpus.French, name, n)
		}
		for _, name := range c.Names[corpus.Japanese] {
			l.addSigns(name, n)
		}
	}
	return l
}

func (l *lexicon) addWords(lang corpus.Lang, name string, concept uint32) {
	t := l.words[lang]
	var symbols []uint32
	for _, token := range Analyze(lang, name) {
		s, ok := t.symbols[token.Term]
		if !ok {
			s = uint32(len(t.symbols) + 1)
			t.symbols[token.Term] = s
		}
		symbols = append(symbols, s)
	}
	t.add(symbols, concept)
}

func (l *lexicon) addSigns(name string, concept uint32) {
	s := signsOf(name)
	l.signs.add(s.symbols, concept)
}

// Concepts gives the concepts whose names stand in text, in order and without overlap, the longest name first; concepts
// that share the name share its place. Names are those of the language; in French also English proper names and
// abbreviations; in Japanese also all English names; and Japanese names wherever Japanese script stands.
func (x *Index) Concepts(lang corpus.Lang, text string) []ConceptMatch {
	var found []ConceptMatch
	x.lexicon.find(lang, text, nil, func(c uint32, start, end int) {
		found = append(found, ConceptMatch{x.lexicon.concepts[c], start, end})
	})
	slices.SortStableFunc(found, func(a, b ConceptMatch) int { return cmp.Compare(a.Start, b.Start) })
	return found
}

// find calls emit with each match. Tokens are those of text, if the caller has them already.
func (l *lexicon) find(lang corpus.Lang, text string, tokens []Token, emit func(concept uint32, start, end int)) {
	if len(l.concepts) == 0 {
		return
	}
	t := l.words[lang]
	if t == nil {
		l.findSigns(text, false, emit)
		return
	}
	if strings.ContainsFunc(text, func(r rune) bool { return scriptOf(r) > letter }) {
		l.findSigns(text, true, emit)
	}
	if tokens == nil {
		tokens = Analyze(lang, text)
	}
	symbols := make([]uint32, len(tokens))
	for i, token := range tokens {
		symbols[i] = t.symbols[token.Term]
	}
	always := func(int) bool { return true }
	for i := 0; i < len(symbols); {
		end, concepts := t.longest(symbols, i, always)
		if end == 0 {
			i++
			continue
		}
		for _, c := range concepts {
			emit(c, tokens[i].Start, tokens[end-1].End)
		}
		i = end
	}
}

// findSigns finds names character by character; foreign leaves out those that have no Japanese script.
func (l *lexicon) findSigns(text string, foreign bool, emit func(concept uint32, start, end int)) {
	s := signsOf(text)
	for i := 0; i < len(s.symbols); {
		if !s.opens(i) {
			i++
			continue
		}
		end, concepts := l.signs.longest(s.symbols, i, func(end int) bool { return s.closes(i, end) })
		if end == 0 || foreign && !s.japanese(i, end) {
			i++
			continue
		}
		for _, c := range concepts {
			emit(c, s.starts[i], s.ends[end-1])
		}
		i = end
	}
}

// signs are the folded characters of a text with their place in it. Gaps count as one blank, middle dots as nothing.
type signs struct {
	symbols      []uint32
	starts, ends []int
}

func signsOf(text string) signs {
	s := signs{make([]uint32, 0, len(text)), make([]int, 0, len(text)), make([]int, 0, len(text))}
	for i := 0; i < len(text); {
		end := unitEnd(text, i)
		unit := text[i:end]
		if unit[0] >= utf8.RuneSelf || unit[0] >= 'A' && unit[0] <= 'Z' {
			unit = foldUnits(unit)
		}
		for _, r := range unit {
			if scriptOf(r) == gap {
				if r == '・' || len(s.symbols) == 0 || s.symbols[len(s.symbols)-1] == ' ' {
					continue
				}
				r = ' '
			}
			s.symbols, s.starts, s.ends = append(s.symbols, uint32(r)), append(s.starts, i), append(s.ends, end)
		}
		i = end
	}
	if n := len(s.symbols); n > 0 && s.symbols[n-1] == ' ' {
		s.symbols, s.starts, s.ends = s.symbols[:n-1], s.starts[:n-1], s.ends[:n-1]
	}
	return s
}

// opens reports whether a name may start at i: not within a Latin word, a number or a run of katakana.
func (s signs) opens(i int) bool {
	k := scriptOf(rune(s.symbols[i]))
	return k != gap && (i == 0 || k == han || k == hiragana || k != scriptOf(rune(s.symbols[i-1])))
}

// closes reports whether a name that starts at i may end at end; one lone kanji must not be part of a compound.
func (s signs) closes(i, end int) bool {
	k := scriptOf(rune(s.symbols[end-1]))
	after := end < len(s.symbols) && k == scriptOf(rune(s.symbols[end]))
	switch {
	case k == letter || k == katakana:
		return !after
	case k == han && end-i == 1:
		return !after && (i == 0 || scriptOf(rune(s.symbols[i-1])) != han)
	}
	return true
}

func (s signs) japanese(i, end int) bool {
	return slices.ContainsFunc(s.symbols[i:end], func(r uint32) bool { return scriptOf(rune(r)) > letter })
}
