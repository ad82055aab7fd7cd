package answer

import (
	"context"
	"regexp"
	"strings"

	"kaede/corpus"
)

// People also put a question as a claim, with a word at the end or the beginning that asks whether it is so: "There are eight of them, right?",
// "I heard that it opened in 1935". It wants yes or no, and these words are no part of what it is about.

// askedOfClaims are the words that ask whether a claim is so.
var askedOfClaims = map[corpus.Lang]struct{ ends, begins, alone *regexp.Regexp }{
	corpus.English: {
		ends: regexp.MustCompile(`(?i)(?:[\s,;.:–—-]+(?:or )?(?:(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)(?: not|n['’]?t) (?:it|he|she|they|we|there|that|this)|ain['’]?t it` +
			`|am i (?:right|correct|wrong)|(?:is|isn['’]?t) (?:that|this|it) (?:so|true|right|correct|a fact|the case)|(?:that['’]?s )?(?:right|correct|true)|true or false|innit|yeah|yes|huh|eh)` +
			`|\s*[,;.–—-]\s*no|\s*,\s*(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could) (?:it|he|she|they|we|there))[\s?!.]*$`),
		begins: regexp.MustCompile(`(?i)^\W*(?:(?:so|ok|hey|hi|wait|um|but|and)\W+)*(?:i (?:heard|read|thought|think|believe|assume|guess|was told)(?: somewhere)?(?: that)?|(?:someone|somebody|a friend|my \w+) (?:told me|says?|said|claims?)(?: that)?` +
			`|(?:is|isn['’]?t) (?:it|this) (?:true|right|correct|a fact|so)(?: that)?|true or false\W+|apparently|supposedly|am i right(?: that| in thinking(?: that)?)?)\s+`),
		alone: regexp.MustCompile(`(?i)^\W*(?:(?:is|isn['’]?t) (?:that|this|it) (?:so|true|right|correct|a fact|the case)|am i (?:right|correct|wrong)|right|correct|true|true or false|yes or no)\W*$`),
	},
	corpus.French: {
		ends: regexp.MustCompile(`(?i)(?:\s*[,;.–—-]\s*non|[\s,;.:–—-]+(?:n['’]est[- ]ce pas|pas vrai|(?:c['’]est|est[- ]ce(?: que c['’]est)?) (?:bien )?(?:vrai|[çc]a|juste|exact|correct|le cas)|vrai(?: ou faux)?|exact|correct|hein|j['’]ai raison|je me trompe))[\s?!.]*$`),
		begins: regexp.MustCompile(`(?i)^\W*(?:(?:alors|donc|bon|et|mais|salut|bonjour)\W+)*(?:j['’]ai (?:entendu(?: dire)?|lu) (?:que? |qu['’])|on m['’]a dit (?:que? |qu['’])|(?:c['’]est|est[- ]ce|est-il) (?:bien )?(?:vrai|exact|juste) (?:que? |qu['’])` +
			`|il para[iî]t (?:que? |qu['’])|je (?:crois|pense|croyais|pensais) (?:que? |qu['’])|vrai ou faux\W+)`),
		alone: regexp.MustCompile(`(?i)^\W*(?:(?:c['’]est|est[- ]ce) (?:bien )?(?:vrai|[çc]a|juste|exact|correct)|vrai(?: ou faux)?|n['’]est[- ]ce pas|je me trompe|j['’]ai raison)\W*$`),
	},
	corpus.Japanese: {
		ends:   regexp.MustCompile(`(?:って(?:いうの)?(?:は|、)?|と(?:いう)?のは|というのは|のは|は|、|。)(?:本当|ほんと|ほんとう|マジ|まじ|事実|正しい|合って(?:る|いる|い?ます)|あって(?:る|い?ます))(?:なの|なん)?(?:です|でしょう)?か?[?？。！\s]*$`),
		begins: regexp.MustCompile(`^(?:確か|たしか)、?`),
		alone:  regexp.MustCompile(`^(?:それ(?:は|って)?|これ(?:は|って)?)?(?:本当|ほんと|ほんとう|マジ|まじ|事実|正しい|合って(?:る|い?ます))(?:なの|なん)?(?:です|でしょう)?か?[?？。！\s]*$`),
	},
}

