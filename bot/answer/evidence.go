package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"kaede/corpus"
	"kaede/index"
)

// evidence is what is known of a sentence when it is weighed. It is immutable.
type evidence struct {
	sentence int
	own      keySet          // keys that the sentence, its translations and its facts hold
	around   keySet          // keys of the rest of its passage and of the headings
	names    map[string]bool // concepts that it or what is around it names, and all wider ones
	years    []int
	digits   []string // its numbers, as they stand
	about    []int    // years of what is around it, and to which its facts apply
	has      map[Kind]bool
}

// factView is a fact as the weighing sees it.
type factView struct {
	fact    *corpus.Fact
	kind    Kind
	label   keySet                  // keys of its labels, subject, relation and object
	said    map[corpus.Lang][]int32 // keys of its label in a language: of concepts, and of words outside any
	value   map[corpus.Lang][]part  // of its value
	is      keySet                  // keys of its value in any language, and of the concepts that are wider than those it names
	sorts   map[string]bool         // kinds of the concepts that its value names
	years   []int
	flow    flow
	who     bool // its value names people, or what acts as they do
	where   bool // ... a place
	body    bool // ... an organisation, or what stands for one
	named   bool // its value holds a name by which one thing in the world goes, and not only countries and offices
	portion bool // its value is a share of a hundred
	figure  bool // it is put in words and holds a figure: "thousands of Canadians", "every two years"
}

// nameable reports a concept that is told by its name, and not by what it is.
func nameable(k *corpus.Concept) bool {
	switch k.Kind {
	case "country", "office", "group", "time", "quantity", "action", "quality", "question":
		return false
	}
	names := k.Names[corpus.English]
	return len(names) > 0 && names[0] != strings.ToLower(names[0])
}

// part is a concept or a word of a value, and what it counts for.
type part struct {
	concept string  // its id; empty for a word outside any
	words   []int32 // keys of its words
	weight  float64
}

// sorted notes of which sorts a value is that names a concept of a kind.
func (v *factView) sorted(kind string) {
	v.sorts[kind] = true
	switch kind {
	case "person", "office":
		v.who = true
	case "group", "organisation":
		v.who, v.body = true, true
	case "country":
		v.who, v.where, v.body = true, true, true
	case "place":
		v.where = true
	case "treaty", "programme":
		v.body = true
	}
}

// fits says how well the fact answers a question by its kind.
func (v *factView) fits(r *reading) float64 {
	want := r.kind
	if want == Number && v.portion != r.portion {
		return min(fits(want, v.kind), .25)
	}
	if v.figure && want == Number {
		return .75
	}
	if want == Frequency && v.kind == Other && (v.figure || v.sorts["time"]) {
		return 1
	}
	fit := fits(want, v.kind)
	if fit < 1 && (want == Person && !v.who || want == Place && !v.where || want == Organisation && !v.body) {
		return min(fit, .25)
	}
	return fit
}

// given is the share of its value, by rarity, that a question says itself. Where a name is not what is asked for, the same thing by
// another name is given too; a description of it is not.
func (v *factView) given(r *reading) float64 {
	return givenOf(r, v.value[r.lang])
}

func givenOf(r *reading, value []part) float64 {
	all, said := 0.0, 0.0
	for _, p := range value {
		all += p.weight
		words := 0
		for _, k := range p.words {
			if r.keys.has(k) {
				words++
			}
		}
		switch {
		case p.concept != "" && r.kind != Name && r.kind != Definition && slices.Contains(r.byName, p.concept):
			said += p.weight
		case len(p.words) > 0:
			said += p.weight * float64(words) / float64(len(p.words))
		}
	}
	return said / max(all, 1e-9)
}

// addConcept adds the keys of a concept and of all that are wider.
func (e *Engine) addConcept(keys []int32, id string) []int32 {
	for _, w := range e.broader[id] {
		if k, ok := e.keys.concept(w); ok {
			keys = append(keys, k)
		}
	}
	return keys
}

// content gives the keys of what matters in a text: the concepts that it names, and the words that matter outside any.
func (e *Engine) content(l corpus.Lang, text string) []int32 {
	tokens, matches := e.x.Read(l, text)
	r := reading{text: text, folded: fold(text), lang: l}
	e.findAtoms(&r, tokens, matches)
	var keys []int32
	for _, a := range r.atoms {
		if len(a.keys) > 0 {
			keys = append(keys, a.keys[0])
		}
	}
	return keys
}

// gist is what a text is about: its keys, those of its concepts and of all wider ones, and the ids of these. It is immutable.
type gist struct {
	keys  keySet
	names []string
}

// add reads a further text.
func (e *Engine) add(g *gist, l corpus.Lang, text string) {
	tokens, matches := e.x.Read(l, text)
	g.keys = append(g.keys, e.bagOf(l, tokens, matches)...)
	for _, m := range matches {
		g.keys = e.addConcept(g.keys, m.Concept.ID)
		g.names = append(g.names, e.broader[m.Concept.ID]...)
	}
}

