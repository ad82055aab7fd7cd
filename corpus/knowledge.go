package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// factDraft is a fact whose references are not yet followed.
type factDraft struct {
	r        *reader
	fact     *Fact
	line     int
	refs     []ref // to concepts
	evidence []evidenceDraft

	fromLine, toLine    int
	pointLines          []int // of a series
	supersedes          []ref // facts
	supersedesSentences []ref
}

// ref names something by its id.
type ref struct {
	key, id string
	line    int
}

type evidenceDraft struct {
	document, quote, words      string
	sentence                    int
	quoteLine, wordsLine        int
	documentLine, sentencesLine int
}

// conceptDraft is a concept whose references are not yet followed.
type conceptDraft struct {
	r       *reader
	concept *Concept
	line    int
	refs    []ref
}

// labelDraft is one line of labelled questions.
type labelDraft struct {
	r        *reader
	line     int
	document string
	sentence string
	fact     string
	asks     map[Lang][]string
	miss     NearMiss
}

// facts reads one file of facts.
func (r *reader) facts(data []byte) []*factDraft {
	var ds []*factDraft
	for _, m := range r.entries(data, "fact", "id") {
		ds = append(ds, m.fact())
	}
	return ds
}

func (m *mapping) fact() *factDraft {
	f := &Fact{ID: m.needSlug("id")}
	m.what = named("fact", f.ID)
	d := &factDraft{r: m.r, fact: f, line: m.lineOf("id")}
	f.Topic = m.needSlug("topic")
	f.Subject = m.needSlug("subject")
	f.Relation = m.needSlug("relation")
	f.Object = m.slug("object")
	for _, ref := range []ref{{"subject", f.Subject, 0}, {"relation", f.Relation, 0}, {"object", f.Object, 0}} {
		ref.line = m.lineOf(ref.key)
		d.refs = append(d.refs, ref)
	}
	f.AsOf = m.date("as_of")
	f.Label = m.text("label", m.need("label"))
	f.Value = m.value(d)
	f.Answer = m.text("answer", m.get("answer"))
	if f.Answer == nil && f.Value != nil {
		f.Answer = answer(f.Value)
	}
	f.Asks = m.lists("asks")
	if n := m.need("evidence"); n != nil {
		d.evidence = m.evidence(n)
	}
	f.Side = m.oneOf("side", "canada", "japan", "joint", "third-party")
	f.ReviewBy = m.date("review_by")
	f.From, d.fromLine = m.date("from"), m.lineOf("from")
	f.To, d.toLine = m.date("to"), m.lineOf("to")
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		m.r.add(d.toLine, "%s: \"to\" is before \"from\"; exchange or correct them", m.what)
	}
	participants := m.refs("participants")
	for _, p := range participants {
		f.Participants = append(f.Participants, m.r.keepID(p.id))
	}
	d.refs = append(d.refs, participants...)
	d.supersedes = m.refs("supersedes")
	d.supersedesSentences = m.refs("supersedes_sentence")
	m.done()
	return d
}

// named is what a message calls a thing; one without an id is found by its line.
func named(what, id string) string { return strings.TrimSpace(what + " " + id) }