// claimOf gives what a question claims, without the words that ask whether it is so, and reports whether it has any. One with a question word
// is no claim.
func claimOf(lang corpus.Lang, text string) (string, bool) {
	words := askedOfClaims[lang]
	claim := text
	if at := words.ends.FindStringIndex(claim); at != nil {
		claim = claim[:at[0]]
	}
	claim = claim[len(words.begins.FindString(claim)):]
	if claim == text || strings.TrimSpace(claim) == "" {
		return text, false
	}
	folded := fold(claim)
	have := pairsOf(folded)
	if yesNo[lang].open.matches(askedPart(lang, folded), &have) {
		return text, false
	}
	return claim, true
}

// claimed finds the values that a claim may have wrong, with the words that go with them: "in 1930", "only about 50", "eight". Japanese numbers
// are followed by what they count.
var claimed = map[corpus.Lang]*regexp.Regexp{
	corpus.English: regexp.MustCompile(`(?i)(?:\b(?:just|only|exactly|precisely|about|around|approximately|roughly|some|nearly|almost|over|under|at least|at most|more than|less than|fewer than|up to) )*` +
		`(?:[$€£¥] ?)?\b(?:\d+(?:[.,]\d+)*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|a hundred|a thousand|a dozen)(?: (?:dozen|hundred|thousand|million|billion|trillion))*\b`),
	corpus.French: regexp.MustCompile(`(?i)(?:\b(?:seulement|juste|exactement|environ|presque|plus de|moins de|au moins|au plus|pr[eè]s de|quelque) )*` +
		`\b(?:\d+(?:[ \x{a0}\x{202f}.,]\d+)*|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|soixante|une centaine|un millier|une douzaine)(?: (?:cents?|mille|millions?|milliards?|billions?))*\b`),
	corpus.Japanese: regexp.MustCompile(`(?:約|およそ|たった|わずか|ほぼ)?(?:\d+(?:[.,]\d+)*[万億兆千]*|[一二三四五六七八九十百千万]+(?:つ|個|人|名|件|項目|分野|[カか]国))(?:ちょうど|以上|以下|ほど|くらい|ぐらい|だけ|しか)?`),
}

// correct answers "Did it open in 1930?" with the year that the sources state for that very thing, and "Are there 50?" with the number. It
// reports whether it did. It says no "No", but to a wrong place in an order: a thing may happen twice, and whoever reads the answer decides.
func (e *Engine) correct(ctx context.Context, a *Answer, r *reading, sources []string) (bool, error) {
	if !r.yes {
		return false, nil
	}
	text, kind := r.text, Number
	values := claimed[r.lang].FindAllString(text, -1)
	switch {
	case r.ordinal > 0 && places[r.lang].MatchString(text):
		text, kind = places[r.lang].ReplaceAllString(text, ""), Rank
	case len(values) != 1:
		return false, nil
	case len(r.years) == 1:
		text, kind = yearPhrase.ReplaceAllString(text, ""), Date
	default:
		text = strings.Replace(text, values[0], "", 1)
		if amounts.MatchString(r.folded) {
			kind = Money
		}
	}
	open := e.read(text, r.lang)
	open.kind, open.yes = kind, false
	s, list, err := e.find(ctx, open, sources, -1)
	if err != nil || len(list) == 0 || list[0].confidence < e.weights().WellFound || !e.answers(s, list) {
		return false, err
	}
	facts := ofKind(open, e.factsFor(s, list[0].n))
	if len(facts) == 0 || facts[0].view.kind != kind {
		return false, nil
	}
	// What happened is named by what relates its sides. What is counted is often only said to be there: then all of it has to be what people ask of the fact.
	f := facts[0]
	if f.signals[factRelation] == 0 && (f.score < .55 || f.signals[factAsks] < .99) {
		return false, nil
	}
	e.shorten(a, s, list)
	a.Confidence = list[0].confidence
	if rank, ok := f.view.fact.Value.(corpus.Rank); ok && rank.Place != r.ordinal {
		a.Verdict = No // one thing has one place
	}
	return true, nil
}

// places finds the place in an order that a claim may have wrong.
var places = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`(?i)\b(?:second|third|fourth|fifth|sixth|[2-9](?:nd|rd|th)|1st|number (?:one|two|three|four|five|six))\b`),
	corpus.French:   regexp.MustCompile(`(?i)(?:deuxi[èe]me|troisi[èe]me|quatri[èe]me|cinqui[èe]me|sixi[èe]me|\b[2-9]e\b|num[ée]ro (?:un|deux|trois))`),
	corpus.Japanese: regexp.MustCompile(`第?[一二三四五六1-9](?:番目|位)の?`),
}

// amounts finds that a number is of money.
var amounts = compile(`[$€£¥]|\b(dollars?|yen|billions?|milliards?)\b|ドル|円|億`)
