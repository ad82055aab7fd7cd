package answer

import (
	"regexp"
	"strings"

	"kaede/corpus"
)

// headPhrases find the phrase that names what sort of thing is asked for: "which trade pact", « quels produits », どの協定, 協定は何.
var headPhrases = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`\b(?:which|what|whats|what's|wich|whose|name|list|give me|tell me)(?: (?:is|are|was|were))? ((?:(?:the|a|an|all|other|kinds?|types?|sorts?|names?|of) )*(?:[\w'&-]+ ?){1,5})`),
	corpus.French:   regexp.MustCompile(`\b(?:quel(?:le)?s?|nomme[rz]?|cite[rz]?|enumere[rz]?|donne[rz]?)(?: (?:est|sont|etait|etaient|fut))? ((?:(?:le|la|les|un|une|des|autres?|genres?|types?|sortes?|noms?|de|du) )*(?:[\w'&-]+ ?){1,5})`),
	corpus.Japanese: regexp.MustCompile(`(?:どの|どんな|どのような|どういう|どういった|何という|なんという|何の)([^はがをにでとも、。？?]{1,12})|([^はがをにで、。？?]{1,12})(?:は|って)(?:何|なに|なん|どこ|どれ|誰|だれ|？|\?|$)`),
}

// headEnds end the phrase: what follows says something of the thing.
var headEnds = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`\b(is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|may|might|to|in|on|for|from|by|with|at|that|who|which|and|or|between|under|during|after|before|since)\b.*`),
	corpus.French:   regexp.MustCompile(`\b(est|sont|etait|etaient|fut|a|ont|avait|peut|peuvent|sera|seront|au|aux|en|dans|sur|pour|par|avec|que|qui|qu'|dont|et|ou|entre|sous|depuis|apres|avant)\b.*`),
	corpus.Japanese: regexp.MustCompile(`\x00`),
}

// findHead finds the atom that says what sort of thing is asked for: the last of its phrase, in French the first.
func (e *Engine) findHead(r *reading) {
	m := headPhrases[r.lang].FindStringSubmatchIndex(r.folded)
	if m == nil {
		return
	}
	start, end := m[2], m[3]
	if start < 0 {
		start, end = m[4], m[5]
	}
	phrase := headEnds[r.lang].ReplaceAllString(r.folded[start:end], "")
	at := -1
	for _, a := range r.atoms {
		p := strings.Index(phrase, fold(a.text))
		if p >= 0 && (at < 0 || p < at == (r.lang == corpus.French)) {
			r.head, at = &a, p
		}
	}
}

// isA says how far a value is of the sort that a head names: 1 where it is called so or is narrower, .5 where both are things of one kind, such as
// places.
func (e *Engine) isA(v *factView, head *atom) float64 {
	for _, k := range head.keys {
		if v.is[k] {
			return 1
		}
	}
	if entityKinds[head.kind] && v.sorts[head.kind] {
		return .5
	}
	return 0
}
