package answer

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"kaede/corpus"
	"kaede/index"
)

// The signals of a candidate sentence. Each is a plain number of about 0 to 1, with the meaning that its name has here; the
// model's weights say what it is worth.
const (
	sigBias       = iota
	sigOwn        // share, by rarity, of what matters in the question that the sentence itself, its translations or its facts' labels hold
	sigAround     // share that only what is around it holds: passage, headings, title
	sigAsks       // share that neither holds but the ways people ask for it do
	sigUnheard    // share that nothing in the corpus has ever heard of
	sigElsewhere  // share that the corpus knows, but not with this sentence
	sigNearOnly   // share that is found in the near misses near it and in none of its asks
	sigText       // the index's score for its text, against the best candidate's
	sigVote       // share of the nearest labelled questions that ask for it
	sigNear       // share of the nearest labelled questions that are near misses
	sigNearHolds  // share of the near misses that hold: the question has the words for which they are misses
	sigAlikeHolds // likeness of the nearest near miss, as far as it holds
	sigRank       // a place in an order is named and the sentence has a rank
	sigNearHere   // share of the nearest labelled questions that are near misses of this very sentence
	sigAlike      // likeness of the nearest question that asks for it
	sigAlikeNear  // likeness of the nearest near miss
	sigClearer    // by how much the nearest asking question is likelier than the nearest near miss
	sigWording    // how much more its words are those of asks than of near misses (naive Bayes, squashed)
	sigClass      // share that it gets when the question's words are laid beside those of all asks of each sentence (naive Bayes)
	sigClassLead  // by how much that is more than the next sentence gets, in logarithms, squashed
	sigClassNear  // how much more its words are those of its near misses than of its asks, squashed
	sigHas        // it holds the kind of value that is asked for, and the question does not say that value itself
	sigLacks      // a reason, list, definition or organisation is asked for and no fact of it is of that kind
	sigLacksDate  // a date is asked for and it holds none; the next five alike
	sigLacksNumber
	sigLacksMoney
	sigLacksRank
	sigLacksPerson
	sigLacksPlace
	sigClash      // a place in an order is named, and its ranks are others
	sigOwner      // the question is about one side alone and the best fact about the other alone
	sigStranger   // number of names in the question that neither it nor what is around it names, squashed
	sigYear       // the question names a year and it has that year
	sigYearAround // ... or what is around it or its facts have it
	sigOtherYear  // ... or nothing has it
	sigCounter    // the goods or the money are asked for in the other direction than its facts state
	sigLead       // its lead in votes over the next candidate
	sigFact       // how well its best fact fits what is asked
	sigSuper      // a superlative or rank is asked for and the sentence has none
	sigBroken     // the copy breaks off in it and a list is asked for
	sigShort      // the question has hardly anything that matters
	sigNumber     // the question has a number that it does not have
	sigHead       // how far the value of one of its facts is of the sort that the question names
	sigNotHead    // the question names a sort, and no fact of it is of it
	sigStrong     // votes × what the sentence or its asks cover
	sigSubject    // the question names the subject of its best fact
	sigRelation   // ... its relation
	sigObject     // ... its object
	sigUnasked    // share, by rarity, of the label of its best fact that the question does not name: "people of Japanese origin" asked for as "people"
	sigFuture     // it asks for what is to come, and the sentence tells of nothing to come

	// Of the fact that would be the answer:
	sigGiven         // share of its value that the question itself says
	sigKind          // its value is of the kind that is asked for
	sigHalfKind      // its value may do for it
	sigAnswerHead    // its value is of the sort that the question names
	sigAnswerNotHead // it is not
	sigAsked         // share of its asks that want the kind of answer that is asked for
	sigAnswerAlike   // likeness of the nearest of its asks
	sigAnswerWords   // its share when the question's words are laid beside those of the asks of each fact of the sentence
	sigAnswerAlone   // share of what matters that it holds and most other facts of the sentence do not
	sigNoName        // a name is asked for, and its value holds none
	numSignals
)

// meaning is the name by which the explanation and the weights' file call a signal, and whether it can only speak for a sentence (1), only
// against it (-1) or either way (0); see grow.
type meaning struct {
	name  string
	sense int
}

