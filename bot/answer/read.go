package answer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaede/corpus"
	"kaede/index"
)

// reading is a question as it was understood.
type reading struct {
	text   string // what is read: typing errors mended, a follow-up completed
	folded string
	lang   corpus.Lang
	kind   Kind
	atoms  []atom // what matters in it
	keys   keySet
	boost  []float64 // by place in keys, what a key counts for; nil where all count in full
	norm   float64
	years  []int
	digits []string // its numbers that are no years
	until  int      // the year whose state it asks for: "as of 2016"; 0 if none
	flow   flow

	concepts    []string // ids of the concepts it names
	wider       []string // those, and all wider ones
	byName      []string // of these, what it calls by a name and does not describe
	ordinal     int      // the place in an order that it names: 1 for first or largest; 0 if none
	item        int      // the item of a list that it asks for: "number 4 on the list"; 0 if none
	superlative bool
	future      bool  // it asks for what is to come
	yes         bool  // it wants yes or no
	also        Kind  // a second kind of answer that it wants: "when and where"; empty if none
	counts      bool  // it asks how many
	names       bool  // it asks for a name or names
	portion     bool  // it asks for a share of a hundred
	head        *atom // what sort of thing it asks for: "pact" in "which trade pact"; nil if it does not say
}

// atom is one thing in a question that an answer must have to do with: a concept or a word outside any.
type atom struct {
	text     string
	start    int     // byte offset in the question
	keys     []int32 // any of them covers it
	concepts []string
	weight   float64 // rarity
	kind     string  // of its first concept; empty for a word outside any
	entity   bool    // a name: country, place, person, organisation, treaty, event, programme, or a capitalised unknown word
	known    bool    // the corpus or its lexicon has heard of it
}

// entityKinds are the kinds of concept that name one thing in the world.
var entityKinds = map[string]bool{"country": true, "place": true, "person": true, "organisation": true, "treaty": true, "event": true, "programme": true}

// isProper reports a concept that is one thing in the world, such as Ottawa, and not a sort of things, such as cities.
func isProper(k *corpus.Concept) bool {
	if !entityKinds[k.Kind] {
		return false
	}
	names := k.Names[corpus.English]
	return len(names) == 0 || names[0] != strings.ToLower(names[0])
}

var superlatives = compile(`\b(largest|biggest|most|highest|greatest|best|worst|smallest|least|lowest|oldest|youngest|longest|newest|latest|top|busiest|fastest|plus (grande?s?|gros(se)?s?|importante?s?|hauts?|haute|vieux|vieille|ancienne?s?|petite?s?)|meilleure?s?|pires?)\b|最[大小多少高低古新長短強弱良悪]|一番|いちばん|最も|もっとも`)

// naming finds that a text asks for names.
var naming = compile(`\b(names?|named|called)\b|\bnoms?\b|\bs'appell|\bnomme[rz]?\b|名前|氏名|名称|何という|なんという`)

// portions finds that a text asks for a share of a hundred.
var portions = compile(`\b(per ?cent|percentage|share|proportion|fraction|pourcentage|pour ?cent|proportion|quelle part|la part)\b|%|割合|何割|パーセント|比率|シェア`)

// toCome finds that a text tells of the future.
var toCome = compile(`\b(will|next|upcoming|future|plan(s|ned)?|expected|going to|prochaine?s?|sera|seront|aura|futur\w*|prevu\w*)\b|次の|次回|今後|来年|将来|予定`)

var ordinals = []struct {
	place   int
	pattern pattern
}{
	{2, compile(`\b(second|2nd|number two|deuxieme|2e|second[- ](largest|biggest))\b|[二2]番目|第?[二2]位`)},
	{3, compile(`\b(third|3rd|number three|troisieme|3e)\b|[三3]番目|第?[三3]位`)},
	{4, compile(`\b(fourth|4th|number four|quatrieme|4e)\b|[四4]番目|第?[四4]位`)},
	{5, compile(`\b(fifth|5th|number five|cinquieme|5e)\b|[五5]番目|第?[五5]位`)},
	{6, compile(`\b(sixth|6th|sixieme|6e)\b|[六6]番目|第?[六6]位`)},
	{1, compile(`\b(first|1st|number one|largest|biggest|top|premiere?|1er|1ere|numero un|plus (grande?|gros(se)?|importante?))\b|[一1]番|第?[一1]位|最大|首位|いちばん`)},
}

