package corpus

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// span is a range of bytes.
type span struct{ start, end int }

// segment finds the sentences of a paragraph. Between, before and after them is only white space.
//
// The boundaries of Unicode Annex 29 are the candidates. They break after every abbreviation that a
// capital follows, before the closing guillemet of « Vraiment ? », and inside Japanese quotations; mend
// puts that right.
func segment(text string) []span {
	var found []span
	quotes := quotations(text)
	start := skipSpace(text, 0)
	emit := func(end int) {
		if s := strings.TrimRightFunc(text[start:end], unicode.IsSpace); s != "" {
			found = append(found, span{start, start + len(s)})
		}
		start = skipSpace(text, end)
	}
	at := 0
	for _, piece := range pieces(text) {
		it := sentences.FromString(piece)
		for it.Next() {
			end := at + it.End()
			if it.End() == len(piece) || end <= start {
				continue
			}
			for len(quotes) > 0 && quotes[0].end <= end {
				quotes = quotes[1:]
			}
			if end, ok := mend(text, start, end); ok && (len(quotes) == 0 || end <= quotes[0].start || end >= quotes[0].end) {
				emit(end)
			}
		}
		at += len(piece)
	}
	emit(len(text))
	return found
}

// pieces cuts a text where a hundred characters in a row are neither letters nor digits: over such a
// stretch the segmenter looks ahead from every character, which a hostile text could make last hours.
func pieces(text string) []string {
	var ps []string
	start, idle := 0, 0
	for i, r := range text {
		if idle++; unicode.IsLetter(r) || unicode.IsDigit(r) {
			idle = 0
		}
		if idle == 100 {
			ps = append(ps, text[start:i])
			start, idle = i, 0
		}
	}
	return append(ps, text[start:])
}

// mend moves a candidate boundary of the sentence that begins at start to where it belongs, or says that
// it is none.
func mend(text string, start, end int) (int, bool) {
	// An opening mark that follows the full stop at once begins the next sentence.
	for end > start {
		r, size := utf8.DecodeLastRuneInString(text[start:end])
		if !unicode.In(r, unicode.Ps, unicode.Pi) {
			break
		}
		end -= size
	}
	// A closing mark, or the number of a note, ends the sentence before it.
	next := skipSpace(text, end)
	for {
		if note := noteMark.FindString(text[next:min(next+8, len(text))]); note != "" {
			next += len(note)
		} else if r, size := utf8.DecodeRuneInString(text[next:]); strings.ContainsRune("»”)]」』）】》〉〕", r) {
			next += size
		} else {
			break
		}
		end = next
		next = skipSpace(text, next)
	}
	left := strings.TrimRightFunc(text[start:end], unicode.IsSpace)
	right := text[next:]
	if left == "" || right == "" {
		return 0, false
	}
	last, _ := utf8.DecodeLastRuneInString(left)
	first, _ := utf8.DecodeRuneInString(right)
	switch {
	case unspaced(last): // 。！？ and the Japanese closing brackets end a sentence, but 「はい。」と goes on
		if strings.ContainsRune("」』）】》〉〕", last) && particle.MatchString(right[:min(len(right), 12)]) {
			return 0, false
		}
	case unicode.IsLower(first), strings.ContainsRune(",;:", first):
		return 0, false
	case last == '.' && abbreviated(left, right):
		return 0, false
	}
	return end, true
}

var (
	noteMark = regexp.MustCompile(`^\[\d{1,3}\]`)
	particle = regexp.MustCompile(`^(?:と|が|を|は|に|も|の|へ|で)`)

	// What goes on after its full stop, whatever follows.
	title = regexp.MustCompile(`^(?i:mr|mrs|ms|messrs|dr|prof|st|gen|col|lt|sgt|capt|hon|sen|rep|gov|rev|mt|mme|mmes|mlle|mm|vs|e\.g|i\.e|cf|viz|approx|env|p\.ex)$`)
	// What goes on where a number follows.
	numbered = regexp.MustCompile(`^(?i:no|nos|nr|art|arts|vol|ch|chap|fig|sec|sect|para|p|pp|jan|janv|feb|févr|fév|mar|apr|avr|jun|jul|juil|aug|sep|sept|oct|nov|dec|déc)$`)
	// What may end a sentence and may not: an acronym with its full stops, an initial, a company's form.
	open = regexp.MustCompile(`^(?:(?:\pL\.)+\pL|\p{Lu}|Inc|Ltd|Corp|Co|Jr|Sr|Ph\.D)$`)
	// With these words a sentence begins rather than a name goes on.
	starter = regexp.MustCompile(`^(?:(?:[CDJLMNSTQ]|Qu)[’']|(?:The|A|An|In|It|Its|This|That|These|Those|He|She|They|We|I|You|But|And|However|For|On|At|As|By|When|While|If|Since|After|Before|With|Both|There|Our|Their|His|Her|Many|Some|Most|Such|Other|One|To|From|During|Under|Also|What|Who|How|Where|Le|La|Les|Un|Une|Des|Il|Elle|Ils|Elles|En|Au|Aux|Ce|Cette|Ces|Dans|Pour|Par|Mais|Et|De|Du|Cela|Nous|Vous)(?:[^\pL.]|$))`)
)

// abbreviated reports whether the full stop at the end of left abbreviates, so that right continues it.
func abbreviated(left, right string) bool {
	left = left[:len(left)-1]
	word := left
	if i := strings.LastIndexFunc(left, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Ps, unicode.Pi) || r == '’' || r == '\''
	}); i >= 0 {
		_, size := utf8.DecodeRuneInString(left[i:])
		word = left[i+size:]
	}
	if len(left) <= 3 && strings.Trim(left, "0123456789") == "" {
		return true // the number of an item: "1. The rule of law"
	}
	first, _ := utf8.DecodeRuneInString(right)
	switch {
	case title.MatchString(word):
		return true
	case numbered.MatchString(word):
		return unicode.IsDigit(first)
	case open.MatchString(word):
		return unicode.IsUpper(first) && !starter.MatchString(right)
	}
	return false
}

// quotations returns the stretches between paired Japanese brackets, outermost first, in order.
func quotations(text string) []span {
	const opening, closing = "「『（【《〈〔", "」』）】》〉〕"
	if !strings.ContainsAny(text, closing) {
		return nil
	}
	type bracket struct {
		closing rune
		at      int
	}
	var stack []bracket
	var found []span
	for i, r := range text {
		if k := strings.IndexRune(opening, r); k >= 0 {
			c, _ := utf8.DecodeRuneInString(closing[k:])
			stack = append(stack, bracket{c, i})
		} else if n := len(stack) - 1; n >= 0 && stack[n].closing == r {
			found = append(found, span{stack[n].at, i + utf8.RuneLen(r)})
			stack = stack[:n]
		}
	}
	slices.SortFunc(found, func(a, b span) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	outer := found[:0]
	for _, s := range found {
		if len(outer) == 0 || s.start >= outer[len(outer)-1].end {
			outer = append(outer, s)
		}
	}
	return outer
}

// skipSpace returns the first place from at on that holds no white space.
func skipSpace(text string, at int) int {
	return len(text) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
}
