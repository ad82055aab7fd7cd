package index

import (
	"strings"

	"kaede/corpus"
)

// kind is the kind of thing that a question asks for, as far as its question word tells.
type kind uint8

const (
	anything kind = iota
	aDate
	aNumber
	aName
)

// questionWords tell the kind by what the folded question holds, the first that does: whole words, or signs in Japanese.
var questionWords = map[corpus.Lang][]struct {
	words string
	kind  kind
}{
	corpus.English: {
		{" how many ", aNumber}, {" how much ", aNumber}, {" how old ", aNumber}, {" how long ", aNumber}, {" how far ", aNumber}, {" how large ", aNumber},
		{" how big ", aNumber}, {" how tall ", aNumber}, {" what percent ", aNumber}, {" what number ", aNumber}, {" population ", aNumber}, {" what year ", aDate},
		{" which year ", aDate}, {" what date ", aDate}, {" what day ", aDate}, {" what month ", aDate}, {" what century ", aDate}, {" what decade ", aDate},
		{" when ", aDate}, {" who ", aName}, {" whom ", aName}, {" whose ", aName}, {" where ", aName}, {" what city ", aName}, {" what country ", aName},
		{" which city ", aName}, {" which country ", aName}, {" name ", aName},
	},
	corpus.French: {
		{" combien ", aNumber}, {" quel nombre ", aNumber}, {" quel pourcentage ", aNumber}, {" quelle population ", aNumber}, {" quelle part ", aNumber},
		{" quelle distance ", aNumber}, {" quelle superficie ", aNumber}, {" quel age ", aNumber}, {" quand ", aDate}, {" quelle annee ", aDate},
		{" quelle date ", aDate}, {" quel jour ", aDate}, {" quel mois ", aDate}, {" quel siecle ", aDate}, {" qui ", aName}, {" ou ", aName},
		{" quelle ville ", aName}, {" quel pays ", aName}, {" quel nom ", aName}, {" comment s appelle ", aName}, {" comment se nomme ", aName},
	},
	corpus.Japanese: {
		{"いつ", aDate}, {"何年", aDate}, {"何月", aDate}, {"何日", aDate}, {"何世紀", aDate}, {"何時", aDate}, {"何人", aNumber}, {"いくつ", aNumber},
		{"いくら", aNumber}, {"何歳", aNumber}, {"何度", aNumber}, {"何回", aNumber}, {"何個", aNumber}, {"何本", aNumber}, {"何種", aNumber},
		{"何メートル", aNumber}, {"何キロ", aNumber}, {"何パーセント", aNumber}, {"何%", aNumber}, {"何番", aNumber}, {"何位", aNumber}, {"何階", aNumber},
	},
}

// wantedKind reads the kind of thing that a question asks for.
func wantedKind(lang corpus.Lang, text string) kind {
	text = foldUnits(text)
	if lang != corpus.Japanese {
		var b strings.Builder
		b.WriteByte(' ')
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return scriptOf(r) == gap }) {
			b.WriteString(word)
			b.WriteByte(' ')
		}
		text = b.String()
	}
	for _, q := range questionWords[lang] {
		if strings.Contains(text, q.words) {
			return q.kind
		}
	}
	return anything
}

// in tells whether a sentence holds that kind of thing beyond what the question says: 1, -1, or 0 where nothing is asked.
func (k kind) in(t *tally) float64 {
	has := false
	switch k {
	case anything:
		return 0
	case aDate:
		has = t.shapes&(year|month) != 0
	case aNumber:
		has = t.shapes&(digits|numeral) != 0
	case aName:
		has = t.name
	}
	if has {
		return 1
	}
	return -1
}