// asOf finds the time whose state is asked for, which an earlier figure may tell.
var asOf = regexp.MustCompile(`(?i)\b(?:as (?:of|at)|en date de|à la date de) (?:the end of |late |early |fin )?([12]\d{3})\b|([12]\d{3})年?末?時点(?:の|で)?`)

// numberOne finds the first place, written as a number; inFirstPlace is it in words.
var (
	numberOne    = regexp.MustCompile(`(?i)(?:#|\bno\.? ?|\bn° ?|\bnumber |\bnum[ée]ro )1\b`)
	inFirstPlace = map[corpus.Lang]string{corpus.English: "number one", corpus.French: "numéro un", corpus.Japanese: "1位"}
)

// twoKinds finds two question words at once: "when and where".
var twoKinds = compile(`\b(when|where|who|why|how many|quand|ou|qui|pourquoi|combien)(?: and | & |, | et )(when|where|who|why|how many|quand|ou|qui|pourquoi|combien)\b|(いつ|どこで|誰が|なぜ)(?:、|と)?(いつ|どこで|誰が|なぜ)`)

// halves parts a question at the word that may join two things asked for.
var halves = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`^(.{6,}?) (?:and|&|plus) (.{4,})$`),
	corpus.French:   regexp.MustCompile(`^(.{6,}?) (?:et|plus) (.{4,})$`),
	corpus.Japanese: regexp.MustCompile(`^(.{2,}?)(?:と|及び|および|や)(.{2,})$`),
}

var smallKinds = map[string]Kind{
	"when": Date, "where": Place, "who": Person, "why": Reason, "how many": Number,
	"quand": Date, "ou": Place, "qui": Person, "pourquoi": Reason, "combien": Number,
	"いつ": Date, "どこで": Place, "誰が": Person, "なぜ": Reason,
}

// digits find the numbers of folded text.
var digits = regexp.MustCompile(`\d+(?:[.,]\d+)*`)

var listItem = compile(`\b(?:number|no\.?|item|point|priority|#)\s*(\d|one|two|three|four|five|six|seven)\b|\b(?:numero|point|priorite)\s*(\d)\b|(\d)\s*(?:つ目|番目|個目)`)

var smallNumbers = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}

// mark is what chat puts around words: mentions, links, code fences, custom emoji.
var mark = regexp.MustCompile("<(@[!&]?|#|a?:\\w+:|/[^:>]*:|t:)\\d*[^>]{0,20}>|https?://\\S+|@(everyone|here|kaede)\\b|[*_~|>`#]+|\\p{So}|\\p{Cf}")

// mayMark reports a character with which a mark may begin or, for links, which it has.
func mayMark(r rune) bool {
	if r < utf8.RuneSelf {
		return strings.ContainsRune("<@*_~|>`#/", r)
	}
	return !unicode.IsLetter(r) && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Cf, r))
}

// clean takes from a message what is not words, and bounds it.
func clean(text string) string {
	n := 0
	for i := range text {
		if n++; n > MaxText {
			text = text[:i]
			break
		}
	}
	text = strings.ToValidUTF8(text, " ")
	if strings.ContainsFunc(text, mayMark) {
		text = mark.ReplaceAllStringFunc(text, func(m string) string {
			if m == "#" {
				return "#"
			}
			return " "
		})
	}
	return strings.Join(strings.Fields(text), " ")
}

// read understands one question that stands for itself.
func (e *Engine) read(text string, lang corpus.Lang) *reading {
	until := 0
	if m := asOf.FindStringSubmatch(text); m != nil {
		until, _ = strconv.Atoi(m[1] + m[2])
		text = strings.Replace(text, m[0], "", 1)
	}
	text, claims := claimOf(lang, numberOne.ReplaceAllString(text, inFirstPlace[lang]))
	r := &reading{text: text, folded: fold(text), lang: lang, until: until}
	if r.kind = asksFor(lang, r.folded); claims {
		r.kind = YesNo
	}
	r.yes = r.kind == YesNo
	if m := twoKinds.FindStringSubmatch(r.folded); m != nil && !r.yes {
		r.kind, r.also = smallKinds[m[1]+m[3]], smallKinds[m[2]+m[4]]
	} else if m := halves[lang].FindStringSubmatch(r.folded); m != nil && !r.yes { // "its GDP and its rank"
		if first, second := asksFor(lang, m[1]), asksFor(lang, m[2]); first != second && definite(first) && definite(second) {
			r.kind, r.also = first, second
		}
	}
	r.years = years(r.folded)
	r.digits = slices.DeleteFunc(digits.FindAllString(r.folded, -1), func(d string) bool {
		n, err := strconv.Atoi(d)
		return err == nil && slices.Contains(r.years, n)
	})
	r.names, r.portion = naming.MatchString(r.folded), portions.MatchString(r.folded)
	r.superlative, r.future = superlatives.MatchString(r.folded), toCome.MatchString(r.folded)
	for _, o := range ordinals {
		if o.pattern.MatchString(r.folded) {
			r.ordinal = o.place
			break
		}
	}
	if m := listItem.FindStringSubmatch(r.folded); m != nil {
		for _, g := range m[1:] {
			if n, ok := smallNumbers[g]; ok {
				r.item = n
			} else if len(g) == 1 {
				r.item = int(g[0] - '0')
			}
		}
	}
	tokens, matches := e.x.Read(lang, text)
	e.findAtoms(r, tokens, matches)
	e.findHead(r)
	r.keys = e.bagOf(lang, tokens, matches)
	r.norm = e.norm(r.keys, r.boost)
	r.flow = e.flowIn(r)
	return r
}