// gistOf reads sentence n with its translations, once.
func (e *Engine) gistOf(n int) *gist {
	if g := e.gists[n].Load(); g != nil {
		return g
	}
	s, g := e.c.Sentences[n], new(gist)
	e.add(g, s.Passage.Document.Lang, s.Text)
	for l, t := range s.Translation {
		e.add(g, l, t)
	}
	g.keys = setOf(g.keys)
	e.gists[n].Store(g)
	return g
}

// evidenceOf prepares sentence n, once.
func (e *Engine) evidenceOf(n int) *evidence {
	if v := e.evidence[n].Load(); v != nil {
		return v
	}
	s := e.c.Sentences[n]
	d := s.Passage.Document
	own, around := e.gistOf(n), new(gist)
	v := &evidence{
		sentence: n, names: make(map[string]bool), has: make(map[Kind]bool),
		years: years(s.Text), digits: digits.FindAllString(fold(s.Text), -1), about: years(d.Title + " " + s.Passage.Heading),
	}
	e.add(around, d.Lang, d.Title+". "+s.Passage.Heading)
	for l, t := range s.Passage.Headings {
		e.add(around, l, t)
	}
	for _, o := range s.Passage.Sentences {
		if o != s {
			g := e.gistOf(o.N)
			around.keys, around.names = append(around.keys, g.keys...), append(around.names, g.names...)
			v.about = append(v.about, years(o.Text)...)
		}
	}
	for _, names := range [...][]string{own.names, around.names} {
		for _, id := range names {
			v.names[id] = true
		}
	}
	v.own, v.around = slices.Clone(own.keys), setOf(around.keys)
	for _, f := range e.viewsOf(n) {
		v.has[f.kind] = true
		v.own = append(v.own, f.label...)
		v.about = append(v.about, f.years...)
	}
	v.own = setOf(v.own)
	for kind := range shapes {
		if len(e.stated[n]) == 0 && hasShape(kind, s.Text) {
			v.has[kind] = true
		}
	}
	e.evidence[n].Store(v)
	return v
}

// wanted is of each fact of a sentence how many of its asks in one language want each kind of answer.
type wanted map[*corpus.Fact]map[Kind]float64

// wantedOf prepares what is wanted of sentence n in a language, once.
func (e *Engine) wantedOf(n int, l corpus.Lang) wanted {
	at := &e.wanted[l][n]
	if w := at.Load(); w != nil {
		return *w
	}
	w := make(wanted)
	for _, i := range e.asksOf[n] {
		q := e.x.Question(int(i))
		if q.Fact == nil || q.Lang != l {
			continue
		}
		if w[q.Fact] == nil {
			w[q.Fact] = make(map[Kind]float64)
		}
		w[q.Fact][asksFor(l, fold(clean(q.Text)))]++
	}
	at.Store(&w)
	return w
}

// share is the share of the asks of a fact that want a kind of answer, without one of them where that is asked itself.
func (w wanted) share(f *corpus.Fact, want Kind, self bool) float64 {
	all := 0.0
	for _, n := range w[f] {
		all += n
	}
	hits := w[f][want]
	if self {
		hits, all = hits-1, all-1
	}
	return max(hits, 0) / (max(all, 0) + 1)
}

// inName finds the number of a name, which counts nothing: COVID-19, G7.
var inName = regexp.MustCompile(`[A-Za-z]-?\d+`)

// hasShape reports whether a text may hold a value of a kind.
func hasShape(kind Kind, text string) bool {
	if kind == Number {
		text = inName.ReplaceAllString(text, "")
	}
	return shapes[kind].MatchString(text)
}

// shapes find values of a kind in a sentence of which no fact is held.
var shapes = map[Kind]*regexp.Regexp{
	Date:   regexp.MustCompile(`\b(1[5-9]|20|21)\d\d\b|\b(January|February|March|April|May|June|July|August|September|October|November|December)\b|(世紀|月\d|年)`),
	Number: regexp.MustCompile(`\d|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|half|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|cent|mille)\b|[一二三四五六七八九十百千万億兆]`),
	Money:  regexp.MustCompile(`[$€£¥]\s?\d|\d\s?(dollars?|yen|euros?|cents?|pounds?|francs?|[$€£¥円]|ドル|ユーロ)`),
	Rank:   regexp.MustCompile(`(?i)\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|largest|biggest|smallest|highest|longest|\d+(st|nd|rd|th)|premiere?|deuxi.me|troisi.me|quatri.me|\d+e)\b|位|番目|第\d|最[大小高長]`),
	Person: regexp.MustCompile(`\p{Lu}\p{Ll}+|[\p{Han}\p{Katakana}]{2,}`),
	Place:  regexp.MustCompile(`\p{Lu}\p{Ll}+|[\p{Han}\p{Katakana}]{2,}`),
}

// readFacts notes which sentences state which facts, and which facts are of a series.
func (e *Engine) readFacts() {
	e.series = make(map[seriesKey][]*corpus.Fact)
	for _, f := range e.c.Facts {
		if key, ok := seriesOf(f); ok {
			e.series[key] = append(e.series[key], f)
		}
		for _, v := range f.Evidence {
			if n := v.Sentence.N; !slices.Contains(e.stated[n], f) {
				e.stated[n] = append(e.stated[n], f)
			}
		}
	}
}

