package index

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"kaede/corpus"
)

// names are distinct strings in their order, in one piece of memory. Each is known by its place.
type names struct {
	text   string
	bounds []uint32 // string i: text[bounds[i]:bounds[i+1]]
}

// newNames takes over strings that are in order.
func newNames(sorted []string) names {
	n := names{text: strings.Join(sorted, ""), bounds: make([]uint32, 1, len(sorted)+1)}
	for _, s := range sorted {
		n.bounds = append(n.bounds, n.bounds[len(n.bounds)-1]+uint32(len(s)))
	}
	return n
}

func (n *names) len() int { return max(0, len(n.bounds)-1) }

func (n *names) at(i uint32) string { return n.text[n.bounds[i]:n.bounds[i+1]] }

// find gives the place of the first string that is not before s, and whether it is s.
func (n *names) find(s string) (uint32, bool) {
	low, high := uint32(0), uint32(n.len())
	for low < high {
		if middle := (low + high) / 2; n.at(middle) < s {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, low < uint32(n.len()) && n.at(low) == s
}

// A vocabulary holds the words of one language that stand in texts or labelled questions: the forms in which they stand, and their terms. Both are
// numbered in the order of their letters. It is immutable once finished.
type vocabulary struct {
	lang  corpus.Lang
	forms names
	info  []form // by form
	terms names
	// Forms of each term: termForms[termStart[t]:termStart[t+1]].
	termStart, termForms []uint32
}

type form struct {
	term  uint32
	class class
	shape shape
	stop  bool
}

// class says how much a term tells beside the others that overlap it.
type class uint8

const (
	wordClass class = iota
	pairClass       // two kanji, or a kanji and a kana
	signClass       // one kanji
	kanaClass       // hiragana
	kataClass       // two katakana of a longer run
	classes
)

func classOf(form string) class {
	n := utf8.RuneCountInString(form)
	switch scriptOf(firstRune(form)) {
	case han:
		if n == 1 {
			return signClass
		}
		return pairClass
	case hiragana:
		return kanaClass
	case katakana:
		if n <= 2 {
			return kataClass
		}
	}
	return wordClass
}

// shape says which kind of answer a word may be.
type shape uint8

const (
	digits shape = 1 << iota
	year
	month
	numeral
)

var months = map[corpus.Lang]map[string]bool{
	corpus.English: set("january february march april may june july august september october november december"),
	corpus.French:  set("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
}

var numerals = map[corpus.Lang]map[string]bool{
	corpus.English: set(`one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
		nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half third quarter dozen`),
	corpus.French: set(`deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante
		cinquante soixante cent cents mille million millions milliard milliards moitie tiers quart douzaine`),
	corpus.Japanese: set("一 二 三 四 五 六 七 八 九 十 百 千 万 億 兆 半"),
}

func shapeOf(lang corpus.Lang, form string) shape {
	var s shape
	if form[0] >= '0' && form[0] <= '9' {
		s |= digits
		if len(form) == 4 && allDigits(form) && (form[0] == '1' || form[0] == '2' && form[1] == '0') {
			s |= year
		}
	}
	if months[lang][form] {
		s |= month
	}
	if numerals[lang][form] {
		s |= numeral
	}
	return s
}

// prefixed gives the bounds of the forms that start with prefix.
func (v *vocabulary) prefixed(prefix string) (lo, hi uint32) {
	lo, _ = v.forms.find(prefix)
	hi, _ = v.forms.find(prefix + "\xff")
	return lo, hi
}

// numbering numbers forms and terms as they come, until they are all known.
type numbering struct {
	lang         corpus.Lang
	raw          map[string]uint32 // what normalize made of a token, so that it works once for each
	forms, terms map[string]uint32
	texts, names []string // of forms, of terms
	info         []form
}

func newNumbering(lang corpus.Lang) *numbering {
	return &numbering{lang: lang, raw: map[string]uint32{}, forms: map[string]uint32{}, terms: map[string]uint32{}}
}

const nothing = math.MaxUint32

// form gives the number of the form of a token, or nothing.
func (n *numbering) form(raw string) uint32 {
	f, ok := n.raw[raw]
	if !ok {
		f = n.formOf(normalize(n.lang, raw, false))
		n.raw[raw] = f
	}
	return f
}

func (n *numbering) formOf(w word) uint32 {
	if w.term == "" {
		return nothing
	}
	if f, ok := n.forms[w.form]; ok {
		return f
	}
	t, ok := n.terms[w.term]
	if !ok {
		t = uint32(len(n.names))
		n.terms[w.term], n.names = t, append(n.names, w.term)
	}
	f := uint32(len(n.texts))
	n.forms[w.form], n.texts = f, append(n.texts, w.form)
	n.info = append(n.info, form{term: t, class: classOf(w.form), shape: shapeOf(n.lang, w.form), stop: w.stop})
	return f
}

// finish gives the vocabulary, and the number that each form and term has in it.
func (n *numbering) finish() (v *vocabulary, forms, terms []uint32) {
	v = &vocabulary{lang: n.lang}
	v.forms, forms = inOrder(n.texts)
	v.terms, terms = inOrder(n.names)
	v.info = make([]form, len(n.info))
	v.termStart = make([]uint32, len(terms)+1)
	for old, f := range n.info {
		f.term = terms[f.term]
		v.info[forms[old]] = f
		v.termStart[f.term+1]++
	}
	for t := range terms {
		v.termStart[t+1] += v.termStart[t]
	}
	v.termForms = make([]uint32, len(forms))
	next := slices.Clone(v.termStart)
	for f := range v.info {
		t := v.info[f].term
		v.termForms[next[t]] = uint32(f)
		next[t]++
	}
	return v, forms, terms
}

// inOrder gives strings in their order, and the place that each has there.
func inOrder(list []string) (names, []uint32) {
	order := make([]uint32, len(list))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(list[a], list[b]) })
	sorted, places := make([]string, len(list)), make([]uint32, len(list))
	for place, i := range order {
		sorted[place], places[i] = list[i], uint32(place)
	}
	return newNames(sorted), places
}