// findAtoms finds what matters in the question.
func (e *Engine) findAtoms(r *reading, tokens []index.Token, matches []index.ConceptMatch) {
	inside := func(t index.Token) bool { // Japanese pairs that hang over the edge of a name say nothing of their own
		return slices.ContainsFunc(matches, func(m index.ConceptMatch) bool { return t.Start < m.End && t.End > m.Start })
	}
	for i := 0; i < len(matches); {
		m := matches[i]
		a := atom{text: r.text[m.Start:m.End], start: m.Start, known: true, kind: m.Concept.Kind}
		for ; i < len(matches) && matches[i].Start == m.Start && matches[i].End == m.End; i++ {
			k := matches[i].Concept
			a.concepts = append(a.concepts, k.ID)
			r.concepts, r.wider = append(r.concepts, k.ID), append(r.wider, e.broader[k.ID]...)
			if isNameOf(k, r.lang, a.text) {
				r.byName = append(r.byName, e.broader[k.ID]...)
			}
			if n, ok := e.keys.concept(k.ID); ok {
				a.keys = append(a.keys, n)
				a.weight = max(a.weight, e.weight(n))
			} else {
				a.weight = max(a.weight, e.rarest())
			}
			if isProper(k) {
				a.entity = true
			}
			if k.Kind == "question" {
				a.weight = 0
			}
		}
		stop, words := true, 0
		for _, t := range tokens {
			if t.Start >= m.Start && t.End <= m.End {
				stop = stop && t.Stop
				words++
				if n, ok := e.keys.term(r.lang, t.Term); ok && words == 1 && t.End == m.End && !t.Stop {
					a.keys = append(a.keys, n)
				}
			}
		}
		if a.weight > 0 && !stop {
			r.atoms = append(r.atoms, a)
		}
	}
	for _, t := range tokens {
		if t.Stop || inside(t) || e.tooSmall(r.lang, t) || questionWords[fold(t.Surface)] {
			continue
		}
		a := atom{text: t.Surface, start: t.Start, weight: e.rarest()}
		if n, ok := e.keys.term(r.lang, t.Term); ok {
			a.keys = []int32{n}
			a.weight = e.weight(n)
			a.known = true
		}
		if r.lang == corpus.Japanese && !isASCII(t.Term) {
			switch n := len([]rune(t.Term)); {
			case n == 1 || n == 2 && endsInParticle(t.Term):
				continue // its pairs say more
			case n == 2 && isHiragana(t.Term):
				a.weight *= .15
			default:
				a.weight *= .6
			}
		}
		a.entity = !a.known && r.lang != corpus.Japanese && isName(r.text, t)
		r.atoms = append(r.atoms, a)
	}
}

var acronym = regexp.MustCompile(`\b[A-Z]{2,}\b`)

// isNameOf reports whether text is a name of a concept, which begins with a capital, holds an acronym or, in Japanese, stands first; its other
// names may describe it: "first Japanese immigrant".
func isNameOf(k *corpus.Concept, l corpus.Lang, text string) bool {
	for _, names := range [...][]string{k.Names[l], k.Names[corpus.English]} {
		for i, name := range names {
			first, _ := utf8.DecodeRuneInString(name)
			if strings.EqualFold(name, text) && (unicode.IsUpper(first) || acronym.MatchString(name) || l == corpus.Japanese && i == 0) {
				return true
			}
		}
	}
	return false
}

