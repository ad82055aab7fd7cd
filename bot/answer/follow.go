package answer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kaede/corpus"
	"kaede/index"
)

// leans finds a question that leans on what came before, by how it begins or by what it points to.
var leans = map[corpus.Lang]struct{ begins, points pattern }{
	corpus.English: {
		compile(`^\W*((ok|okay|thanks|cool|great|so|hm+|oh|kaede)\W+)*(and|or|what about|how about|but|also|then|same|plus|only|for which|in which year|which one|since when|by whom|says who|who else|what else|when exactly|why|how so|for what)\b`),
		compile(`\b(it|its|it's|they|them|their|theirs|those|these|that|this|there|here|then|ones?|the same|the other|former|latter|he|she|his|her|him|each|both)\b`),
	},
	corpus.French: {
		compile(`^\W*((ok|merci|super|alors|ah|oh|kaede)\W+)*(et|ou|mais|sinon|aussi|pareil|depuis quand|pourquoi|avec qui|c'est quand|c'est ou|lequel|laquelle)\b`),
		compile(`(?:^|[\s,;:'(])(il|elle|ils|elles|ca|cela|ceci|celui|celle|ceux|celles|leur|leurs|son|sa|ses|ce|cet|cette|ces|la-bas|ici|lequel|laquelle|le meme|la meme)\b|\b(combien|qui|que|qu'|on|y|s'|n') ?en\b`),
	},
	corpus.Japanese: {
		compile(`^(じゃあ?|では?、|それ|その|あと|また|次|そして|で、|ちなみに|なら|同じ|そこ|そっち|ほか|他)`),
		compile(`(それ|その|そこ|ここ|これ|この|あれ|同じ|彼|そっち|こっち|両者)`),
	},
}

// turned finds a follow-up that asks for the same thing the other way round.
var turned = compile(`\b(other way (a)?round|vice[- ]versa|in return|return(ed|s)? the fav\w+|revers(e|ed|ely)|conversely|opposite direction|other direction|the other side|in the other|reciprocate\w*|dans l'autre sens|a l'inverse|inversement|l'inverse|reciproquement|en retour|en sens inverse)\b|逆|反対に|反対は|お返し`)

// inner finds a pronoun that points to what the question itself has named: "does Canada sell more than it buys?"
var inner = compile(`\b(than|that|because|as|while) (it|they|its|their)\b|\b(que|parce que|qu') ?(il|elle|ils|elles)\b`)

// impersonal finds words that look as if they pointed to something: "are there ...?", « il y a ».
var impersonal = regexp.MustCompile(`\b(?:there (?:is|are|was|were)|(?:is|are|was|were) there|is it (?:true|correct|right)|il (?:y a|y avait|existe|faut|s'agit|parait)|y a-t-il|est-il (?:vrai|exact)|c'est (?:vrai|exact))\b`)

// connectors are taken off before a follow-up is joined to what it leans on.
var connectors = regexp.MustCompile(`(?i)^\W*(?:(?:ok|okay|thanks|merci|alors|so)\W+)*(?:and|what about|how about|but|also|then|or|et|mais|sinon|じゃあ?|では、?|それでは、?|あと、?)\s*`)

// leanness says how much a question needs what came before.
type leanness int

const (
	standsAlone leanness = iota
	mayLean              // it says little of its own: it leans if it is not answered as it stands
	mustLean
)

// leansOn tells how much a question needs what came before: by how it begins, by what it points to, or by how little it says.
func (e *Engine) leansOn(r *reading) leanness {
	way := leans[r.lang]
	matter := 0.0
	for _, a := range r.atoms {
		matter += a.weight
	}
	fragment := !e.asksAnew(r)
	points := way.points.MatchString(impersonal.ReplaceAllString(r.folded, " ")) && !(inner.MatchString(r.folded) && slices.ContainsFunc(r.atoms, func(a atom) bool { return a.entity }))
	switch rare := e.rarest(); {
	case turned.MatchString(r.folded), yearStep(r.folded) != 0:
		return mustLean
	case way.begins.MatchString(r.folded) && matter < 4*rare, points && matter < 2.6*rare:
		return mustLean
	case fragment && matter < 1.6*rare:
		return mustLean
	case matter < 1.6*rare:
		return mayLean
	}
	return standsAlone
}

// follow completes a question from the earlier ones of its conversation. It returns the question in full, and what of it comes from
// earlier and counts for less; the question as it is, if there is nothing earlier.
func (e *Engine) follow(l corpus.Lang, text string, history []string) (full string, from *leaning) {
	if len(history) == 0 {
		return text, nil
	}
	previous := clean(history[len(history)-1])
	if previous == "" {
		return text, nil
	}
	r := e.read(text, l)
	back := turned.MatchString(r.folded)
	pl := detect(fold(previous), l)
	if mended, _ := e.mend(pl, previous); mended != "" {
		previous = mended
	}
	if earlier := history[:len(history)-1]; len(earlier) > 0 && e.leansOn(e.read(previous, pl)) == mustLean {
		previous, _ = e.follow(pl, previous, earlier)
		previous = clean(previous) // a chain of them grows no longer than one message
	}
	if back || e.onlyOtherSide(r, previous, pl) {
		return turn(pl, previous), nil
	}
	return e.replace(r, pl, previous)
}

