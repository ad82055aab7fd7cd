package answer

import (
	"regexp"
	"slices"
	"strings"

	"kaede/corpus"
)

// headPhrases find the phrase that names what sort of thing is asked for: "which trade pact", « quels produits », どの協定, 協定は何, and countPhrases
// the one that names what is counted.
var (
	headPhrases = map[corpus.Lang]pattern{
		corpus.English:  compile(`\b(?:which|what|whats|what's|wich|whose|name|list|give me|tell me)(?: (?:is|are|was|were))? (?:(?:the|a|an|all|other|names?|of) )*((?:[\w'&-]+ ?){1,5})`),
		corpus.French:   compile(`\b(?:quel(?:le)?s?|nomme[rz]?|cite[rz]?|enumere[rz]?|donne[rz]?)(?: (?:est|sont|etait|etaient|fut))? (?:(?:le|la|les|un|une|des|autres?|noms?|de|du) )*((?:[\w'&-]+ ?){1,5})`),
		corpus.Japanese: compile(`(?:どの|どんな|どのような|どういう|どういった|何という|なんという|何の)([^はがをにでとも、。？?]{1,12})|([^はがをにで、。？?]{1,12})(?:は|って)(?:何|なに|なん|どこ|どれ|誰|だれ|？|\?|$)`),
	}
	countPhrases = map[corpus.Lang]pattern{
		corpus.English:  compile(`\b(?:how (?:many|meny|mny|mani)|number of) ((?:[\w'&-]+ ?){1,4})`),
		corpus.French:   compile(`\b(?:combien|cmbien|nombre) d(?:e |es |'|u )((?:[\w'&-]+ ?){1,4})`),
		corpus.Japanese: compile(`(?:何人|何名|何件|何校|何社|何隻|何か国|いくつ)の([^はがをにでとも、。？?]{1,10})|([^はがをにで、。？?]{1,10})(?:の数|は何人|は何名|は何件|は何校|は何社|は何隻|は何か国|はいくつ)`),
	}
	headEnds = map[corpus.Lang]*regexp.Regexp{ // what follows says something of the thing
		corpus.English: regexp.MustCompile(`\b(is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|to|in|on|for|from|by|with|at|that|who|which|of|and|or|between|under|during|after|before|since)\b.*`),
		corpus.French:  regexp.MustCompile(`\b(est|sont|etait|etaient|fut|a|ont|avait|peut|peuvent|sera|seront|au|aux|en|dans|sur|pour|par|avec|que|qui|qu'|dont|et|ou|entre|sous|depuis|apres|avant)\b.*`),
	}
)

// attributes are the kinds of concept that a thing has and is not: its population, its date.
var attributes = map[string]bool{"quantity": true, "time": true, "question": true, "quality": true, "action": true}

// headKinds are the kinds of answer to "which X", by the kind of concept that X is.
var headKinds = map[string]Kind{"person": Person, "office": Person, "place": Place, "country": Place, "organisation": Organisation}

// people are the kinds of concept that are people, whom a figure in "people" counts.
var people = map[string]bool{"group": true, "person": true, "office": true, "country": true}

// findHead finds the atom that says what sort of thing is asked for or counted: the last of its phrase, in French the first.
func (e *Engine) findHead(r *reading) {
	m := countPhrases[r.lang].FindStringSubmatch(r.folded)
	if r.counts = m != nil; !r.counts {
		m = headPhrases[r.lang].FindStringSubmatch(r.folded)
	}
	if m == nil {
		return
	}
	phrase := strings.Join(m[1:], "")
	if strings.HasPrefix(phrase, "temps ") { // combien de temps: nothing is counted
		r.counts = false
		return
	}
	if end := headEnds[r.lang]; end != nil {
		phrase = end.ReplaceAllString(phrase, "")
	}
	at := -1
	for _, a := range r.atoms {
		p := strings.Index(phrase, fold(a.text))
		if p >= 0 && (at < 0 || p < at == (r.lang == corpus.French)) {
			r.head, at = &a, p
		}
	}
	if r.head == nil {
		return
	}
	if attributes[r.head.kind] {
		r.head = nil
		return
	}
	if kind, ok := headKinds[r.head.kind]; ok && r.kind == Other {
		r.kind = kind
	}
}

// isA says how far a value is of the sort that the question names: 1 where it is called so or is narrower, .5 where both are things of one
// kind, such as places, or where a figure is at least about what is to be counted.
func (e *Engine) isA(v *factView, r *reading) float64 {
	switch {
	case r.counts && v.kind != Number:
		return 0
	case slices.ContainsFunc(r.head.keys, v.is.has):
		return 1
	case r.counts && (slices.ContainsFunc(r.head.keys, v.label.has) || people[r.head.kind] && v.sorts["group"]), !r.counts && entityKinds[r.head.kind] && v.sorts[r.head.kind]:
		return .5
	}
	return 0
}