// questionWords put a question and are not what it is about.
var questionWords = wordSet(`combientieme quantieme combien quand comment pourquoi quel quelle quels quelles qui quoi lequel laquelle svp stp please kindly
	exactly actually really roughly approximately environ exactement juste lol anyone anybody someone somebody wondering curious question questions know tell
	clair concretement basically literally honestly anything something stuff
	plait plz mr mrs ms dr kaede yo briefing quiz thanks thank merci bonjour salut hello hey guys folks`)

// rarest is the weight of a word that no labelled question has.
func (e *Engine) rarest() float64 { return rarity(0, max(e.x.Questions(), len(e.c.Sentences))) }

func (e *Engine) tooSmall(l corpus.Lang, t index.Token) bool {
	return l != corpus.Japanese && len(t.Term) == 1 && (t.Term[0] < '0' || t.Term[0] > '9')
}

// endsInParticle reports a kanji with the particle after it.
func endsInParticle(pair string) bool {
	return strings.ContainsAny(pair[len(pair)-min(3, len(pair)):], "はがをにでとのもへやかなだっ")
}

func isHiragana(s string) bool {
	for _, r := range s {
		if r < 'ぁ' || r > 'ゟ' {
			return false
		}
	}
	return true
}

// isName reports a capitalised word that does not begin a sentence.
func isName(text string, t index.Token) bool {
	if c := t.Surface[0]; c < 'A' || c > 'Z' || t.Start == 0 {
		return false
	}
	before := strings.TrimRight(text[:t.Start], " \"'(“‘«")
	return before != "" && !strings.ContainsAny(before[len(before)-1:], ".!?:;")
}

// Sides of the relation, as concepts. What is wider than a city of a side stands for the side: Ottawa for Canada.
const (
	canada = "canada"
	japan  = "japan"
)

func (e *Engine) sideOf(id string) string {
	for _, w := range e.broader[id] {
		if w == canada || w == japan {
			return w
		}
	}
	return ""
}

// sideWords find the two sides in folded text, also within longer names such as "Canadians in Japan" or 日本への輸出.
var sideWords = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`\b(?:(canad\w*|ottawa)|(japan\w*|nippon\w*|tokyo|land of the rising sun))\b`),
	corpus.French:   regexp.MustCompile(`\b(?:(canad\w*|ottawa)|(japon\w*|nippon\w*|tokyo|pays du soleil[- ]levant))\b`),
	corpus.Japanese: regexp.MustCompile(`(カナダ|加国|オタワ)|(日本|東京|日系)`),
}

// mention is one place at which a text names a side.
type mention struct {
	side       string
	start, end int
}

// mentions gives where folded text names the two sides, in order.
func mentions(l corpus.Lang, folded string) []mention {
	var out []mention
	for _, m := range sideWords[l].FindAllStringSubmatchIndex(folded, -1) {
		side := canada
		if m[2] < 0 {
			side = japan
		}
		out = append(out, mention{side, m[0], m[1]})
	}
	return out
}

// flowWords say who sends. The value tells whether the side that acts sends or receives.
var flowWords = map[corpus.Lang]struct{ sends, receives, to, from pattern }{
	corpus.English: {
		compile(`\b(export\w*|sell|sells|selling|sold|sales?|ship|ships|shipped|shipping|send|sends|sent|supply|supplies|supplied|invest\w*|fdi)\b`),
		compile(`\b(import\w*|buy|buys|buying|bought|purchas\w+|receive\w*|acquire\w*|get|gets)\b`),
		compile(`(\bto|\binto|\bin|\btowards?|\bonto|\bat) (the |its |all )*$`),
		compile(`(\bfrom|\bby|\bof) (the |its |all )*$`),
	},
	corpus.French: {
		compile(`\b(export\w*|vend|vends|vendre|vendu\w*|vendent|ventes?|expedi\w+|envo\w+|invest\w+|place)\b`),
		compile(`\b(import\w*|achet\w*|achats?|recoi\w*|recev\w*)\b`),
		compile(`(\bau|\baux|\bvers (le |la |l')?|\ben|\ba|\bdans (le |la )?|\ba destination du|\bchez (les )?) ?$`),
		compile(`(\bdu|\bdes|\bde|\bd'|\bpar (le |la )?|\bdepuis (le )?|\bprovenan\w+ (du|de)) ?$`),
	},
}

