package index

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"golang.org/x/text/unicode/norm"

	"kaede/corpus"
)

// maxTerm bounds a term in bytes; what is longer is cut, in texts and questions alike.
const maxTerm = 60

// Token is one term of a text. Japanese tokens overlap: 日本 gives 日, 日本 and 本.
type Token struct {
	Term       string // as it stands in the index
	Start, End int    // byte offsets into the text
	Stop       bool   // a word without weight of its own: the, de, です
	Surface    string // text[Start:End]
}

// Analyze gives the terms of text in a language, as they stand in the index.
//
// Words are folded (case, accents, width). English: the possessive and other apostrophes go, words are stemmed,
// acronyms that look like a stop word (US, U.S., WHO) keep their capitals. French: elided words part from the next one, light
// stemmer. In every language kanji give each character and each pair, kana their pairs, and a run of katakana also
// itself, so that 日 finds 日本 and 自動車 finds 車.
func Analyze(lang corpus.Lang, text string) []Token {
	tokens := make([]Token, 0, 1+len(text)/4) // words and kanji come to about that
	shout := !strings.ContainsFunc(text, unicode.IsLower)
	scan(lang, text, func(start, end int) {
		w := normalize(lang, text[start:end], shout)
		if w.term != "" {
			tokens = append(tokens, Token{Term: w.term, Start: start, End: end, Stop: w.stop, Surface: text[start:end]})
		}
	})
	return tokens
}

// Words gives the words of text that Analyze makes terms of, as they stand in it, without the work of that.
func Words(lang corpus.Lang, text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		more := true
		scan(lang, text, func(start, end int) { more = more && yield(text[start:end]) })
	}
}

// Fold gives text without case, accents and width, hiragana as katakana: what Complete compares.
func Fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r + 'ァ' - 'ぁ'
		}
		return r
	}, foldUnits(text))
}

// script is the class of a rune for cutting text into runs.
type script uint8

const (
	gap script = iota
	letter
	han
	hiragana
	katakana
)

func scriptOf(r rune) script {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return letter
		}
		return gap
	case r < 0x2e80:
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return letter
		}
		return gap
	case r == 'ー' || r == 'ｰ' || r >= 'ァ' && r <= 'ヺ' || r >= 'ㇰ' && r <= 'ㇿ' || r >= 'ｦ' && r <= 'ﾟ':
		return katakana
	case r >= 'ぁ' && r <= 'ゟ' || r == 0x3099 || r == 0x309a:
		return hiragana
	case r == '々' || r == '〇' || r == '〆' || unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return letter
	}
	return gap
}

// voicing reports a mark that belongs to the kana before it.
func voicing(r rune) bool { return r == 0x3099 || r == 0x309a || r == 'ﾞ' || r == 'ﾟ' }

// scan calls emit with the bounds of each token of text, in order; a run of katakana follows its pairs.
func scan(lang corpus.Lang, text string, emit func(start, end int)) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch kind := scriptOf(r); kind {
		case gap:
			i += size
		case letter:
			end := wordEnd(lang, text, i)
			emit(i, end)
			i = end
		default:
			i = grams(text, i, kind, emit)
		}
	}
}

// wordEnd gives the end of the word that starts at i: letters and digits, with the marks that join them.
func wordEnd(lang corpus.Lang, text string, i int) int {
	start, prev := i, rune(0)
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if scriptOf(r) == letter {
			prev = r
			i += size
			continue
		}
		next, nextSize := utf8.DecodeRuneInString(text[i+size:])
		if scriptOf(next) != letter || !joins(lang, text[start:i], prev, r, next, text[i+size:]) {
			break
		}
		prev = next
		i += size + nextSize
	}
	return i
}

// joins reports whether mark r stands within a word rather than between two.
func joins(lang corpus.Lang, before string, prev, r, next rune, after string) bool {
	digits := unicode.IsDigit(prev) && unicode.IsDigit(next)
	switch r {
	case '\'', '’', '＇':
		return lang != corpus.French && !unicode.IsDigit(prev)
	case '.', '．':
		return digits || unicode.IsUpper(prev) && unicode.IsUpper(next) && acronym(before)
	case ',', '，':
		return digits
	case '\u00a0', '\u202f': // French groups of thousands
		return digits && len(after) >= 3 && allDigits(after[:3]) && (len(after) == 3 || after[3] < '0' || after[3] > '9')
	}
	return false
}

// acronym reports letters with full stops between them, so far: U, U.S.
func acronym(s string) bool { return len(s)%2 == 1 && (len(s) == 1 || s[len(s)-2] == '.') }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// grams emits the tokens of a run of kanji or kana that starts at i, and gives its end. Kanji: each one, and each pair with
// what follows, be it a kana (食べ). Hiragana: each pair, and a lone one. Katakana: each pair and the whole run.
func grams(text string, i int, kind script, emit func(start, end int)) int {
	start, n := i, 0
	for i < len(text) {
		r, _ := utf8.DecodeRuneInString(text[i:])
		if scriptOf(r) != kind {
			break
		}
		mid := unitEnd(text, i)
		n++
		if kind == han {
			emit(i, mid)
		}
		next, _ := utf8.DecodeRuneInString(text[mid:])
		if k := scriptOf(next); mid < len(text) && (k == kind || kind == han && k == hiragana) {
			emit(i, unitEnd(text, mid))
		} else if n == 1 && kind != han {
			emit(i, mid)
		}
		i = mid
	}
	if kind == katakana && n > 2 {
		emit(start, i)
	}
	return i
}

