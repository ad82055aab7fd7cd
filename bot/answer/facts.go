package answer

import (
	"math"
	"slices"

	"kaede/corpus"
)

// The signals of a fact among the facts of one sentence.
const (
	factKind     = iota // its value is of the kind that is asked for
	factHalf            // its value may do for the kind that is asked for
	factAlike           // likeness of the nearest of its asks
	factAhead           // by how much that is more than for the next fact of the sentence
	factLabel           // share of what matters that its label, subject, relation and object hold
	factAsks            // share that its asks hold
	factAlone           // share that it holds and most other facts of the sentence do not
	factGiven           // share of its value that the question itself says, so that it is hardly what is asked for
	factSameFlow        // goods or money go as asked
	factCounter         // they go the other way
	factYear            // it has the year that the question names
	factWords           // share that it gets when the question's words are laid beside those of the asks of each fact of the sentence
	factItem            // a list, and an item of a list is asked for
	factOpen            // no definite kind of value is asked for
	factIsValue         // its value is a date, a number, money or a rank
	factIsDate
	factIsName
	factIsList
	factIsReason
	factIsDefinition
	factRelation  // the question names its relation
	factSubject   // ... its subject
	factObject    // ... its object
	factWordsLead // its share of words less that of the next
	factAsked     // share of its asks that want the kind of answer that is asked for
	factHead      // its value is of the sort that the question names: "which pact"
	factNotHead   // it is not
	factUnasked   // share, by rarity, of its label that the question does not name
	factOther     // it is about one side alone, and the question names the other alone
	factVote      // its share of the votes for the facts of the sentence
	numFactSignals
)

// factMeanings are the meanings of the signals of a fact.
var factMeanings = [numFactSignals]meaning{
	factKind:         {"kind", 1},
	factHalf:         {"half-kind", 1},
	factAlike:        {"alike", 1},
	factAhead:        {"ahead", 1},
	factLabel:        {"label", 1},
	factAsks:         {"asks", 1},
	factAlone:        {"alone", 1},
	factGiven:        {"given", -1},
	factSameFlow:     {"same-flow", 1},
	factCounter:      {"counter-flow", -1},
	factYear:         {"year", 1},
	factWords:        {"words", 1},
	factItem:         {"list-item", 1},
	factOpen:         {"open", 0},
	factIsValue:      {"is-value", 0},
	factIsDate:       {"is-date", 0},
	factIsName:       {"is-name", 0},
	factIsList:       {"is-list", 0},
	factIsReason:     {"is-reason", 0},
	factIsDefinition: {"is-definition", 0},
	factRelation:     {"relation", 1},
	factSubject:      {"subject", 1},
	factObject:       {"object", 1},
	factWordsLead:    {"words-lead", 1},
	factAsked:        {"asked-kind", 1},
	factHead:         {"head", 1},
	factNotHead:      {"not-head", -1},
	factUnasked:      {"unasked", -1},
	factOther:        {"other-side", -1},
	factVote:         {"vote", 1},
}

// factSignals stand in the first places of signals, so that one kind of forest weighs both.
type factSignals = signals

type scoredFact struct {
	view    *factView
	signals factSignals
	score   float64 // 0 to 1
}

// factsFor weighs the facts of sentence n, best first.
func (e *Engine) factsFor(s *scene, n int) []*scoredFact {
	out, ok := s.facts[n]
	if !ok {
		out = e.weighFacts(s, n)
		s.facts[n] = out
	}
	return out
}

