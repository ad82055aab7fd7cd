package answer

import (
	"regexp"
	"slices"

	"kaede/corpus"
)

// A sentence may be about what is asked and still not answer it. What the forest only weighs, this decides.

// contradicts reports that a sentence speaks of another case than the question: of another place in an order, another side, the other way or
// another time, of less or of something else than is asked for, or that it breaks off before that.
func (e *Engine) contradicts(s *scene, c candidate) bool {
	r, n := s.r, c.n
	facts, sentence := e.factsFor(s, n), e.c.Sentences[n]
	switch {
	case c.signals[sigOwn]+c.signals[sigAround] == 0 && slices.ContainsFunc(r.atoms, func(a atom) bool { return a.entity }):
		return true // asks alone do not decide: nothing of the question, for all its names, stands there
	case s.nearFor(sentence.Passage.Document).same:
		return true // somebody has read this very question and found that it is not answered
	case e.fallsShort(s, n):
		return true
	case sentence.Broken && (r.head != nil || r.kind == List || r.kind == Organisation || r.kind == Place || r.kind == Name || !r.yes && !e.asksAnew(r) || len(e.choose(r, s, facts)) == 0):
		return true // what it announces is what is asked for
	case len(facts) == 0 || e.item(r, facts) != nil:
		return false
	}
	return clashes(r, facts) || (r.ordinal > 0 || r.kind == Rank) && e.ranksOther(r, facts) || e.otherOwner(r, facts) == 1 || definite(r.kind) && goesOtherWay(r, facts) || e.otherTime(r, n, facts) ||
		comesNext.MatchString(r.folded) && !comesNext.MatchString(fold(sentence.Text))
}

// fallsShort reports that a question wants more than a sentence tells: the name behind an office, the part of a whole, the day in a month, others
// than the two sides.
func (e *Engine) fallsShort(s *scene, n int) bool {
	r, facts := s.r, e.factsFor(s, n)
	short := false
	switch r.kind {
	case Person:
		short = e.repeats(r, facts) || forName.MatchString(r.folded) && unnamed(r, facts)
	case Money:
		short = e.ofWhole(r, n)
	case Number:
		short = e.ofWhole(r, n) || howMany.MatchString(r.folded) && onlySaysAgain(r, facts)
	case Date:
		short = wantsDay.MatchString(r.folded) && !dayOfMonth.MatchString(e.c.Sentences[n].Text)
	}
	return short || wantsOthers.MatchString(r.folded) && e.onlySides(r.lang, e.choose(r, s, facts), 1) ||
		wantsWithin.MatchString(r.folded) && e.onlySides(r.lang, e.choose(r, s, facts), 2)
}

// all reports that there are facts of a sort, and that something holds of each of them.
func all(facts []*scoredFact, ofSort, holds func(f *scoredFact) bool) bool {
	found := false
	for _, f := range facts {
		if ofSort(f) {
			if !holds(f) {
				return false
			}
			found = true
		}
	}
	return found
}

// fitting gives the facts of a sort for all: those that fit a question so well.
func fitting(r *reading, least float64) func(*scoredFact) bool {
	return func(f *scoredFact) bool { return f.view.fits(r) >= least }
}

func isRank(f *scoredFact) bool { return f.view.kind == Rank }

// repeats reports that who is asked for is only called by the office that the question names: "Who were the two foreign ministers?"
// "The Foreign Ministers of Canada and Japan".
func (e *Engine) repeats(r *reading, facts []*scoredFact) bool {
	return all(facts, fitting(r, 1), func(f *scoredFact) bool {
		office := slices.DeleteFunc(slices.Clone(f.view.value[r.lang]), func(p part) bool { return e.sideOf(p.concept) != "" })
		return !f.view.named && len(office) > 0 && givenOf(r, office) > given
	})
}

// forName finds that somebody's name is asked for.
var forName = compile(`\b((first|last|full|given|family) )?names?\b|\b(pre)?noms?\b|名前|氏名`)

// unnamed reports that those who are asked for are told by an office or a country alone.
func unnamed(r *reading, facts []*scoredFact) bool {
	return all(facts, fitting(r, .5), func(f *scoredFact) bool { return !f.view.named })
}

// ofWhole reports that a question is about a part of a country, and a sentence about the whole: a figure for Canada says nothing of Vancouver. A
// capital stands for its country, and where the question names both, the place may be that of who asks.
func (e *Engine) ofWhole(r *reading, n int) bool {
	v := e.evidenceOf(n)
	return slices.ContainsFunc(r.atoms, func(a atom) bool {
		return a.kind == "place" && e.coverOf(v, &a, nil) <= inAsks && !sideWords[r.lang].MatchString(fold(a.text)) &&
			slices.ContainsFunc(a.concepts, func(id string) bool {
				return slices.ContainsFunc(e.broader[id][1:], func(wider string) bool { return v.names[wider] && !slices.Contains(r.concepts, wider) })
			})
	})
}

// wantsDay finds that a question asks for the day.
var wantsDay = compile(`\b(which|what) days?\b|\bexact date\b|\bquels? jours?\b|\bdate exacte\b|何日`)

const (
	englishMonths = `january|february|march|april|may|june|july|august|september|october|november|december`
	frenchMonths  = `janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre`
)

// dayOfMonth finds a day in a text in any of the languages.
var dayOfMonth = regexp.MustCompile(`(?i)\b(` + englishMonths + `) \d{1,2}\b|\b\d{1,2}(er|st|nd|rd|th)?( to \d{1,2}|[–-]\d{1,2})? (of )?(` + englishMonths + `|` + frenchMonths + `)\b|\d{1,2}日`)

var howMany = compile(`\bhow many\b|\bcombien d|何(人|名|件|校|社|隻|か国)|いくつ`)

