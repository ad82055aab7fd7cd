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

// choices are the facts with their folded names, each after a line break.
type choices struct {
	facts  []*corpus.Fact
	labels [][]string // by fact, then by place in corpus.Langs
	about  [][]int    // places in names of each fact's subject, relation and object
	names  []string   // of concepts in all languages
}

const maxChoices = 100

func newChoices(c *corpus.Corpus) choices {
	k := choices{facts: c.Facts, labels: make([][]string, len(c.Facts)), about: make([][]int, len(c.Facts))}
	concepts := make(map[string]*corpus.Concept, len(c.Concepts))
	for _, concept := range c.Concepts {
		concepts[concept.ID] = concept
	}
	places := map[string]int{}
	for i, f := range c.Facts {
		for _, lang := range corpus.Langs() {
			k.labels[i] = append(k.labels[i], "\n"+Fold(f.Label[lang]))
		}
		for _, id := range []string{f.Subject, f.Relation, f.Object} {
			concept := concepts[id]
			if concept == nil {
				continue
			}
			place, ok := places[id]
			if !ok {
				place = len(k.names)
				places[id] = place
				var b strings.Builder
				for _, lang := range corpus.Langs() {
					for _, name := range concept.Names[lang] {
						b.WriteString("\n" + Fold(name))
					}
				}
				k.names = append(k.names, b.String())
			}
			k.about[i] = append(k.about[i], place)
		}
	}
	return k
}

// Complete gives up to n facts, at most 100, whose label or names in any script begin with prefix, have a word that does, or hold
// it, or a label in which each of its words begins one, in this order; labels in lang come before all others. Case, accents, width and the two
// kana are alike. For an empty prefix it gives the first fact of each topic.
func (x *Index) Complete(prefix string, lang corpus.Lang, n int) []Choice {
	n = max(0, min(n, maxChoices))
	prefix = strings.Join(strings.Fields(Fold(clip(prefix))), " ")
	k := &x.choices
	type ranked struct{ rank, i int }
	var found []ranked
	if prefix == "" {
		topics := map[string]bool{}
		for i, f := range k.facts {
			if !topics[f.Topic] {
				topics[f.Topic] = true
				found = append(found, ranked{0, i})
			}
		}
	} else {
		named := make([]int, len(k.names))
		for i, names := range k.names {
			named[i] = place(names, prefix)
		}
		words, own := strings.Fields(prefix), placeOf(lang)
		for i := range k.facts {
			rank := k.rank(i, own, prefix, named)
			if rank == nowhere && len(words) > 1 {
				rank = k.scatteredRank(i, own, words)
			}
			if rank != nowhere {
				found = append(found, ranked{rank, i})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	choices := make([]Choice, 0, min(n, len(found)))
	for _, f := range found[:min(n, len(found))] {
		fact := k.facts[f.i]
		choices = append(choices, Choice{fact.ID, fact.Label.In(lang)})
	}
	return choices
}

// placeOf gives the place of a language in corpus.Langs; -1 for another one.
func placeOf(lang corpus.Lang) int {
	langs := corpus.Langs()
	return slices.Index(langs[:], lang)
}

// rank says how well a fact fits: the lower the better.
func (k *choices) rank(i, own int, prefix string, named []int) int {
	best := nowhere
	for l, label := range k.labels[i] {
		at := place(label, prefix)
		if l == own && at != nowhere {
			return 2 * at
		}
		best = min(best, at)
	}
	for _, n := range k.about[i] {
		best = min(best, named[n])
	}
	if best == nowhere {
		return nowhere
	}
	return 2*best + 1
}

// scatteredRank says how well the label of a fact fits that has all of some words, as "japan gdp" are in "Japan's GDP".
func (k *choices) scatteredRank(i, own int, words []string) int {
	best := nowhere
	for l, label := range k.labels[i] {
		if slices.ContainsFunc(words, func(w string) bool { return place(label, w) > atWord }) {
			continue
		}
		if l == own {
			return 2 * scattered
		}
		best = 2*scattered + 1
	}
	return best
}

// Where a prefix stands in a name.
const (
	atStart = iota
	atWord  // at the start of a word
	within
	scattered
	nowhere = 1 << 20
)

// place tells where prefix stands best in names.
func place(names, prefix string) int {
	best := nowhere
	for at := 0; ; {
		i := strings.Index(names[at:], prefix)
		if i < 0 {
			return best
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(names[:at])
		switch {
		case before == '\n':
			return atStart
		case scriptOf(before) == gap:
			best = atWord
		default:
			best = min(best, within)
		}
		at += len(prefix)
	}
}
