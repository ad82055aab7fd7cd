package index

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A space is the forward index of one language: for each unit (a sentence, a heading, a labelled question) the numbers of its words in
// order, and how many units have each word. It lies in flat slices and is immutable once finished.
type space struct {
	*vocabulary
	df              []uint32 // by form, the units in which it stands
	termDF, groupDF []uint32 // by term, the units and groups of units (passages)

	tokens []uint32 // form, or form|capital
	bounds []uint32 // tokens of unit u: tokens[bounds[u]:bounds[u+1]]

	units, groups     int     // those that are not empty
	unitLen, groupLen float64 // mean number of tokens
}

// capital marks a token that starts with a capital letter. It leaves 2^31 forms.
const capital = 1 << 31

func (s *space) unit(u int) []uint32 { return s.tokens[s.bounds[u]:s.bounds[u+1]] }

// form gives the number of a form that stands in the space.
func (s *space) form(text string) (uint32, bool) {
	f, ok := s.forms.find(text)
	return f, ok && s.df[f] > 0
}

// term gives the number of a term that stands in the space.
func (s *space) term(name string) (uint32, bool) {
	t, ok := s.terms.find(name)
	return t, ok && s.groupDF[t] > 0
}

// idf is the rarity of something that stands in df of n.
func idf(df uint32, n int) float64 {
	return math.Log(1 + (float64(n)-float64(df)+.5)/(float64(df)+.5))
}

// spaceBuilder fills a space. Units must be added in order.
type spaceBuilder struct {
	*space
	words    *numbering
	lastUnit []uint32 // by term, the last unit in which it was seen, plus one
	lastForm []uint32 // the same by form
	lastGrp  []uint32 // the same for groups, by term
	group    uint32
	grouped  int // tokens in the current group
}

func newSpace(n *numbering) *spaceBuilder {
	return &spaceBuilder{space: &space{bounds: []uint32{0}}, words: n}
}

// add appends one unit, made of texts, to the current group. One that is not counted has no part in the rarity of terms by unit.
func (b *spaceBuilder) add(counted bool, texts ...string) {
	unit, start := uint32(len(b.bounds)), len(b.tokens)
	for _, text := range texts {
		scan(b.words.lang, text, func(start, end int) {
			raw := text[start:end]
			f := b.words.form(raw)
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

// count counts a form that stands in a unit, once for the unit and once for its group.
func (b *spaceBuilder) count(f, unit uint32, counted bool) {
	if n := len(b.words.texts) - len(b.df); n > 0 {
		b.df, b.lastForm = append(b.df, make([]uint32, n)...), append(b.lastForm, make([]uint32, n)...)
	}
	if n := len(b.words.names) - len(b.termDF); n > 0 {
		more := make([]uint32, n)
		b.termDF, b.groupDF = append(b.termDF, more...), append(b.groupDF, more...)
		b.lastUnit, b.lastGrp = append(b.lastUnit, more...), append(b.lastGrp, more...)
	}
	t := b.words.info[f].term
	if b.lastForm[f] != unit {
		b.lastForm[f] = unit
		b.df[f]++
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

// finish makes the space ready for reading, after its last unit, with the vocabulary and the numbers that finish gave.
func (b *spaceBuilder) finish(v *vocabulary, forms, terms []uint32) *space {
	s := b.space
	s.vocabulary = v
	s.df, s.termDF, s.groupDF = moved(s.df, forms), moved(s.termDF, terms), moved(s.groupDF, terms)
	for i, f := range s.tokens {
		s.tokens[i] = forms[f&^capital] | f&capital
	}
	s.tokens, s.bounds = slices.Clone(s.tokens), slices.Clone(s.bounds) // without spare room
	s.unitLen /= float64(max(s.units, 1))
	s.groupLen /= float64(max(s.groups, 1))
	return s
}

// moved gives counts by the new number of what they count.
func moved(counts, numbers []uint32) []uint32 {
	out := make([]uint32, len(numbers))
	for old, n := range counts {
		out[numbers[old]] = n
	}
	return out
}