// viewsOf gives the facts that sentence n states, in the order of the corpus.
func (e *Engine) viewsOf(n int) []*factView {
	out := make([]*factView, len(e.stated[n]))
	for i, f := range e.stated[n] {
		out[i] = e.viewOf(f)
	}
	return out
}

// viewOf prepares a fact, once.
func (e *Engine) viewOf(f *corpus.Fact) *factView {
	if v := e.views[f.N].Load(); v != nil {
		return v
	}
	v := &factView{
		fact: f, kind: kindOf(f.Value),
		value: make(map[corpus.Lang][]part), said: make(map[corpus.Lang][]int32),
		sorts: make(map[string]bool),
	}
	for l, t := range f.Label {
		v.label = append(v.label, e.bag(l, t)...)
		v.said[l] = e.content(l, t)
	}
	for _, id := range []string{f.Subject, f.Relation, f.Object} {
		v.label = e.addConcept(v.label, id)
	}
	v.label = setOf(v.label)
	for l, t := range f.Answer {
		e.readValue(v, l, t)
	}
	switch q := f.Value.(type) {
	case corpus.Quantity:
		v.portion = q.Unit == "percent"
		v.is = e.addConcept(v.is, q.Unit)
		if q.Unit == "people" {
			v.sorted("group")
		}
	case corpus.Series:
		v.is = e.addConcept(v.is, q.Unit)
	}
	v.is = setOf(v.is)
	v.figure = v.kind == Other && hasShape(Number, f.Evidence[0].Words)
	if !valued(v.kind) || v.kind != Place && definite(v.kind) { // a name does not flow
		v.flow = e.flowOf(f)
	}
	if !f.AsOf.IsZero() {
		v.years = append(v.years, f.AsOf.Year)
	}
	if d, ok := f.Value.(corpus.Date); ok {
		v.years = append(v.years, d.Year)
	}
	e.views[f.N].Store(v)
	return v
}

// readValue reads the value of a fact in a language.
func (e *Engine) readValue(v *factView, l corpus.Lang, text string) {
	tokens, matches := e.x.Read(l, text)
	v.value[l] = e.parts(l, tokens, matches, (definite(v.kind) || v.kind == Other) && strings.ContainsAny(text, "0123456789"))
	for _, token := range tokens {
		if k, ok := e.keys.term(l, token.Term); ok && !token.Stop {
			v.is = append(v.is, k)
		}
		outside := !slices.ContainsFunc(matches, func(m index.ConceptMatch) bool { return token.Start < m.End && token.End > m.Start })
		v.named = v.named || l == corpus.English && outside && !token.Stop && unicode.IsUpper(rune(token.Surface[0]))
	}
	for _, m := range matches {
		v.is = e.addConcept(v.is, m.Concept.ID)
		v.sorted(m.Concept.Kind)
		v.named = v.named || nameable(m.Concept)
	}
}

// parts are those of a value: its concepts, and its words outside any. Of a value that holds a figure, the figure alone tells it.
func (e *Engine) parts(l corpus.Lang, tokens []index.Token, matches []index.ConceptMatch, figures bool) []part {
	var out []part
	at := -1 // the place in matches of the last part that is a concept
	for _, t := range tokens {
		k, ok := e.keys.term(l, t.Term)
		if !ok || t.Stop || figures && !strings.ContainsAny(t.Term, "0123456789") {
			continue
		}
		in := -1
		if !figures {
			in = slices.IndexFunc(matches, func(m index.ConceptMatch) bool { return t.Start >= m.Start && t.End <= m.End })
		}
		switch {
		case in >= 0 && in == at:
			p := &out[len(out)-1]
			p.words, p.weight = append(p.words, k), max(p.weight, e.weight(k))
		case in >= 0:
			at = in
			p := part{concept: matches[in].Concept.ID, words: []int32{k}, weight: e.weight(k)}
			if c, ok := e.keys.concept(p.concept); ok {
				p.weight = max(p.weight, e.weight(c))
			}
			out = append(out, p)
		default:
			out = append(out, part{words: []int32{k}, weight: e.weight(k)})
		}
	}
	return out
}

// flow is the way that goods or money go between two sides, such as canada>japan; empty where nothing flows.
type flow string

func between(from, to string) flow {
	if from == "" || to == "" || from == to {
		return ""
	}
	return flow(from + ">" + to)
}

// back is the other way.
func (f flow) back() flow {
	from, to, _ := strings.Cut(string(f), ">")
	return between(to, from)
}

// flowOf reads the direction of a fact from what it relates, or else from its label, as the same words in a question are read.
func (e *Engine) flowOf(f *corpus.Fact) flow {
	from, to := e.sideOf(f.Subject), e.sideOf(f.Object)
	if f.Relation == "import" {
		from, to = to, from
	}
	if way := between(from, to); way != "" && (f.Relation == "export" || f.Relation == "fdi" || f.Relation == "import") {
		return way
	}
	r := reading{lang: corpus.English, folded: fold(f.Label[corpus.English])}
	return e.flowIn(&r)
}
