package index

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"kaede/corpus"
)

// A space is the forward index of one language: the forms of its words, numbered, and for each unit (a sentence, a heading, a
// labelled question) the numbers of its words in order. It lies in flat slices and is immutable once finished.
type space struct {
	lang  corpus.Lang
	forms map[string]uint32 // by folded word
	info  []form            // by form
	order []uint32          // forms in the order of their text
	terms map[string]uint32
	names []string // of terms
	// Forms of each term: termForms[termStart[t]:termStart[t+1]].
	termStart, termForms []uint32
	termDF, groupDF      []uint32 // in how many units and groups of units (passages) a term stands

	tokens []uint32 // form, or form|capital
	bounds []uint32 // tokens of unit u: tokens[bounds[u]:bounds[u+1]]

	units, groups     int     // those that are not empty
	unitLen, groupLen float64 // mean number of tokens
}

// capital marks a token that starts with a capital letter. It leaves 2^31 forms.
const capital = 1 << 31

type form struct {
	text  string
	term  uint32
	df    uint32 // units
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

// shape says which kind of answer a word may be.
type shape uint8

const (
	digits shape = 1 << iota
	year
	month
	numeral
)

func (s *space) unit(u int) []uint32 { return s.tokens[s.bounds[u]:s.bounds[u+1]] }

// idf is the rarity of something that stands in df of n.
func idf(df uint32, n int) float64 {
	return math.Log(1 + (float64(n)-float64(df)+.5)/(float64(df)+.5))
}

// spaceBuilder fills a space. Units must be added in order.
type spaceBuilder struct {
	*space
	raw      map[string]uint32 // what normalize made of a token, so that it works once for each
	lastUnit []uint32          // by term, the last unit in which it was seen, plus one
	lastForm []uint32          // the same by form
	lastGrp  []uint32          // the same for groups, by term
	group    uint32
	grouped  int // tokens in the current group
}

func newSpace(lang corpus.Lang) *spaceBuilder {
	return &spaceBuilder{
		space: &space{lang: lang, forms: map[string]uint32{}, terms: map[string]uint32{}, bounds: []uint32{0}},
		raw:   map[string]uint32{},
	}
}

const nothing = math.MaxUint32

// add appends one unit, made of texts, to the current group. One that is not counted has no part in the rarity of terms by unit.
func (b *spaceBuilder) add(counted bool, texts ...string) {
	unit, start := uint32(len(b.bounds)), len(b.tokens)
	for _, text := range texts {
		scan(b.lang, text, func(start, end int) {
			raw := text[start:end]
			f, ok := b.raw[raw]
			if !ok {
				f = b.form(raw)
				b.raw[raw] = f
			}
			if f == nothing {
				return
			}
			b.count(f, unit, counted)
			if c := raw[0]; c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf && isUpper(raw) {
				f |= capital
			}
			b.tokens = append(b.tokens, f)
		})
	}
	b.bounds = append(b.bounds, uint32(len(b.tokens)))
	if n := len(b.tokens) - start; n > 0 {
		b.grouped += n
		if counted {
			b.units++
			b.unitLen += float64(n)
		}
	}
}

// close ends a group.
func (b *spaceBuilder) close() {
	if b.grouped > 0 {
		b.groups++
		b.groupLen += float64(b.grouped)
	}
	b.grouped = 0
	b.group++
}

func isUpper(s string) bool { r := firstRune(s); return strings.ToLower(string(r)) != string(r) }

// form gives the number of the form of a token, a new one if need be.
func (b *spaceBuilder) form(raw string) uint32 {
	w := normalize(b.lang, raw, false)
	if w.term == "" {
		return nothing
	}
	if f, ok := b.forms[w.form]; ok {
		return f
	}
	t, ok := b.terms[w.term]
	if !ok {
		t = uint32(len(b.terms))
		name := strings.Clone(w.term)
		b.terms[name], b.names = t, append(b.names, name)
		b.termDF, b.groupDF = append(b.termDF, 0), append(b.groupDF, 0)
		b.lastUnit, b.lastGrp = append(b.lastUnit, 0), append(b.lastGrp, 0)
	}
	f := uint32(len(b.info))
	text := strings.Clone(w.form)
	b.forms[text] = f
	b.info = append(b.info, form{text: text, term: t, class: classOf(text), shape: shapeOf(b.lang, text), stop: w.stop})
	b.lastForm = append(b.lastForm, 0)
	return f
}

// count counts a form that stands in a unit, once for the unit and once for its group.
func (b *spaceBuilder) count(f, unit uint32, counted bool) {
	t := b.info[f].term
	if b.lastForm[f] != unit {
		b.lastForm[f] = unit
		b.info[f].df++
	}
	if counted && b.lastUnit[t] != unit {
		b.lastUnit[t] = unit
		b.termDF[t]++
	}
	if b.lastGrp[t] != b.group+1 {
		b.lastGrp[t] = b.group + 1
		b.groupDF[t]++
	}
}

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

// finish makes the space ready for reading, after its last unit.
func (b *spaceBuilder) finish() *space {
	s := b.space
	s.order = make([]uint32, len(s.info))
	s.termStart = make([]uint32, len(s.terms)+1)
	for f := range s.info {
		s.order[f] = uint32(f)
		s.termStart[s.info[f].term+1]++
	}
	slices.SortFunc(s.order, func(a, b uint32) int { return strings.Compare(s.info[a].text, s.info[b].text) })
	for t := range len(s.terms) {
		s.termStart[t+1] += s.termStart[t]
	}
	s.termForms = make([]uint32, len(s.info))
	next := slices.Clone(s.termStart)
	for f := range s.info {
		t := s.info[f].term
		s.termForms[next[t]] = uint32(f)
		next[t]++
	}
	s.unitLen /= float64(max(s.units, 1))
	s.groupLen /= float64(max(s.groups, 1))
	s.tokens, s.bounds = slices.Clip(s.tokens), slices.Clip(s.bounds)
	return s
}

// prefixed gives the forms that start with prefix, as a part of s.order.
func (s *space) prefixed(prefix string) []uint32 {
	at := func(f uint32, p string) int { return strings.Compare(s.info[f].text, p) }
	lo, _ := slices.BinarySearchFunc(s.order, prefix, at)
	hi, _ := slices.BinarySearchFunc(s.order[lo:], prefix+"\xff", at)
	return s.order[lo : lo+hi]
}
