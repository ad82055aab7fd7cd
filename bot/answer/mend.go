package answer

import (
	"embed"
	"maps"
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

// speller mends typing errors against the words of the corpus, its lexicon and its labelled questions. It is immutable.
type speller struct {
	words []spelling // in the order of their letters
	known []string   // everyday words and their stems, which are typed as they were meant; in order
}

// spelling is one word, folded.
type spelling struct {
	word  string
	count int32 // sentences, questions and names in which it stands; a sure word counts more
	sure  bool  // of the text, of facts or of the lexicon, where it is spelt as its author meant it
	name  bool  // of a name
}

// find gives what is known of a word.
func (s *speller) find(word string) spelling {
	if i := s.place(word); i < len(s.words) && s.words[i].word == word {
		return s.words[i]
	}
	return spelling{}
}

// place is that of the first word that is not before this one.
func (s *speller) place(word string) int {
	i, _ := slices.BinarySearchFunc(s.words, word, func(a spelling, b string) int { return strings.Compare(a.word, b) })
	return i
}

func (s *speller) isKnown(word string) bool {
	_, ok := slices.BinarySearch(s.known, word)
	return ok
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
	words := make(map[string]spelling)
	for w, n := range x.Vocabulary(l) {
		words[w] = spelling{word: w, count: int32(n)}
	}
	said := make(map[string]spelling) // the words of names and sentences as they stand: most are again and again
	add := func(text string, name bool) {
		for word := range index.Words(l, text) {
			w := said[word]
			w.count++
			w.name = w.name || name
			said[word] = w
		}
	}
	for _, k := range c.Concepts {
		for _, name := range k.Names[l] {
			add(name, entityKinds[k.Kind])
		}
	}
	if x.Questions() > 0 { // in a corpus without labelled questions, a word of the text counts as it stands there
		for _, s := range c.Sentences {
			if s.Passage.Document.Lang == l {
				add(s.Text, false)
			} else {
				add(s.Translation[l], false)
			}
		}
	}
	for word, n := range said {
		folded := fold(word)
		w, ok := words[folded]
		if !ok {
			w.word = folded
		}
		w.count, w.sure, w.name = w.count+n.count*sureCount, true, w.name || n.name
		words[folded] = w
	}
	s := &speller{words: slices.SortedFunc(maps.Values(words), func(a, b spelling) int { return strings.Compare(a.word, b.word) })}
	for _, w := range commonWords(l) {
		s.known = append(s.known, w)
		for _, t := range index.Analyze(l, w) {
			if t.Term != w {
				s.known = append(s.known, t.Term)
			}
		}
	}
	slices.Sort(s.known)
	s.known = strings.Fields(strings.Join(slices.Compact(s.known), " ")) // in one piece of memory
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
		if _, short := chat[l][fold(word)]; !short && (s.isKnown(t.Term) || s.isKnown(fold(word))) {
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
	if !s.find(name).name || distance(word, name, 1) > 1 {
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
	own := s.find(w)
	if m, ok := chat[l][w]; ok && !own.sure {
		return m, true
	}
	n := utf8.RuneCountInString(w)
	if n < 4 || n > 30 || strings.ContainsFunc(w, func(r rune) bool { return !unicode.Is(unicode.Latin, r) }) || word == strings.ToUpper(word) {
		return "", false
	}
	if own.sure || own.count >= sureCount {
		return "", false
	}
	far := 1
	if n >= 6 {
		far = 2
	}
	best, bestSlips, bestCount := "", 2*far+1, int32(0) // slips in halves
	first, size := utf8.DecodeRuneInString(w)
	second, _ := utf8.DecodeRuneInString(w[size:])
	for _, initial := range []rune{first, second} {
		for _, known := range s.words[s.place(string(initial)):s.place(string(initial+1))] {
			v, c := known.word, known.count
			if v == w || len(v) > len(w)+far || len(v)+far < len(w) || c < 3 || c < 8*own.count || utf8.RuneCountInString(v) < 3 {
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