// flowIn reads the direction of what a question asks for: who sends to whom.
func (e *Engine) flowIn(r *reading) flow {
	if r.lang == corpus.Japanese {
		return e.flowInJapanese(r)
	}
	w := flowWords[r.lang]
	sends, receives := w.sends.FindStringIndex(r.folded), w.receives.FindStringIndex(r.folded)
	if sends == nil && receives == nil {
		return e.placed(r)
	}
	out := receives == nil || sends != nil && sends[0] < receives[0]
	var from, to, first, second string
	for _, m := range mentions(r.lang, r.folded) {
		side, before := m.side, r.folded[:m.start]
		switch {
		case w.to.MatchString(before) && to == "":
			to = side
		case w.from.MatchString(before) && from == "":
			from = side
		case first == "":
			first = side
		case second == "" && side != first:
			second = side
		}
	}
	actor := first
	switch {
	case from != "" && to != "":
	case out:
		if from == "" {
			from = actor
		}
		if to == "" && second != "" {
			to = second
		}
	default:
		switch {
		case to == "" || to == actor:
			to = actor
		case actor != "" && from == "": // who buys in a place buys from it
			from, to = to, actor
		}
		if from == "" && second != "" {
			from = second
		}
	}
	if from == "" && to != "" {
		from = other(to)
	}
	if to == "" && from != "" {
		to = other(from)
	}
	return between(from, to)
}

// placed reads who is where: "Canadians in Japan" goes from Canada to Japan.
func (e *Engine) placed(r *reading) flow {
	w := flowWords[r.lang]
	var who, where string
	for _, m := range mentions(r.lang, r.folded) {
		switch {
		case w.to.MatchString(r.folded[:m.start]) && !rooted.MatchString(r.folded[:m.start]):
			where = m.side
		case who == "":
			who = m.side
		}
	}
	if who == "" && where != "" && into.MatchString(r.folded) {
		who = other(where)
	}
	return between(who, where)
}

// rooted finds before "in Japan" that people come from there.
var rooted = regexp.MustCompile(`\b(roots|ancestry|ancestors|born|racines|ancetres|nee?s?) (in|au) (the )?$`)

// into finds what comes in from elsewhere, whoever sends it.
var into = compile(`\binto (the )?(canad|japan)`)

func other(side string) string {
	if side == canada {
		return japan
	}
	return canada
}

// placedInJapanese reads 在日カナダ人, 日本にいるカナダ人, カナダの日系人.
func (e *Engine) placedInJapanese(r *reading) flow {
	switch {
	case strings.Contains(r.folded, "在日") || strings.Contains(r.folded, "駐日") || strings.Contains(r.folded, "訪日"):
		return between(canada, japan)
	case strings.Contains(r.folded, "在加") || strings.Contains(r.folded, "駐加") || strings.Contains(r.folded, "訪加"):
		return between(japan, canada)
	}
	var who, where string
	for _, m := range mentions(r.lang, r.folded) {
		if jaWhere.MatchString(r.folded[m.end:]) {
			where = m.side
		} else {
			who = m.side
		}
	}
	return between(who, where)
}

var jaWhere = regexp.MustCompile(`^(に(い|住|在|居|暮|お|留|渡)|で(暮|学|働|教|生)|へ(行|渡|留)|在住|国内|における)`)

var (
	jaSends    = compile(`輸出|売|販売|出荷|投資|送`)
	jaReceives = compile(`輸入|買|購入|仕入`)
	jaFrom     = regexp.MustCompile(`^(から|発|産|製)`)
	jaTo       = regexp.MustCompile(`^(へ|に(対|向|輸出|投資|売)|向け|への|における)`)
)

// flowInJapanese reads 対日輸出, カナダから日本へ, 日本の対加投資 and their like.
func (e *Engine) flowInJapanese(r *reading) flow {
	sends, receives := jaSends.MatchString(r.folded), jaReceives.MatchString(r.folded)
	if !sends && !receives {
		return e.placedInJapanese(r)
	}
	var from, to, actor string
	switch {
	case strings.Contains(r.folded, "対日"):
		to = japan
	case strings.Contains(r.folded, "対加") || strings.Contains(r.folded, "対カナダ"):
		to = canada
	}
	if to != "" && receives && !sends {
		return between(to, other(to)) // 対日輸入: imports from Japan
	}
	for _, m := range mentions(r.lang, r.folded) {
		side, after := m.side, r.folded[m.end:]
		switch {
		case jaFrom.MatchString(after):
			from = side
		case jaTo.MatchString(after) && to == "":
			to = side
		case actor == "":
			actor = side
		}
	}
	if from == "" && to == "" {
		if actor == "" {
			return ""
		}
		if sends {
			from = actor
		} else {
			to = actor
		}
	}
	if from == "" {
		from = other(to)
	}
	if to == "" {
		to = other(from)
	}
	return between(from, to)
}