// value reads the one value that a fact has, or returns nil having said what is wrong.
func (m *mapping) value(d *factDraft) Value {
	before := len(m.r.problems)
	kinds := []string{"date", "quantity", "series", "rank", "name", "list", "definition", "reason", "statement"}
	var given []string
	var v Value
	for _, kind := range kinds {
		n := m.get(kind)
		if n == nil {
			continue
		}
		given = append(given, kind)
		switch kind {
		case "date":
			v = m.date(kind)
		case "list":
			v = m.items(n)
		case "definition":
			v = Definition{m.text(kind, n)}
		case "reason":
			v = Reason{m.text(kind, n)}
		case "statement":
			v = Statement{m.text(kind, n)}
		default:
			in := m.r.mapping(n, m.what+": "+kind)
			if in == nil {
				continue
			}
			switch kind {
			case "quantity":
				v = in.quantity()
			case "series":
				v = in.series(d)
			case "rank":
				in.need("place")
				v = Rank{in.count("place"), in.r.keep(in.needStr("among"))}
			case "name":
				v = Name{in.needOneOf("kind", "person", "organisation", "place", "thing"), in.words()}
			}
			in.done()
		}
	}
	switch {
	case len(given) == 0:
		m.r.add(m.line, "%s: has no value; add one of %s", m.what, strings.Join(kinds, ", "))
	case len(given) > 1:
		m.r.add(m.line, "%s: has several values (%s); keep one and make the others facts of their own", m.what, strings.Join(given, ", "))
	}
	if len(m.r.problems) > before {
		return nil // not to be complained of again as missing from its words
	}
	return v
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (m *mapping) quantity() Quantity {
	return Quantity{
		Number:   m.float("number"),
		Unit:     m.r.keepID(m.needStr("unit")),
		Currency: m.currency(),
		Bound:    m.oneOf("bound", "at-least", "about"),
	}
}

func (m *mapping) currency() string {
	s := m.str("currency")
	if s != "" && !currencyCode.MatchString(s) {
		m.r.add(m.lineOf("currency"), "%s: currency is %q; write its ISO 4217 code, such as CAD", m.what, s)
	}
	return m.r.keepID(s)
}

func (m *mapping) series(d *factDraft) Series {
	s := Series{Unit: m.r.keepID(m.needStr("unit")), Currency: m.currency()}
	n := m.need("points")
	if n == nil {
		return s
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) < 2 {
		m.r.add(n.Line, "%s: \"points\" needs at least two entries: [{at: 2019, number: 12.6e9}, {at: 2021, number: 14.4e9}]; write them, or make it a quantity with as_of", m.what)
		return s
	}
	for _, c := range n.Content {
		in := m.r.mapping(c, m.what+": points")
		if in == nil {
			continue
		}
		in.need("at")
		p := Point{At: in.date("at"), Number: in.float("number")}
		if last := len(s.Points) - 1; last >= 0 && !s.Points[last].At.Before(p.At) {
			m.r.add(c.Line, "%s: points are out of order or given twice; write the oldest first and each date once", m.what)
		}
		s.Points = append(s.Points, p)
		d.pointLines = append(d.pointLines, c.Line)
		in.done()
	}
	return s
}

func (m *mapping) items(n *yaml.Node) Value {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		m.r.add(n.Line, "%s: \"list\" is %s; write at least one item: [{en: ..., fr: ..., ja: ...}]", m.what, kindOf(n))
		return List{}
	}
	var l List
	for _, c := range n.Content {
		if t := m.text("list", c); t != nil {
			l.Items = append(l.Items, t)
		}
	}
	return l
}

func (m *mapping) evidence(n *yaml.Node) []evidenceDraft {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		m.r.add(n.Line, "%s: \"evidence\" is %s; write at least one entry with document, quote and words", m.what, kindOf(n))
		return nil
	}
	var es []evidenceDraft
	for _, c := range n.Content {
		in := m.r.mapping(c, m.what+": evidence")
		if in == nil {
			continue
		}
		es = append(es, evidenceDraft{
			document: in.needStr("document"), documentLine: in.lineOf("document"),
			quote: in.needStr("quote"), quoteLine: in.lineOf("quote"),
			words: in.needStr("words"), wordsLine: in.lineOf("words"),
			sentence: in.count("sentence"), sentencesLine: in.lineOf("sentence"),
		})
		in.done()
	}
	return es
}

// concepts reads one file of the lexicon.
func (r *reader) concepts(data []byte) []*conceptDraft {
	var ds []*conceptDraft
	for _, m := range r.entries(data, "concept", "id") {
		k := &Concept{ID: m.needSlug("id"), Names: map[Lang][]string{}}
		m.what = named("concept", k.ID)
		d := &conceptDraft{r: r, concept: k, line: m.lineOf("id")}
		k.Kind = m.needOneOf("kind", "country", "place", "person", "organisation", "treaty", "office", "event", "programme",
			"group", "thing", "action", "quality", "quantity", "time", "question")
		for _, l := range Langs() {
			k.Names[l] = m.list(m.need(string(l)), string(l))
		}
		for _, ref := range m.refs("broader") {
			k.Broader = append(k.Broader, r.keepID(ref.id))
			d.refs = append(d.refs, ref)
		}
		if k.Opposite = m.slug("opposite"); k.Opposite != "" {
			d.refs = append(d.refs, ref{"opposite", k.Opposite, m.lineOf("opposite")})
		}
		m.done()
		ds = append(ds, d)
	}
	return ds
}