// onlyOtherSide reports a follow-up that says no more than the side that the earlier question does not begin with: "and
// Japan?"
func (e *Engine) onlyOtherSide(r *reading, previous string, pl corpus.Lang) bool {
	side := ""
	for _, a := range r.atoms {
		if len(a.concepts) == 0 {
			return false
		}
		s := e.sideOf(a.concepts[0])
		if s == "" || side != "" {
			return false
		}
		side = s
	}
	if side == "" {
		return false
	}
	first, both := "", false
	for _, m := range e.x.Concepts(pl, previous) {
		switch s := e.sideOf(m.Concept.ID); {
		case s == "":
		case first == "":
			first = s
		case s != first:
			both = true
		}
	}
	return both && first != side
}

// counterparts are the words for a side with those that stand for them on the other side, in the same form.
var counterparts = map[corpus.Lang]map[string]string{
	corpus.English: {"canada": "Japan", "canadian": "Japanese", "canadians": "Japanese", "ottawa": "Tokyo", "japan": "Canada", "japanese": "Canadian", "tokyo": "Ottawa"},
	corpus.French: {"canada": "Japon", "canadien": "japonais", "canadiens": "japonais", "canadienne": "japonaise", "canadiennes": "japonaises", "ottawa": "Tokyo",
		"japon": "Canada", "japonais": "canadien", "japonaise": "canadienne", "japonaises": "canadiennes", "tokyo": "Ottawa"},
	corpus.Japanese: {"カナダ": "日本", "日本": "カナダ", "オタワ": "東京", "東京": "オタワ"},
}

var sidesOfText = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`(?i)\b(?:canada|canadians?|ottawa|japan|japanese|tokyo)\b`),
	corpus.French:   regexp.MustCompile(`(?i)\b(?:canada|canadien(?:ne)?s?|ottawa|japon|japonaise?s?|tokyo)\b`),
	corpus.Japanese: regexp.MustCompile(`カナダ|日本|オタワ|東京`),
}

// turn gives a question with the two sides exchanged.
func turn(l corpus.Lang, text string) string {
	return sidesOfText[l].ReplaceAllStringFunc(text, func(word string) string { return counterparts[l][strings.ToLower(word)] })
}

// rewrite gives text with some names of concepts put otherwise.
func (e *Engine) rewrite(l corpus.Lang, text string, by func(index.ConceptMatch) (string, bool)) string {
	var b strings.Builder
	last := 0
	for _, m := range e.x.Concepts(l, text) {
		if m.Start < last {
			continue
		}
		if s, ok := by(m); ok {
			b.WriteString(text[last:m.Start])
			b.WriteString(s)
			last = m.End
		}
	}
	b.WriteString(text[last:])
	return strings.Join(strings.Fields(b.String()), " ")
}

var (
	yearAfter  = compile(`\b(year after|next year|following year|one year later|a year later|annee suivante|annee d'apres|an plus tard)\b|翌年|次の年`)
	yearBefore = compile(`\b(year before|previous year|preceding year|a year earlier|annee precedente|annee d'avant|an plus tot)\b|前年|前の年`)
)

// yearStep reads "and the year after?".
func yearStep(folded string) int {
	switch {
	case yearAfter.MatchString(folded):
		return 1
	case yearBefore.MatchString(folded):
		return -1
	}
	return 0
}

var yearPhrase = regexp.MustCompile(`(?i)\s*\b(in|for|as of|en|pour|de)?\s*(1[5-9]|20|21)\d\d\b|(1[5-9]|20|21)\d\d年(度)?の?`)

// replace joins a follow-up to the question that it leans on: what it names takes the place of what the earlier question
// named of the same kind, its year that of the earlier year.
func (e *Engine) replace(r *reading, pl corpus.Lang, previous string) (string, *leaning) {
	from := &leaning{after: previous}
	if ys := years(fold(previous)); len(ys) > 0 {
		if step := yearStep(r.folded); step != 0 {
			return strings.Replace(previous, strconv.Itoa(ys[0]), strconv.Itoa(ys[0]+step), 1), nil
		}
	}
	if len(r.years) > 0 {
		previous = yearPhrase.ReplaceAllString(previous, "")
	}
	var named []*corpus.Concept
	for _, id := range r.concepts {
		if k, ok := e.c.Concept(id); ok {
			named = append(named, k)
		}
	}
	kept := e.rewrite(pl, previous, func(m index.ConceptMatch) (string, bool) {
		for _, k := range named {
			same := entityKinds[k.Kind] && k.Kind == m.Concept.Kind && k.ID != m.Concept.ID
			opposite := k.Opposite == m.Concept.ID || m.Concept.Opposite == k.ID
			if (same || opposite) && !slices.Contains(r.concepts, m.Concept.ID) {
				if opposite && from.flow == "" { // imports for exports: what went one way goes the other
					before := reading{lang: pl, folded: fold(previous)}
					if way := e.flowIn(&before); way != "" {
						from.flow = way.back()
					}
				}
				return "", true
			}
		}
		return "", false
	})
	rest := connectors.ReplaceAllString(r.text, "")
	if rest == "" {
		rest = r.text
	}
	kept = strings.TrimRight(kept, " ?？")
	rest = strings.TrimRight(rest, " ?？")
	if e.asksAnew(r) {
		return rest + " (" + kept + ")?", from
	}
	return kept + ", " + rest + "?", from
}

// leaning is what a follow-up takes from the earlier question.
type leaning struct {
	after string // the earlier question, as it was asked
	flow  flow   // the direction, where it is turned; else empty
}

// asksAnew reports that a follow-up has a question word of its own.
func (e *Engine) asksAnew(r *reading) bool {
	return r.kind != Other || yesNo[r.lang].open.MatchString(r.folded)
}