func (e *Engine) weighFacts(s *scene, n int) []*scoredFact {
	views := e.viewsOf(n)
	if s.sources != nil { // a figure over the years may rest on several documents
		views = slices.DeleteFunc(views, func(v *factView) bool { return !v.fact.Within(s.sources) })
	}
	if len(views) == 0 {
		return nil
	}
	r := s.r
	self, selfFact := asked{}, (*factView)(nil)
	if s.self != nil {
		self = *s.self
		for _, v := range views {
			if self.fact == v.fact {
				selfFact = v
			}
		}
	}
	wanted, side := e.wantedOf(n, r.lang), e.side(r)
	out := make([]*scoredFact, len(views))
	scored := make([]scoredFact, len(views))
	covers := make([]bool, len(views)*len(r.atoms)) // by fact, then by atom
	covered := make([]int, len(r.atoms))            // how many facts cover an atom
	asks, labels := e.columns(s, views)
	if selfFact != nil {
		at := slices.Index(views, selfFact)
		for j, k := range s.keys {
			if self.keys.has(k) && asks[j][at] > 0 {
				asks[j][at]--
			}
		}
	}
	votes := 0.0
	for _, v := range views {
		votes += s.factVotes[v.fact]
	}
	for i, v := range views {
		f := &scored[i]
		out[i], f.view = f, v
		g := &f.signals
		switch fit := v.fits(r); {
		case fit == 1:
			g[factKind] = 1
		case fit > 0:
			g[factHalf] = fit
		}
		g[factAlike] = s.factAlike[v.fact]
		g[factVote] = s.factVotes[v.fact] / max(votes, 1e-9)
		g[factAsked] = wanted.share(v.fact, r.kind, v == selfFact)
		if side != "" && e.ownedByOther(v, side) {
			g[factOther] = 1
		}
		if r.head != nil {
			if g[factHead] = e.isA(v, r); g[factHead] == 0 {
				g[factNotHead] = 1
			}
		}
		for j := range r.atoms {
			w := r.atoms[j].weight / max(s.matter, 1e-9)
			inLabel := slices.ContainsFunc(s.atomsAt[j], func(at int) bool { return labels[at][i] > 0 })
			if inLabel {
				g[factLabel] += w
			}
			inAsks := slices.ContainsFunc(s.atomsAt[j], func(at int) bool { return asks[at][i] > 0 })
			if inAsks {
				g[factAsks] += w
			}
			if inLabel || inAsks {
				covers[i*len(r.atoms)+j] = true
				covered[j]++
			}
		}
		g[factGiven] = v.given(r)
		if rank, ok := v.fact.Value.(corpus.Rank); ok {
			g[factGiven] = 0
			if rank.Place == r.ordinal {
				g[factGiven] = 1
			}
		}
		if r.flow != "" && v.flow != "" {
			if r.flow == v.flow {
				g[factSameFlow] = 1
			} else {
				g[factCounter] = 1
			}
		}
		for _, y := range r.years {
			if slices.Contains(v.years, y) {
				g[factYear] = 1
			}
		}
		if r.kind == Other || r.kind == YesNo {
			g[factOpen] = 1
		}
		switch v.kind {
		case Date:
			g[factIsDate], g[factIsValue] = 1, 1
		case Number, Money, Rank:
			g[factIsValue] = 1
		case Person, Organisation, Place, Name:
			g[factIsName] = 1
		case List:
			g[factIsList] = 1
		case Reason:
			g[factIsReason] = 1
		case Definition:
			g[factIsDefinition] = 1
		}
		g[factUnasked] = e.unasked(v, r)
		for i, id := range [...]string{v.fact.Relation, v.fact.Subject, v.fact.Object} {
			if id != "" && e.namesConcept(r, id) {
				g[factRelation+i] = 1
			}
		}
		if r.item > 0 && v.kind == List {
			g[factItem] = 1
		}
	}
	e.wordShares(out, s, asks, labels, selfFact, len(self.keys))
	setLead(scored, factWords, factWordsLead)
	setLead(scored, factAlike, factAhead)
	for i := range scored {
		f := &scored[i]
		for j := range r.atoms {
			share := float64(covered[j]-1) / float64(len(out))
			if covers[i*len(r.atoms)+j] && share < .5 {
				f.signals[factAlone] += r.atoms[j].weight / max(s.matter, 1e-9) * (1 - share)
			}
		}
		f.score = e.model.Fact.confidence(&f.signals)
	}
	slices.SortStableFunc(out, func(a, b *scoredFact) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.view.fact.N - b.view.fact.N
	})
	return out
}

// setLead sets a signal of each fact to how much more another one is than that of any other fact.
func setLead(facts []scoredFact, of, lead int) {
	best, next := 0.0, 0.0
	for i := range facts {
		if v := facts[i].signals[of]; v > best {
			best, next = v, best
		} else {
			next = max(next, v)
		}
	}
	for i := range facts {
		g := &facts[i].signals
		if g[lead] = g[of] - best; g[of] == best {
			g[lead] = best - next
		}
	}
}

// columns gives in how many asks and labels of each fact each of the scene's keys stands.
func (e *Engine) columns(s *scene, views []*factView) (asks, labels [][]int32) {
	rows := make([]int, len(views))
	for i, v := range views {
		rows[i] = v.fact.N
	}
	cells := make([]int32, 2*len(s.keys)*len(rows))
	next := func() (column []int32) {
		column, cells = cells[:len(rows)], cells[len(rows):]
		return column
	}
	for _, k := range s.keys {
		a, l := next(), next()
		e.factAsks.fill(a, k, rows...)
		for i, v := range views {
			if v.label.has(k) {
				l[i] = 1
			}
		}
		asks, labels = append(asks, a), append(labels, l)
	}
	return asks, labels
}

// unasked is the share, by rarity, of a fact's label that the question does not name.
func (e *Engine) unasked(v *factView, r *reading) float64 {
	all, missing := 0.0, 0.0
	for _, k := range v.said[r.lang] {
		w := e.weight(k)
		all += w
		if !r.keys.has(k) {
			missing += w
		}
	}
	return missing / max(all, 1e-9)
}

// namesConcept reports whether a question names a concept, a wider or a narrower one.
func (e *Engine) namesConcept(r *reading, id string) bool {
	return slices.Contains(r.wider, id) ||
		slices.ContainsFunc(e.broader[id], func(c string) bool { return slices.Contains(r.concepts, c) })
}

// wordShares lays the question's words beside those of the asks of each fact of a sentence (naive Bayes).
func (e *Engine) wordShares(facts []*scoredFact, s *scene, asks, labels [][]int32, selfFact *factView, self int) {
	const back = 25 // how many keys of the whole stock of questions each fact's are mixed with
	logs := make([]float64, len(facts))
	top := math.Inf(-1)
	for i := range facts {
		v := facts[i].view
		size := e.factSize[v.fact.N]
		if v == selfFact {
			size -= float64(self)
		}
		for j, k := range s.r.keys {
			c := float64(asks[s.ownAt[j]][i] + labels[s.ownAt[j]][i])
			p := math.Log((c/e.said[k] + back) / (size + back))
			if s.r.boost != nil {
				p *= s.r.boost[j]
			}
			logs[i] += p
		}
		top = max(top, logs[i])
	}
	sum := 0.0
	for i := range logs {
		logs[i] = math.Exp((logs[i] - top) * .5)
		sum += logs[i]
	}
	for i := range facts {
		facts[i].signals[factWords] = logs[i] / sum
	}
}