// lines calls read with each line that is not blank, and reports what it returns.
func (r *reader) lines(data []byte, read func(line int, object []byte) error) {
	n, any := 0, false
	for line := range bytes.Lines(data) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		any = true
		if err := read(n, line); err != nil {
			r.add(n, "is not a JSON object of this kind: %v; see the format in the documentation of package corpus",
				strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	if !any {
		r.add(1, "holds nothing; write its lines or delete it")
	}
}

// strictJSON decodes exactly one object without unknown keys.
func strictJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field == "" {
			return fmt.Errorf("it is of type %s", wrong.Value)
		}
		return fmt.Errorf("%q is or holds a value of type %s", wrong.Field, wrong.Value)
	}
	if err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("something follows the object; write one object a line")
	}
	return nil
}

// asks reads one file of asks.
func (r *reader) asks(data []byte) []*labelDraft {
	var ds []*labelDraft
	r.lines(data, func(line int, object []byte) error {
		var in struct {
			Document string              `json:"document"`
			Sentence string              `json:"sentence"`
			Fact     string              `json:"fact"`
			Asks     map[string][]string `json:"asks"`
		}
		if err := strictJSON(object, &in); err != nil {
			return err
		}
		d := &labelDraft{r: r, line: line, document: in.Document, sentence: in.Sentence, fact: in.Fact, asks: map[Lang][]string{}}
		if in.Document == "" || in.Sentence == "" || len(in.Asks) == 0 {
			r.add(line, `needs "document", "sentence" and "asks"; add what is missing`)
			return nil
		}
		for l, texts := range in.Asks {
			lang, ok := known(l)
			if !ok {
				r.add(line, "asks in unknown language %q; use en, fr or ja", l)
			}
			if slices.ContainsFunc(texts, blank) {
				r.add(line, "has an empty question in %q; write it or remove it", l)
			}
			for i, text := range texts {
				texts[i] = r.keep(text)
			}
			d.asks[lang] = texts
		}
		ds = append(ds, d)
		return nil
	})
	return ds
}

// nearMisses reads one file of near misses.
func (r *reader) nearMisses(data []byte) []*labelDraft {
	kinds := []string{"year", "side", "entity", "attribute", "granularity", "false-premise", "future", "superlative",
		"wider", "off-topic", "chit-chat", "injection"}
	var ds []*labelDraft
	r.lines(data, func(line int, object []byte) error {
		var in struct {
			Lang     string `json:"lang"`
			Question string `json:"question"`
			Misses   string `json:"misses"`
			Near     string `json:"near"`
			Lacking  string `json:"lacking"` // what is not stated, as its author put it: for authors alone
			Document string `json:"document"`
		}
		if err := strictJSON(object, &in); err != nil {
			return err
		}
		lang, ok := known(in.Lang)
		kind := slices.Index(kinds, in.Misses)
		switch {
		case !ok:
			r.add(line, `"lang" is %q; use en, fr or ja`, in.Lang)
		case blank(in.Question):
			r.add(line, `"question" is empty; write it or remove the line`)
		case kind < 0:
			r.add(line, `"misses" is %q; use one of %s`, in.Misses, strings.Join(kinds, ", "))
		case in.Near != "" && in.Document == "":
			r.add(line, `has "near" without "document"; add the id of the document that holds the sentence`)
		default:
			ds = append(ds, &labelDraft{r: r, line: line, document: in.Document, sentence: in.Near,
				miss: NearMiss{Lang: lang, Text: r.keep(in.Question), Misses: kinds[kind]}})
		}
		return nil
	})
	return ds
}

// known gives the language of that name.
func known(name string) (Lang, bool) {
	langs := Langs()
	if i := slices.Index(langs[:], Lang(name)); i >= 0 {
		return langs[i], true
	}
	return "", false
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