var meanings = [numSignals]meaning{
	sigBias:          {"bias", 0},
	sigOwn:           {"own", 1},
	sigAround:        {"around", 1},
	sigAsks:          {"asks", 1},
	sigUnheard:       {"unheard", -1},
	sigElsewhere:     {"elsewhere", -1},
	sigNearOnly:      {"near-only", -1},
	sigText:          {"text", 1},
	sigVote:          {"vote", 1},
	sigNear:          {"near", -1},
	sigNearHolds:     {"near-holds", -1},
	sigAlikeHolds:    {"alike-holds", -1},
	sigRank:          {"rank", 1},
	sigNearHere:      {"near-here", -1},
	sigAlike:         {"alike", 1},
	sigAlikeNear:     {"alike-near", -1},
	sigClearer:       {"clearer", 1},
	sigWording:       {"wording", 1},
	sigClass:         {"class", 1},
	sigClassLead:     {"class-lead", 1},
	sigClassNear:     {"class-near", -1},
	sigHas:           {"has-kind", 1},
	sigLacks:         {"lacks-kind", -1},
	sigLacksDate:     {"lacks-date", -1},
	sigLacksNumber:   {"lacks-number", -1},
	sigLacksMoney:    {"lacks-money", -1},
	sigLacksRank:     {"lacks-rank", -1},
	sigLacksPerson:   {"lacks-person", -1},
	sigLacksPlace:    {"lacks-place", -1},
	sigClash:         {"clash", -1},
	sigOwner:         {"owner", -1},
	sigStranger:      {"stranger", -1},
	sigYear:          {"year", 1},
	sigYearAround:    {"year-around", 1},
	sigOtherYear:     {"other-year", -1},
	sigCounter:       {"counter-flow", -1},
	sigLead:          {"lead", 1},
	sigFact:          {"fact", 1},
	sigSuper:         {"superlative", -1},
	sigBroken:        {"broken", -1},
	sigShort:         {"short", 0},
	sigNumber:        {"number", -1},
	sigHead:          {"head", 1},
	sigNotHead:       {"not-head", -1},
	sigStrong:        {"strong", 1},
	sigSubject:       {"subject", 1},
	sigRelation:      {"relation", 1},
	sigObject:        {"object", 1},
	sigUnasked:       {"unasked", -1},
	sigFuture:        {"future", -1},
	sigGiven:         {"answer-given", -1},
	sigKind:          {"answer-kind", 1},
	sigHalfKind:      {"answer-half", 0},
	sigAnswerHead:    {"answer-head", 1},
	sigAnswerNotHead: {"answer-not-head", -1},
	sigAsked:         {"answer-asked", 1},
	sigAnswerAlike:   {"answer-alike", 1},
	sigAnswerWords:   {"answer-words", 1},
	sigAnswerAlone:   {"answer-alone", 0},
	sigNoName:        {"no-name", -1},
}

// namesOf gives the names of signals, in order.
func namesOf(list []meaning) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.name)
	}
	return out
}

type signals [numSignals]float64

// neighbour is a labelled question near the one asked.
type neighbour struct {
	asked
	number int
	alike  float64
}

// scene is what the candidates of one question have in common.
type scene struct {
	r          *reading
	sources    []string // the documents that are asked; nil for all
	self       *asked   // labelled question that is being asked itself, while fitting; nil otherwise
	neighbours []neighbour
	votes      map[int]float64                // by sentence
	near       map[*corpus.Document]*nearness // by the document that is missed; nil for what no document answers
	nearHere   map[int]float64
	total      float64
	alike      map[int]float64          // by sentence, the best
	facts      map[int][]*scoredFact    // by sentence, best first; filled as they are weighed
	factAlike  map[*corpus.Fact]float64 // likeness of the nearest of its asks
	factVotes  map[*corpus.Fact]float64
	wording    float64
	class      map[int]float64 // by sentence
	classLog   map[int]float64 // by sentence, against the best other
	classBest  []int
	matter     float64 // sum of the atoms' weights
	keys       keySet  // of the question and of its atoms
	ownAt      []int   // where the question's own stand among keys
	atomsAt    [][]int // by atom, the places of its keys
}

// nearness sums up the near misses among the nearest labelled questions.
type nearness struct {
	votes, holds      float64 // their votes, and those as far as they hold
	alike, alikeHolds float64 // the best
	same              bool    // one of them is this very question
}

// nearFor gives the nearness of the near misses that miss d: its own, and those that any document misses.
func (s *scene) nearFor(d *corpus.Document) nearness {
	var sum nearness
	for _, of := range [...]*corpus.Document{nil, d} {
		if n := s.near[of]; n != nil {
			sum.votes += n.votes
			sum.holds += n.holds
			sum.alike = max(sum.alike, n.alike)
			sum.alikeHolds = max(sum.alikeHolds, n.alikeHolds)
			sum.same = sum.same || n.same
		}
	}
	return sum
}

