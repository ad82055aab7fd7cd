package answer

import (
	"embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaede/corpus"
	"kaede/index"
)

// chat are the short forms of messages that no edit distance would find.
var chat = map[corpus.Lang]map[string]string{
	corpus.English: {
		"wat": "what", "waht": "what", "wut": "what", "whta": "what", "hwat": "what", "wen": "when", "wehn": "when", "wich": "which", "whihc": "which", "hwo": "how", "hw": "how", "wer": "where",
		"y": "why", "u": "you", "ur": "your", "r": "are", "ppl": "people", "peeps": "people", "yr": "year", "yrs": "years", "teh": "the", "n": "and", "nd": "and", "b4": "before", "govt": "government",
		"gov": "government", "btw": "by the way", "rn": "right now", "wanna": "want to", "gonna": "going to", "dose": "does", "meny": "many", "mny": "many", "mani": "many", "pls": "please", "plz": "please", "thx": "thanks",
		"abt": "about", "biz": "business", "uni": "university", "intl": "international", "prog": "programme", "min": "minister", "gud": "good", "coz": "because", "cuz": "because", "bc": "because", "w": "with",
	},
	corpus.French: {
		"cmbien": "combien", "combiens": "combien", "cb": "combien", "kan": "quand", "quan": "quand", "qd": "quand", "ki": "qui", "koi": "quoi", "pk": "pourquoi", "pq": "pourquoi", "pkoi": "pourquoi", "pourkoi": "pourquoi",
		"c": "c'est", "ya": "y a", "jumlage": "jumelage", "bcp": "beaucoup", "svp": "s'il vous plait", "stp": "s'il te plait", "tt": "tout", "ds": "dans", "pr": "pour", "ms": "mais", "kel": "quel", "kelle": "quelle",
	},
}

// speller mends typing errors against the words of the corpus, its lexicon and its labelled questions.
type speller struct {
	known  map[string]bool   // everyday words and their stems, which are typed as they were meant
	count  map[string]int    // sentences, questions and names in which a word stands; sure words count more
	sure   map[string]bool   // words of the text, of facts and of the lexicon, which are spelt as their author meant them
	starts map[rune][]string // words by first letter
	names  map[string]bool   // the words of names
}

//go:embed common/*.txt
var commonFiles embed.FS

// commonWords are the everyday words of a language, folded.
func commonWords(l corpus.Lang) []string {
	data, err := commonFiles.ReadFile("common/" + string(l) + ".txt")
	if err != nil {
		return nil
	}
	_, words, _ := strings.Cut(string(data), "\n") // the first line says what it is
	return strings.Fields(fold(words))
}

// sureCount is what a sure word counts for each time.
const sureCount = 50

func newSpeller(x *index.Index, l corpus.Lang) *speller {
	c := x.Corpus()
	s := &speller{count: make(map[string]int), sure: make(map[string]bool), known: make(map[string]bool), starts: make(map[rune][]string), names: make(map[string]bool)}
	for w, n := range x.Vocabulary(l) {
		s.count[w] += n
	}
	said := make(map[string]int) // how often a word is, as it stands: most are again and again
	add := func(text string) {
		for word := range index.Words(l, text) {
			said[word]++
		}
	}
	for _, k := range c.Concepts {
		for _, name := range k.Names[l] {
			add(name)
			if entityKinds[k.Kind] {
				for word := range index.Words(l, name) {
					s.names[fold(word)] = true
				}
			}
		}
	}
	if x.Questions() > 0 { // in a corpus without labelled questions, a word of the text counts as it stands there
		for _, s := range c.Sentences {
			if s.Passage.Document.Lang == l {
				add(s.Text)
			} else {
				add(s.Translation[l])
			}
		}
	}
	for word, n := range said {
		w := fold(word)
		s.count[w] += n * sureCount
		s.sure[w] = true
	}
	for _, w := range commonWords(l) {
		s.known[w] = true
		for _, t := range index.Analyze(l, w) {
			s.known[t.Term] = true
		}
	}
	for w := range s.count {
		r, _ := utf8.DecodeRuneInString(w)
		if utf8.RuneCountInString(w) >= 3 && unicode.IsLetter(r) {
			s.starts[r] = append(s.starts[r], w)
		}
	}
	return s
}