// onlySaysAgain reports that the numbers of the facts are those that the question says itself: "How many of the 7,600 were from Hawaii?"
func onlySaysAgain(r *reading, facts []*scoredFact) bool {
	return all(facts, fitting(r, 1), func(f *scoredFact) bool { return f.signals[factGiven] > given })
}

// wantsOthers finds that a question asks for others than the two sides, and wantsWithin for what is within one: where they met, who signed for it.
var (
	wantsOthers = compile(`\b(which|what|who|any) others?\b|\b(who|what|where) else\b|\b(apart|aside) from\b|\bbesides\b|\bother than\b|\bquels? autres?\b|\bquelles? autres?\b|\bqui d'autre\b|\ba part\b|\bhormis\b|以外|(他|ほか)(の|に)`)
	wantsWithin = compile(`\bwhere\b|\b(who|which (person|minister|official)) .{1,60}\b(for|on behalf of) (canada|japan)\b|\bou (a|ont|est|etait|s'est|fut)\b|\bqui .{1,60}\b(pour|au nom du) (le )?(canada|japon)\b|どこで|誰が.{0,12}(代表|側)`)
)

// onlySides reports that an answer names nothing but the two sides, at least so many of them.
func (e *Engine) onlySides(l corpus.Lang, facts []*corpus.Fact, least int) bool {
	return len(facts) > 0 && !slices.ContainsFunc(facts, func(f *corpus.Fact) bool {
		value := e.viewOf(f).value[l]
		return len(value) < least || slices.ContainsFunc(value, func(p part) bool { return p.concept != canada && p.concept != japan })
	})
}

// since finds that a sentence tells of a time that goes on.
var since = compile(`\b(since|from|between|until|depuis|entre|jusqu)\b|以来|から|まで`)

// otherTime reports that the question names a year, and the sentence and its facts tell of other years.
func (e *Engine) otherTime(r *reading, n int, facts []*scoredFact) bool {
	if len(r.years) == 0 {
		return false
	}
	told := slices.Clone(e.evidenceOf(n).years)
	for _, f := range facts {
		told = append(told, f.view.years...)
	}
	if len(told) == 0 {
		return false
	}
	goesOn := since.MatchString(fold(e.c.Sentences[n].Text))
	return !slices.ContainsFunc(r.years, func(y int) bool {
		return slices.Contains(told, y) || goesOn && y >= slices.Min(told)
	})
}

// comesNext finds that a text tells of what is next.
var comesNext = compile(`\b(the|its|their|his|her|a|whose) next\b|\bupcoming\b|\bprochaine?s?\b|次の|次回|来年|今度の`)

// goesOtherWay reports that what is asked for flows in a direction, and the facts of its kind all say what flows back.
func goesOtherWay(r *reading, facts []*scoredFact) bool {
	flows := func(f *scoredFact) bool { return f.view.flow != "" && f.view.fits(r) >= .5 }
	return r.flow != "" && all(facts, flows, func(f *scoredFact) bool { return f.view.flow != r.flow })
}

// ranksOther reports that the question is about the place of one side, alone or for the other, and the ranks of the facts are the other's: Canada
// among Japan's partners is not Japan among Canada's.
func (e *Engine) ranksOther(r *reading, facts []*scoredFact) bool {
	side, whose := e.side(r), ownerIn(r)
	return all(facts, isRank, func(f *scoredFact) bool {
		turned := whose != "" && e.sideOf(f.view.fact.Subject) == whose && e.sideOf(f.view.fact.Object) == other(whose)
		return turned || side != "" && e.ownedByOther(f.view, side)
	})
}

// owning finds before or after a side that a partner or a market is its own.
var owning = map[corpus.Lang]struct{ before, after pattern }{
	corpus.English: {compile(`\b(partners?|customers?|clients?|markets?|suppliers?|sources?|investors?|buyers?|destinations?)( \w+)? (of|for|to) (the )?$`),
		compile(`^'?s ((second|third|fourth|fifth|sixth|\d\w+|number|one|two|three|largest|biggest|top|main|most|important|key|major|trade|trading|foreign|economic|commercial|export|import|business) ){0,5}(partners?|customers?|clients?|markets?|suppliers?|sources?|investors?|buyers?|destinations?)\b`)},
	corpus.French:   {compile(`\b(partenaires?|clients?|marches?|fournisseurs?|sources?|investisseurs?|acheteurs?|destinations?)( \w+){0,2} (du|de|pour le|au) $`), compile(`^\x00`)},
	corpus.Japanese: {compile(`^\x00`), compile(`^(の|にとって).{0,10}(相手|パートナー|市場|顧客|投資国|投資家|輸出先|輸入先|得意先)`)},
}

// ownerIn is the side whose partner, investor or market is asked for; empty if none, or both.
func ownerIn(r *reading) string {
	owner := ""
	for _, m := range mentions(r.lang, r.folded) {
		w := owning[r.lang]
		end := m.end
		if name := r.folded[m.start:m.end]; name == "canadas" || name == "japans" { // an apostrophe is often left out
			end--
		}
		if w.before.MatchString(r.folded[:m.start]) || w.after.MatchString(r.folded[end:]) {
			if owner != "" && owner != m.side {
				return ""
			}
			owner = m.side
		}
	}
	return owner
}

// clashes reports that the question is about what has another place in an order than the ranks of the facts: "Which country is the
// largest partner?" where Japan is said to be the fourth.
func clashes(r *reading, facts []*scoredFact) bool {
	return r.ordinal > 0 && !r.yes && r.kind != Rank && all(facts, isRank, func(f *scoredFact) bool {
		return f.view.fact.Value.(corpus.Rank).Place != r.ordinal
	})
}
