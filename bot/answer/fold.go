package answer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kaede/corpus"
)

// fold brings text to the form in which questions are compared and read: width and compatibility forms folded, lower case,
// straight quotes, Latin accents off, runs of space to one. Japanese voicing marks are kept, since they change the word.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := true
	for _, r := range norm.NFD.String(norm.NFKC.String(s)) {
		switch {
		case r > ' ' && r < 0x7f && r != '`':
		case r >= 0x300 && r <= 0x36f:
			continue
		case unicode.Is(unicode.Cf, r) || r == 0xfe0f: // zero-width and direction marks carry no words
			continue
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case r == '’' || r == '‘' || r == '`' || r == '´' || r == 'ʼ':
			r = '\''
		case r == '‑' || r == '‐' || r == '–' || r == '—':
			r = '-'
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	return norm.NFC.String(strings.TrimSpace(b.String()))
}

// frenchWords and englishWords are the small words by which the two languages are told apart in text that is as short
// as a message. They are compared with folded words, clitics split off.
var (
	frenchWords = wordSet(`le la les l un une des du d de au aux et est sont etait etre a ont avait que qu qui quoi quel quelle quels quelles quand
		comment combien pourquoi ou dans avec sur pour par entre depuis pendant avant apres ne pas plus ce cet cette ces son sa ses leur leurs
		il elle ils elles on nous vous je j tu me m te se s c y en mon ma mes ton ta tes notre votre si mais donc car aussi tres bien fait faire
		existe sert peut puis veut dire moi toi lui merci bonjour salut vers chez sous sans selon chaque tout toute tous toutes meme encore cmbien ya
		annee annees pays japon japonais japonaise canadien canadienne canadiens quelqu deja ca ont-ils est-ce a-t-il pib ide`)
	englishWords = wordSet(`the a an of to in on at for from by with and or is are was were be been do does did has have had can could will would should
		what when where which who whose whom why how many much this that these those it its they them their there here we you your i my me us our he she
		his her not no if so as than then into about over under between since before after more most any some each every other also just really
		please tell know wat wen wich wanna rn lol ppl u ur im whats does dose isn't don't get got say said`)
)

func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// detect reads the language of a message. Where the words do not show it, it is the first known of the guesses, else English.
func detect(folded string, guesses ...corpus.Lang) corpus.Lang {
	kana, han, latin := 0, 0, 0
	for _, r := range folded {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	if kana+han > 0 && (kana+han)*4 >= latin {
		return corpus.Japanese
	}
	fr, en := 0, strings.Count(folded+" ", "'s ") // "what's", "Japan's"; in French an s before an apostrophe begins a word
	for _, w := range strings.FieldsFunc(strings.ReplaceAll(folded+" ", "'s ", " "), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if frenchWords[w] {
			fr++
		}
		if englishWords[w] {
			en++
		}
	}
	switch {
	case fr > en:
		return corpus.French
	case en > fr:
		return corpus.English
	}
	for _, g := range guesses {
		if g == corpus.French || g == corpus.English || g == corpus.Japanese && latin == 0 {
			return g
		}
	}
	return corpus.English
}