// mend gives text with its typing errors mended, and what was mended. It never touches a word with a digit, in
// capitals, or shorter than four letters, but for the short forms of chat.
func (e *Engine) mend(l corpus.Lang, text string) (string, []Mend) {
	ready := e.spellers[l]
	if ready == nil {
		return text, nil
	}
	s := ready()
	var mends []Mend
	var b strings.Builder
	last := 0
	for _, t := range index.Analyze(l, text) {
		if t.Start < last {
			continue
		}
		word := text[t.Start:t.End]
		if _, short := chat[l][fold(word)]; t.Stop && !short {
			continue
		}
		if _, short := chat[l][fold(word)]; !short && (s.known[t.Term] || s.known[fold(word)]) {
			continue
		}
		read, ok := s.read(l, word)
		if !ok || isName(text, t) && !s.mayName(fold(word), fold(read)) {
			continue // who knows how a name is spelt
		}
		b.WriteString(text[last:t.Start])
		b.WriteString(read)
		last = t.End
		if _, short := chat[l][strings.ToLower(word)]; !short {
			mends = append(mends, Mend{Typed: word, Read: read})
		}
	}
	b.WriteString(text[last:])
	return b.String(), mends
}

// mayName reports whether a capitalised word may be a slip for a name that is known: one letter too many, too few or out of place. A letter
// that is another one, as in Lima and Lisa, makes another name, but in long ones.
func (s *speller) mayName(word, name string) bool {
	if !s.names[name] || distance(word, name, 1) > 1 {
		return false
	}
	a, b := []rune(word), []rune(name)
	slices.Sort(a)
	slices.Sort(b)
	return len(a) != len(b) || len(a) >= 7 || slices.Equal(a, b)
}

// read gives the word that was meant, if it is another one than what was typed.
func (s *speller) read(l corpus.Lang, word string) (string, bool) {
	w := fold(word)
	if m, ok := chat[l][w]; ok && !s.sure[w] {
		return m, true
	}
	n := utf8.RuneCountInString(w)
	if n < 4 || n > 30 || strings.ContainsFunc(w, func(r rune) bool { return !unicode.Is(unicode.Latin, r) }) || word == strings.ToUpper(word) {
		return "", false
	}
	own := s.count[w]
	if s.sure[w] || own >= sureCount {
		return "", false
	}
	far := 1
	if n >= 6 {
		far = 2
	}
	best, bestSlips, bestCount := "", 2*far+1, 0 // slips in halves
	first, size := utf8.DecodeRuneInString(w)
	second, _ := utf8.DecodeRuneInString(w[size:])
	for _, initial := range []rune{first, second} {
		for _, v := range s.starts[initial] {
			if v == w || len(v) > len(w)+far || len(v)+far < len(w) {
				continue
			}
			c := s.count[v]
			if c < 3 || c < 8*own {
				continue
			}
			d := distance(w, v, far)
			if initial != first {
				d++ // a wrong first letter is rare
			}
			if d > far {
				continue
			}
			slips := 2 * d
			if single(w) == single(v) {
				slips-- // a letter doubled or not is the likeliest slip
			}
			if slips < bestSlips || slips == bestSlips && (c > bestCount || c == bestCount && v < best) {
				best, bestSlips, bestCount = v, slips, c
			}
		}
	}
	return best, best != ""
}

// single is a word without its doubled letters.
func single(word string) string {
	return string(slices.Compact([]rune(word)))
}

// distance is the number of letters to add, drop, change or swap with the next to make b of a (optimal string alignment); more than far is
// far+1.
func distance(a, b string, far int) int {
	const most = 40
	if len(a) > most || len(b) > most {
		return far + 1
	}
	var rows [3][most + 1]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := above[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > far {
			return far + 1
		}
		before, above, row = above, row, before
	}
	return min(above[len(b)], far+1)
}