// unitEnd gives the end of the character at i with its voicing marks.
func unitEnd(text string, i int) int {
	_, size := utf8.DecodeRuneInString(text[i:])
	i += size
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !voicing(r) {
			break
		}
		i += size
	}
	return i
}

// word is what the index knows of a token.
type word struct {
	form string // folded, not stemmed
	term string // empty for what folds to nothing
	stop bool
}

// normalize gives the form and the term of a token. In a text all in capitals (shout), capitals mean nothing.
func normalize(lang corpus.Lang, raw string, shout bool) word {
	form := foldWord(raw)
	if form == "" {
		return word{}
	}
	if form[0] >= utf8.RuneSelf && scriptOf(firstRune(form)) > letter {
		return word{form, form, stopGrams[form]}
	}
	switch lang {
	case corpus.English:
		form = english(raw, form)
		if englishStops[form] {
			if letters := strings.ReplaceAll(raw, ".", ""); len(letters) > 1 && upper(letters) && (!shout || letters != raw) {
				return word{letters, letters, false}
			}
			return word{form, form, true}
		}
		if alone[form] {
			return word{form, form, false}
		}
		return word{form, stem(en.NewEnglishStemmerFilter(), form), false}
	case corpus.French:
		if frenchStops[form] {
			return word{form, form, true}
		}
		return word{form, stem(fr.NewFrenchLightStemmerFilter(), form), false}
	}
	return word{form, form, false}
}

// alone are the words that the stemmer would join with others of another meaning: important with import.
var alone = map[string]bool{
	"important": true, "importance": true, "organic": true, "publication": true, "publications": true, "police": true, "universe": true,
	"news": true, "customs": true, "arms": true, "general": true, "communities": true, "community": true, "several": true, "severed": true,
}

// english takes the possessive and the other apostrophes from a form.
func english(raw, form string) string {
	if !strings.ContainsAny(raw, "'’＇") {
		return form
	}
	form = strings.ReplaceAll(form, "’", "'")
	form = strings.TrimSuffix(form, "'s")
	return strings.ReplaceAll(form, "'", "")
}

// stem takes the ending from a form of letters; a plural decade (1990s) loses its s.
func stem(filter analysis.TokenFilter, form string) string {
	if d := strings.TrimSuffix(form, "s"); allDigits(d) {
		return d
	}
	for i := range len(form) {
		if form[i] < 'a' || form[i] > 'z' {
			return form
		}
	}
	out := filter.Filter(analysis.TokenStream{{Term: []byte(form)}})
	if len(out) != 1 || len(out[0].Term) == 0 {
		return form
	}
	return string(out[0].Term)
}

func upper(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

// foldWord folds one token. Commas and blanks between digits and full stops between letters go.
func foldWord(raw string) string {
	plain := true
	for i := range len(raw) {
		if c := raw[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			plain = false
			break
		}
	}
	s := raw
	if !plain {
		s = foldUnits(raw)
		number := s != "" && s[0] >= '0' && s[0] <= '9'
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\'' || r == '’' || r == '.' && number:
				return r
			case scriptOf(r) == gap:
				return -1
			}
			return r
		}, s)
	}
	if len(s) > maxTerm {
		cut := maxTerm
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	return s
}

// foldUnits folds width, case and accents, and keeps the voicing of kana.
func foldUnits(s string) string {
	ascii, signs := true, true
	for _, r := range s {
		ascii = ascii && r < utf8.RuneSelf
		signs = signs && (r >= 'ぁ' && r <= 'ゖ' || r >= 'ァ' && r <= 'ヺ' || r == 'ー' || r >= '一' && r <= '龠')
	}
	switch {
	case signs: // kana and kanji in one piece have no other form
		return s
	case ascii:
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKC.String(s) {
		if k := scriptOf(r); r < utf8.RuneSelf || k == han || k == hiragana || k == katakana {
			b.WriteRune(unicode.ToLower(r))
			continue
		}
		switch r {
		case 'œ', 'Œ':
			b.WriteString("oe")
		case 'æ', 'Æ':
			b.WriteString("ae")
		case 'ß':
			b.WriteString("ss")
		case 'ø', 'Ø':
			b.WriteByte('o')
		case 'ł', 'Ł':
			b.WriteByte('l')
		default:
			var buf [utf8.UTFMax]byte
			for _, d := range norm.NFD.String(string(buf[:utf8.EncodeRune(buf[:], r)])) {
				if !unicode.Is(unicode.Mn, d) {
					b.WriteRune(unicode.ToLower(d))
				}
			}
		}
	}
	return b.String()
}
