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
	broader  [][]uint32        // by concept, those wider by one step
	words    map[corpus.Lang]*trie
	signs    *trie // Japanese names and, inside Japanese text, English ones
}

// trie is a tree over symbols: numbered terms, or characters. Node n has the edges first[n] to first[n+1], in the order of their symbols, and
// edge e leads to node e+1. It is immutable once grown.
type trie struct {
	terms names // symbol t+1 is term t; none where symbols are characters
	first []uint32
	edges []uint32 // symbols
	ends  lists    // by node, concepts whose name ends there
}

// symbol is that of a term; 0 if no name holds it.
func (t *trie) symbol(term string) uint32 {
	if n, ok := t.terms.find(term); ok {
		return n + 1
	}
	return 0
}

// next gives the node to which a symbol leads; 0 if none.
func (t *trie) next(node, symbol uint32) uint32 {
	low, end := t.first[node], t.first[node+1]
	for high := end; low < high; {
		if middle := (low + high) / 2; t.edges[middle] < symbol {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < end && t.edges[low] == symbol {
		return low + 1
	}
	return 0
}

// named is a name of a concept, in symbols.
type named struct {
	symbols []uint32
	concept uint32
}

// grow makes a trie of names, of which those alike are in the order of their concepts.
func grow(list []named) *trie {
	slices.SortStableFunc(list, func(a, b named) int { return slices.Compare(a.symbols, b.symbols) })
	t := &trie{ends: newLists(len(list), len(list))}
	type part struct{ from, to, depth int } // of the list, below one node
	nodes := []part{{0, len(list), 0}}
	for n := 0; n < len(nodes); n++ {
		p := nodes[n]
		t.first = append(t.first, uint32(len(t.edges)))
		at := p.from
		var ends []uint32
		for ; at < p.to && len(list[at].symbols) == p.depth; at++ {
			if p.depth > 0 {
				ends = append(ends, list[at].concept)
			}
		}
		t.ends.add(ends)
		for at < p.to {
			from, symbol := at, list[at].symbols[p.depth]
			for at < p.to && list[at].symbols[p.depth] == symbol {
				at++
			}
			t.edges = append(t.edges, symbol)
			nodes = append(nodes, part{from, at, p.depth + 1})
		}
	}
	t.first = append(t.first, uint32(len(t.edges)))
	t.first, t.edges, t.ends.bounds = slices.Clone(t.first), slices.Clone(t.edges), slices.Clone(t.ends.bounds) // without spare room
	return t
}

// longest gives the end of the longest name that starts at symbols[i] and that ok accepts, and its concepts.
func (t *trie) longest(symbols []uint32, i int, ok func(end int) bool) (end int, concepts []uint32) {
	node := uint32(0)
	for j := i; j < len(symbols) && symbols[j] != 0; j++ {
		if node = t.next(node, symbols[j]); node == 0 {
			break
		}
		if ends := t.ends.of(int(node)); len(ends) > 0 && ok(j+1) {
			end, concepts = j+1, ends
		}
	}
	return end, concepts
}

// newLexicon makes a lexicon that finds nothing until its tries are grown.
func newLexicon(concepts []*corpus.Concept) *lexicon {
	l := &lexicon{
		concepts: concepts,
		numbers:  make(map[string]uint32, len(concepts)),
		words:    map[corpus.Lang]*trie{corpus.English: {}, corpus.French: {}},
		signs:    new(trie),
	}
	for i, c := range concepts {
		l.numbers[c.ID] = uint32(i)
	}
	l.broader = make([][]uint32, len(concepts))
	for i, c := range concepts {
		for _, id := range c.Broader {
			if n, ok := l.numbers[id]; ok {
				l.broader[i] = append(l.broader[i], n)
			}
		}
	}
	return l
}

// wider appends a concept and those wider than it.
func (l *lexicon) wider(list []uint32, concept uint32) []uint32 {
	if slices.Contains(list, concept) {
		return list
	}
	list = append(list, concept)
	for _, c := range l.broader[concept] {
		list = l.wider(list, c)
	}
	return list
}

// growWords grows the trie of a language with names of others: of English ones, French borrows those that hold a capital or a
// digit as they stand.
func (l *lexicon) growWords(lang corpus.Lang, from ...corpus.Lang) {
	words := newNumbering(lang)
	var list []named
	for i, c := range l.concepts {
		for _, f := range from {
			for _, name := range c.Names[f] {
				if f != lang && !strings.ContainsAny(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
					continue
				}
				list = append(list, named{termsOf(name, words), uint32(i)})
			}
		}
	}
	v, _, places := words.finish()
	for _, n := range list {
		for i, t := range n.symbols {
			n.symbols[i] = places[t] + 1
		}
	}
	t := l.words[lang]
	*t = *grow(list)
	t.terms = v.terms
}

// articles before a name are not of it, lest "the Pacific" hide "Pacific pact" in "the Pacific pact".
var articles = [...]string{"the ", "The ", "le ", "la ", "les ", "l'", "l’"}

// termsOf gives the numbers of the terms of a name, new ones if need be.
func termsOf(name string, words *numbering) []uint32 {
	for _, a := range articles {
		name = strings.TrimPrefix(name, a)
	}
	var list []uint32
	scan(words.lang, name, func(start, end int) {
		if f := words.form(name[start:end]); f != nothing {
			list = append(list, words.info[f].term)
		}
	})
	return list
}

// growSigns grows the trie of characters of Japanese names, and of English ones of more than one letter.
func (l *lexicon) growSigns() {
	var list []named
	for i, c := range l.concepts {
		for _, lang := range []corpus.Lang{corpus.English, corpus.Japanese} {
			for _, name := range c.Names[lang] {
				if lang == corpus.Japanese || len(name) > 1 {
					list = append(list, named{signsOf(name).symbols, uint32(i)})
				}
			}
		}
	}
	*l.signs = *grow(list)
}

// Concepts gives the concepts whose names stand in text, in order and without overlap, the longest name first; concepts
// that share the name share its place. Names are those of the language; in French also English proper names and
// abbreviations; in Japanese also all English names; and Japanese names wherever Japanese script stands.
func (x *Index) Concepts(lang corpus.Lang, text string) []ConceptMatch {
	return x.conceptsOf(lang, text, nil)
}

// Read gives what Analyze and Concepts give, with one analysis for both.
func (x *Index) Read(lang corpus.Lang, text string) ([]Token, []ConceptMatch) {
	tokens := Analyze(lang, text)
	return tokens, x.conceptsOf(lang, text, tokens)
}

func (x *Index) conceptsOf(lang corpus.Lang, text string, tokens []Token) []ConceptMatch {
	var found []ConceptMatch
	x.lexicon.find(lang, text, tokens, func(c uint32, start, end int) {
		found = append(found, ConceptMatch{x.lexicon.concepts[c], start, end})
	})
	slices.SortStableFunc(found, func(a, b ConceptMatch) int { return cmp.Compare(a.Start, b.Start) })
	return found
}

// find calls emit with each match. Tokens are those of text, if the caller has them already.
func (l *lexicon) find(lang corpus.Lang, text string, tokens []Token, emit func(concept uint32, start, end int)) {
	if len(l.concepts) == 0 || !l.findJapanese(lang, text, emit) {
		return
	}
	if tokens == nil {
		tokens = Analyze(lang, text)
	}
	t := l.words[lang]
	symbols := make([]uint32, len(tokens))
	for i, token := range tokens {
		symbols[i] = t.symbol(token.Term)
	}
	t.find(symbols, func(c uint32, i, j int) { emit(c, tokens[i].Start, tokens[j-1].End) })
}

// findJapanese finds what is found character by character, and reports whether words are still to be looked for.
func (l *lexicon) findJapanese(lang corpus.Lang, text string, emit func(concept uint32, start, end int)) bool {
	words := l.words[lang] != nil
	if !words || strings.ContainsFunc(text, func(r rune) bool { return scriptOf(r) > letter }) {
		l.findSigns(text, words, emit)
	}
	return words
}

// find calls emit with each name in symbols[i:j], the longest first, without overlap.
func (t *trie) find(symbols []uint32, emit func(concept uint32, i, j int)) {
	always := func(int) bool { return true }
	for i := 0; i < len(symbols); {
		j, concepts := t.longest(symbols, i, always)
		if j == 0 {
			i++
			continue
		}
		for _, c := range concepts {
			emit(c, i, j)
		}
		i = j
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
			emit(c, int(s.starts[i]), int(s.ends[end-1]))
		}
		i = end
	}
}

// signs are the folded characters of a text with their place in it. Gaps count as one blank, middle dots as nothing.
type signs struct {
	symbols      []uint32
	starts, ends []uint32
}

func signsOf(text string) signs {
	n := utf8.RuneCountInString(text)
	s := signs{make([]uint32, 0, n), make([]uint32, 0, n), make([]uint32, 0, n)}
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
			s.symbols, s.starts, s.ends = append(s.symbols, uint32(r)), append(s.starts, uint32(i)), append(s.ends, uint32(end))
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