// voters is how many of the nearest labelled questions vote.
const voters = 30

// setScene compares a question with the labelled questions that the index found.
func (e *Engine) setScene(r *reading, found []index.Hit, text []index.SentenceHit, sources []string, skip int) *scene {
	s := &scene{r: r, sources: sources, near: make(map[*corpus.Document]*nearness), facts: make(map[int][]*scoredFact), factAlike: make(map[*corpus.Fact]float64), factVotes: make(map[*corpus.Fact]float64), votes: make(map[int]float64), nearHere: make(map[int]float64), alike: make(map[int]float64)}
	if skip >= 0 {
		self := e.askedOf(skip)
		s.self = &self
	}
	for _, h := range found {
		if h.N == skip {
			continue
		}
		n := neighbour{asked: e.askedOf(h.N), number: h.N}
		n.alike = e.alike(r, &n.asked)
		s.neighbours = append(s.neighbours, n)
		if n.fact != nil {
			for _, f := range e.seriesFor(r, n.fact) {
				s.factAlike[f] = max(s.factAlike[f], n.alike)
				s.factVotes[f] += n.alike * n.alike
			}
		}
	}
	slices.SortStableFunc(s.neighbours, func(a, b neighbour) int {
		switch {
		case a.alike > b.alike:
			return -1
		case a.alike < b.alike:
			return 1
		}
		return 0
	})
	if len(s.neighbours) > voters {
		s.neighbours = s.neighbours[:voters]
	}
	for i := range s.neighbours {
		n := &s.neighbours[i]
		w, at := n.alike*n.alike, n.sentence
		s.total += w
		switch {
		case n.near:
			near := s.near[n.document]
			if near == nil {
				near = new(nearness)
				s.near[n.document] = near
			}
			holds := e.holds(r, &n.asked)
			near.votes += w
			near.holds += w * holds
			near.alike = max(near.alike, n.alike)
			near.alikeHolds = max(near.alikeHolds, n.alike*holds)
			near.same = near.same || n.alike > .9 && bare(fold(clean(e.x.Question(n.number).Text))) == bare(r.folded)
			if at >= 0 {
				s.nearHere[at] += w
			}
		case at >= 0:
			for _, at := range e.standing(r, at, n.fact) {
				s.votes[at] += w
				s.alike[at] = max(s.alike[at], n.alike)
			}
		}
	}
	s.keys = slices.Clone(r.keys)
	for _, a := range r.atoms {
		s.matter += a.weight
		s.keys = append(s.keys, a.keys...)
	}
	s.keys = setOf(s.keys)
	s.ownAt = s.places(r.keys)
	for _, a := range r.atoms {
		s.atomsAt = append(s.atomsAt, s.places(a.keys))
	}
	s.wording = e.wording(r, s.self)
	e.classes(s, text)
	return s
}

// bare is folded text without the marks at its end.
func bare(folded string) string { return strings.TrimRight(folded, " ?!.。？！") }

// places gives where each of some keys stands among the scene's.
func (s *scene) places(keys []int32) []int {
	out := make([]int, len(keys))
	for i, k := range keys {
		out[i], _ = slices.BinarySearch(s.keys, k)
	}
	return out
}

// holds is how far a near miss is one for this question too: the share, by rarity, of the words for which it is a miss, those that no
// ask of its sentence and not the sentence itself have, that the question has as well.
func (e *Engine) holds(r *reading, near *asked) float64 {
	if near.sentence < 0 {
		return 1
	}
	v := e.evidenceOf(near.sentence)
	all, shared := 0.0, 0.0
	for _, k := range near.keys {
		if v.own.has(k) || e.asks.at(k, near.sentence) > 1 {
			continue
		}
		w := e.weight(k)
		all += w
		if r.keys.has(k) {
			shared += w
		}
	}
	if all == 0 {
		return .5 // it is a miss by how its words are put together
	}
	return shared / all
}

// wording is the log-likelihood ratio of the question's words under asks and under near misses, a word on average. Rare words count more: how
// people put a question is no sign of whether it can be answered.
func (e *Engine) wording(r *reading, self *asked) float64 {
	t := e.counts[r.lang]
	if t == nil || t.asks == 0 || t.nearMisses == 0 {
		return 0
	}
	asks, near := float64(t.asks), float64(t.nearMisses)
	sum := 0.0
	for _, k := range r.keys {
		a, m := float64(t.ask[k]), float64(t.miss[k])
		switch {
		case self == nil || !self.keys.has(k):
		case self.near:
			m--
		default:
			a--
		}
		const prior = 1.0
		sum += e.weight(k) / e.rarest() * (math.Log((a+prior)/(asks+2*prior)) - math.Log((m+prior*near/asks)/(near+2*prior)))
	}
	return sum / math.Sqrt(float64(max(len(r.keys), 1)))
}

