package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"kaede/corpus"
)

// Choice is a fact, offered while its name is being typed.
type Choice struct {
	ID    string // of the fact
	Label string // in the language asked for
}

// choice holds the folded names of a fact, each after a line break.
type choice struct {
	fact   *corpus.Fact
	labels map[corpus.Lang]string
	all    string // labels in all languages, and the names of its subject, relation and object
}

const maxChoices = 100

func newChoices(c *corpus.Corpus) []choice {
	names := map[string]string{}
	for _, k := range c.Concepts {
		var b strings.Builder
		for _, lang := range corpus.Langs() {
			for _, name := range k.Names[lang] {
				b.WriteString("\n" + Fold(name))
			}
		}
		names[k.ID] = b.String()
	}
	choices := make([]choice, len(c.Facts))
	for i, f := range c.Facts {
		k := choice{fact: f, labels: map[corpus.Lang]string{}}
		for _, lang := range corpus.Langs() {
			k.labels[lang] = "\n" + Fold(f.Label[lang])
			k.all += k.labels[lang]
		}
		k.all += names[f.Subject] + names[f.Relation] + names[f.Object]
		choices[i] = k
	}
	return choices
}

// Complete gives up to n facts, at most 100, whose label or names in any script begin with prefix, have a word that does, or hold
// it, in this order; labels in lang come before all others. Case, accents, width and the two kana are alike. For an empty
// prefix it gives the first fact of each topic.
func (x *Index) Complete(prefix string, lang corpus.Lang, n int) []Choice {
	n = max(0, min(n, maxChoices))
	prefix = strings.Join(strings.Fields(Fold(clip(prefix))), " ")
	type ranked struct{ rank, i int }
	var found []ranked
	topics := map[string]bool{}
	for i := range x.choices {
		k := &x.choices[i]
		rank := 0
		switch {
		case prefix == "":
			if topics[k.fact.Topic] {
				continue
			}
			topics[k.fact.Topic] = true
		default:
			if rank = 2 * place(k.labels[lang], prefix); rank < 0 {
				if rank = 2*place(k.all, prefix) + 1; rank < 0 {
					continue
				}
			}
		}
		found = append(found, ranked{rank, i})
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	choices := make([]Choice, 0, min(n, len(found)))
	for _, f := range found[:min(n, len(found))] {
		fact := x.choices[f.i].fact
		choices = append(choices, Choice{fact.ID, fact.Label.In(lang)})
	}
	return choices
}

// place tells where prefix stands in names: 0 at the start of one, 1 at the start of a word, 2 within one, -1 nowhere.
func place(names, prefix string) int {
	best := -1
	for at := 0; ; {
		i := strings.Index(names[at:], prefix)
		if i < 0 {
			return best
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(names[:at])
		switch {
		case before == '\n':
			return 0
		case scriptOf(before) == gap:
			best = 1
		case best < 0:
			best = 2
		}
		at += len(prefix)
	}
}
