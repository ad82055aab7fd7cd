package answer

import (
	"regexp"
	"strings"

	"kaede/corpus"
)

// A word such as "who" or "when" asks in "Who signed?", and only joins clauses in "the students who came" or "when it opened, what
// changed?". What a question wants is read from the words that ask.

// asker tells the words that ask from those that join, in one language. In Japanese they are other words.
type asker struct {
	always *regexp.Regexp // they ask wherever they stand
	either *regexp.Regexp // they ask or join
	begins *regexp.Regexp // before a word that asks: the beginning of a clause
	told   *regexp.Regexp // before it: words that introduce an indirect question
	verb   *regexp.Regexp // after "when" and "where" that ask at the beginning of a clause; nil if that tells nothing
	never  *regexp.Regexp // before a word that joins, wherever it stands
}

var askers = map[corpus.Lang]asker{
	corpus.English: {
		always: regexp.MustCompile(`\b(how|what|what's|whats|why)\b`),
		either: regexp.MustCompile(`\b(who|whom|whose|when|where|which)\b`),
		begins: regexp.MustCompile(`(?:^|[^\w\s']\s*|\b(?:and|but|so|or|ok|okay|hey|hi|hello|well|then|also|plus|please|thanks|kaede)\s+)(?:(?:in|on|at|of|to|for|from|by|with|under|since|until|during|between|among|over|against|within|after|before|into)\s+)?$`),
		told:   regexp.MustCompile(`\b(?:tell|told|say|says|know|knows|wonder|wondering|ask|asked|asking|explain|remember|remind|curious|sure|idea|clue|(?:tell|remind|show|give) (?:me|us)|find out|figure out|since|until|exactly)\s+(?:(?:in|on|at|of|to|for|from|by|with|about|as to)\s+)*$`),
		verb:   regexp.MustCompile(`^(?:\W*$|(?:exactly|precisely|abouts|else)\b|'s\b|\s+(?:exactly |precisely |in the world |on earth |else )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|to|in)\b)`),
	},
	corpus.French: {
		always: regexp.MustCompile(`\b(combien|combientieme|quel|quelle|quels|quelles|lequel|laquelle|lesquels|lesquelles|comment|pourquoi|quoi|qu'est[- ]ce|est[- ]ce que?|que (?:sont|signifie|veut|fait|font|permet))\b`),
		either: regexp.MustCompile(`\b(qui|quand|ou)\b`),
		begins: regexp.MustCompile(`(?:^|[^\w\s'-]\s*|\b(?:et|mais|alors|ok|bon|donc|dis|dites|bonjour|salut|merci|sinon|aussi|kaede|c'est|cest|ce sont)\s+)(?:(?:a|de|d'|avec|par|pour|chez|contre|sur|vers|depuis|jusqu'a|en)\s*)?$`),
		told:   regexp.MustCompile(`\b(?:dire|dit|savoir|sais|sait|savez|demande|explique|expliquer|rappelle|depuis|jusqu'a|de|d'|par|avec|vers)\s*$`),
		never:  regexp.MustCompile(`(?:qu'est[- ]ce|est[- ]ce|\bce)\s+$`),
	},
}

// askedPart gives folded text with the words that only join clauses masked, if others ask.
func askedPart(lang corpus.Lang, folded string) string {
	w, ok := askers[lang]
	if !ok {
		return folded
	}
	places := w.either.FindAllStringIndex(folded, -1)
	if places == nil {
		return folded
	}
	always := w.always.FindStringIndex(folded)
	asks := always != nil
	var joins [][]int
	for _, p := range places {
		before, word, after := folded[:p[0]], folded[p[0]:p[1]], folded[p[1]:]
		time := word == "when" || word == "where" || word == "quand" || word == "ou"
		switch {
		case w.never != nil && w.never.MatchString(before):
			joins = append(joins, p)
		case strings.Trim(after, " ?!.") == "", w.told.MatchString(before),
			w.begins.MatchString(before) && (!time || w.verb == nil && (always == nil || always[0] < p[0]) || w.verb != nil && w.verb.MatchString(after)):
			asks = true
		default:
			joins = append(joins, p)
		}
	}
	if !asks || joins == nil {
		return folded
	}
	masked := []byte(folded)
	for _, p := range joins {
		for i := p[0]; i < p[1]; i++ {
			masked[i] = '_'
		}
	}
	return string(masked)
}