// How many of the candidates come from each way of finding; the rest are those whose text the index found.
const byVotes, byClass = 4, 3

// candidates are the sentences worth weighing: those most voted for, those whose asks have most of the question's words, and those whose text
// the index found.
func (s *scene) candidates(text []index.SentenceHit, most int, allowed func(int) bool) []int {
	voted := slices.SortedFunc(maps.Keys(s.votes), func(a, b int) int {
		return cmp.Or(cmp.Compare(s.votes[b], s.votes[a]), cmp.Compare(a, b))
	})
	var out []int
	add := func(n, most int) {
		if len(out) < most && allowed(n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, n := range voted {
		add(n, byVotes)
	}
	for _, n := range s.classBest {
		add(n, most)
	}
	for _, h := range text {
		add(h.N, most)
	}
	for _, n := range voted {
		add(n, most)
	}
	return out
}

// cover tells where an atom of the question is found with a sentence.
type cover int

const (
	nowhere cover = iota
	inAsks
	inAround
	inOwn
)

// coverOf finds an atom with a sentence. What only self brought in, the keys of an ask of it that is asked itself while fitting, does not count.
func (e *Engine) coverOf(v *evidence, a *atom, self keySet) cover {
	best := nowhere
	for _, k := range a.keys {
		switch {
		case v.own.has(k):
			return inOwn
		case v.around.has(k):
			best = max(best, inAround)
		case best == nowhere:
			asks := e.asks.at(k, v.sentence)
			if self.has(k) {
				asks--
			}
			if asks > 0 {
				best = inAsks
			}
		}
	}
	return best
}

// signalsOf gives the signals of sentence n for the question of the scene.
func (e *Engine) signalsOf(s *scene, n int, text []index.SentenceHit) signals {
	var g signals
	r, v := s.r, e.evidenceOf(n)
	g[sigBias] = 1
	var self keySet
	if s.self != nil && !s.self.near && s.self.sentence == n {
		self = s.self.keys
	}
	facts := e.factsFor(s, n)
	strangers := 0.0
	for i := range r.atoms {
		a := &r.atoms[i]
		w := a.weight / max(s.matter, 1e-9)
		c := e.coverOf(v, a, self)
		switch c {
		case inOwn:
			g[sigOwn] += w
		case inAround:
			g[sigAround] += w
		case inAsks:
			g[sigAsks] += w
		default:
			if len(a.keys) == 0 {
				g[sigUnheard] += w
			} else {
				g[sigElsewhere] += w
				if slices.ContainsFunc(a.keys, func(k int32) bool { return e.near.at(k, n) > 0 }) {
					g[sigNearOnly] += w
				}
			}
		}
		if a.entity && c != inOwn && c != inAround {
			known := slices.ContainsFunc(a.concepts, func(id string) bool {
				return slices.ContainsFunc(e.broader[id], func(w string) bool { return v.names[w] })
			})
			switch {
			case known || c == inAsks:
				strangers += .25
			default:
				strangers++
			}
		}
	}
	g[sigStranger] = strangers / (1 + strangers)
	if len(text) > 0 && text[0].Score > 0 {
		for _, h := range text {
			if h.N == n {
				g[sigText] = h.Score / text[0].Score
				break
			}
		}
	}
	near := s.nearFor(e.c.Sentences[n].Passage.Document)
	if s.total > 0 {
		g[sigVote] = s.votes[n] / s.total
		g[sigNear] = near.votes / s.total
		g[sigNearHolds] = near.holds / s.total
		g[sigNearHere] = s.nearHere[n] / s.total
		next := 0.0
		for m, x := range s.votes {
			if m != n && !e.standTogether(r, m, n) {
				next = max(next, x)
			}
		}
		g[sigLead] = (s.votes[n] - next) / s.total
	}
	g[sigAlike], g[sigAlikeNear] = s.alike[n], near.alike
	g[sigAlikeHolds] = near.alikeHolds
	g[sigClearer] = s.alike[n] - near.alike
	g[sigWording] = math.Tanh(s.wording / 3)
	e.kindSignals(&g, r, v, facts)
	g[sigClass] = s.class[n]
	g[sigClassLead] = math.Tanh(s.classLog[n] / 8)
	g[sigClassNear] = e.nearClass(s, n)
	if len(facts) > 0 {
		g[sigFact] = facts[0].score
		g[sigSubject], g[sigRelation], g[sigObject] = facts[0].signals[factSubject], facts[0].signals[factRelation], facts[0].signals[factObject]
		g[sigUnasked] = facts[0].signals[factUnasked]
		g[sigOwner] = e.otherOwner(r, facts)
		best := facts[0]
		if fit := ofKind(r, facts); len(fit) > 0 {
			best = fit[0]
		}
		for _, s := range answerSignals {
			g[s.sentence] = best.signals[s.fact]
		}
		if r.names && !best.view.named {
			g[sigNoName] = 1
		}
	}
	if r.ordinal > 0 && v.has[Rank] {
		g[sigRank] = 1
	}
	if clashes(r, facts) {
		g[sigClash] = 1
	}
	if r.head != nil && len(facts) > 0 {
		for i := range facts {
			g[sigHead] = max(g[sigHead], facts[i].signals[factHead])
		}
		if g[sigHead] == 0 {
			g[sigNotHead] = 1
		}
	}
	if r.future && !toCome.MatchString(fold(e.c.Sentences[n].Text)) {
		g[sigFuture] = 1
	}
	for _, d := range r.digits {
		if !slices.Contains(v.digits, d) {
			g[sigNumber] = 1
		}
	}
	for _, y := range r.years {
		switch {
		case slices.Contains(v.years, y):
			g[sigYear] = 1
		case slices.Contains(v.about, y):
			g[sigYearAround] = 1
		default:
			g[sigOtherYear] = 1
		}
	}
	if g[sigOtherYear] == 1 {
		g[sigYear], g[sigYearAround] = 0, 0
	}
	if e.counters(r, n) {
		g[sigCounter] = 1
	}
	if (r.superlative || r.ordinal > 0) && !v.has[Rank] && !superlatives.MatchString(fold(e.c.Sentences[n].Text)) {
		g[sigSuper] = 1
	}
	if e.c.Sentences[n].Broken && (r.kind == List || r.kind == Organisation) {
		g[sigBroken] = 1
	}
	if s.matter < e.rarest() {
		g[sigShort] = 1
	}
	g[sigStrong] = g[sigVote] * (g[sigOwn] + g[sigAround] + g[sigAsks])
	return g
}

var lacks = map[Kind]int{Date: sigLacksDate, Number: sigLacksNumber, Money: sigLacksMoney, Rank: sigLacksRank, Person: sigLacksPerson, Place: sigLacksPlace}

// answerSignals are the signals of a sentence that are those of the fact that would be the answer.
var answerSignals = [...]struct{ sentence, fact int }{
	{sigGiven, factGiven}, {sigKind, factKind}, {sigHalfKind, factHalf}, {sigAnswerHead, factHead}, {sigAnswerNotHead, factNotHead},
	{sigAsked, factAsked}, {sigAnswerAlike, factAlike}, {sigAnswerWords, factWords}, {sigAnswerAlone, factAlone},
}

// kindSignals tells whether the sentence holds the kind of value that is asked for: a fact of that kind whose value the question does not
// say itself, or, where no fact is held, something of that shape.
func (e *Engine) kindSignals(g *signals, r *reading, v *evidence, facts []*scoredFact) {
	best := 0.0
	for i := range facts {
		if facts[i].signals[factGiven] <= given {
			best = max(best, facts[i].view.fits(r))
		}
	}
	if len(facts) == 0 {
		for k := range v.has {
			best = max(best, fits(r.kind, k))
		}
	}
	switch i, valued := lacks[r.kind]; {
	case valued:
		g[sigHas] = best
		if best < .5 {
			g[i] = 1
		}
	case r.kind == Reason || r.kind == Definition || r.kind == List || r.kind == Organisation || r.kind == Name:
		if best == 1 {
			g[sigHas] = .5
		} else {
			g[sigLacks] = 1
		}
	}
}

// classes lays the question's words beside those of all asks of each sentence, and notes each sentence's share in the scene.
func (e *Engine) classes(s *scene, text []index.SentenceHit) {
	const back = 150 // how many keys of the whole stock of questions each sentence's are mixed with
	type class struct {
		n   int
		log float64
	}
	rows := e.classable(s, text)
	list, asks := make([]class, len(rows)), make([]int32, len(rows))
	at := -1 // the place of the sentence whose ask is asked itself
	var self keySet
	if s.self != nil && !s.self.near {
		at = slices.Index(rows, s.self.sentence)
		self = s.self.keys
	}
	boosts := 0.0
	for i, k := range s.r.keys {
		boost := 1.0
		if s.r.boost != nil {
			boost = s.r.boost[i]
		}
		boosts += boost
		e.asks.fill(asks, k, rows...)
		if at >= 0 && self.has(k) {
			asks[at]--
		}
		for j, c := range asks {
			if c > 0 {
				list[j].log += boost * math.Log(float64(c)/e.said[k]/back+1) // against the whole stock
			}
		}
	}
	for j, n := range rows {
		size := e.size[n]
		if j == at {
			size -= float64(len(self))
		}
		list[j].n = n
		list[j].log -= boosts * math.Log(size/back+1)
	}
	slices.SortFunc(list, func(a, b class) int {
		switch {
		case a.log > b.log:
			return -1
		case a.log < b.log:
			return 1
		}
		return a.n - b.n
	})
	s.class, s.classLog = make(map[int]float64, len(list)), make(map[int]float64, len(list))
	if len(list) == 0 {
		return
	}
	sum := 0.0
	for _, c := range list {
		sum += math.Exp((c.log - list[0].log) * .6)
	}
	for _, c := range list {
		next, alone := c.log, true
		for _, o := range list {
			switch {
			case o.n == c.n || e.standTogether(s.r, o.n, c.n):
				s.class[c.n] += math.Exp((o.log-list[0].log)*.6) / sum
			case alone:
				next, alone = o.log, false // the list is in order
			}
		}
		s.classLog[c.n] = c.log - next
	}
	for _, c := range list[:min(byClass, len(list))] {
		s.classBest = append(s.classBest, c.n)
	}
}

// counters reports a sentence whose facts all go the other way than is asked.
func (e *Engine) counters(r *reading, n int) bool {
	if r.flow == "" {
		return false
	}
	counter := false
	for _, f := range e.viewsOf(n) {
		if f.flow == r.flow {
			return false
		}
		counter = counter || f.flow != ""
	}
	return counter
}

// classable gives the sentences whose words are worth comparing, in order: those voted for and those whose text the index found, if anybody asks for them.
func (e *Engine) classable(s *scene, text []index.SentenceHit) []int {
	out := slices.Collect(maps.Keys(s.votes))
	for _, h := range text {
		if len(e.asksOf[h.N]) > 0 {
			out = append(out, h.N)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nearClass is how much more the question's words are those of the near misses near the sentence than of its asks, a word on average.
func (e *Engine) nearClass(s *scene, n int) float64 {
	if len(e.nearOf[n]) == 0 || len(s.r.keys) == 0 {
		return 0
	}
	here := s.self != nil && s.self.sentence == n
	asks, near := float64(len(e.asksOf[n])), float64(len(e.nearOf[n]))
	sum := 0.0
	for _, k := range s.r.keys {
		a, m := float64(e.asks.at(k, n)), float64(e.near.at(k, n))
		switch {
		case !here || !s.self.keys.has(k):
		case s.self.near:
			m--
		default:
			a--
		}
		sum += e.weight(k) / e.rarest() * (math.Log((m+.5)/(near+1)) - math.Log((a+.5)/(asks+1)))
	}
	return math.Tanh(sum / math.Sqrt(float64(len(s.r.keys))) / 4)
}

// otherOwner is 1 where the question names one side alone, and of the facts of the sentence that are of the kind asked for all are about the
// other side alone: "Canada's GDP" against Japan's.
func (e *Engine) otherOwner(r *reading, facts []*scoredFact) float64 {
	side := e.side(r)
	if side != "" && all(facts, fitting(r, .5), func(f *scoredFact) bool { return e.ownedByOther(f.view, side) }) {
		return 1
	}
	return 0
}

// ownedByOther reports that a fact is one side's own, and has nothing to do with the side that is asked for.
func (e *Engine) ownedByOther(v *factView, asked string) bool {
	key, known := e.keys.concept(asked)
	return v.fact.Subject == other(asked) && !(known && v.label.has(key))
}

// side is the side that a question names, if it names one alone.
func (e *Engine) side(r *reading) string {
	side := ""
	if r.flow != "" {
		return "" // the other side gives or takes
	}
	for _, id := range r.concepts {
		if s := e.sideOf(id); s != "" {
			if side != "" && side != s {
				return ""
			}
			side = s
		}
	}
	return side
}
