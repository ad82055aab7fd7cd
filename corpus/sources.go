package corpus

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// sourceDraft is a source with its place.
type sourceDraft struct {
	r      *reader
	source *Source
	line   int
}

// goldenDraft is a golden question whose document is not yet looked up.
type goldenDraft struct {
	r        *reader
	golden   *Golden
	line     int
	document ref
}

// coverageDraft is an entry of coverage whose sentences are not yet looked up.
type coverageDraft struct {
	r         *reader
	id        string
	sentences []ref
	leftOut   string
}

// sources reads sources.yaml.
func (r *reader) sources(data []byte) []*sourceDraft {
	var ds []*sourceDraft
	for _, m := range r.entries(data, "source", "id") {
		s := &Source{ID: m.needSlug("id")}
		m.what = named("source", s.ID)
		for _, key := range []string{"title", "publisher", "seen"} {
			m.need(key)
		}
		s.Title = m.name("title")
		s.Publisher = m.name("publisher")
		s.Seen = m.date("seen")
		s.Kind = m.needOneOf("kind", "official", "press", "academic", "reference")
		s.Side = m.needOneOf("side", "canada", "japan", "joint", "third-party")
		s.Published = m.date("published")
		s.URL = m.url("url")
		m.done()
		ds = append(ds, &sourceDraft{r, s, m.lineOf("id")})
	}
	return ds
}

// golden reads golden.yaml.
func (r *reader) golden(data []byte) []*goldenDraft {
	var ds []*goldenDraft
	for _, m := range r.entries(data, "golden question", "lang") {
		g := &Golden{Lang: Lang(m.needOneOf("lang", string(English), string(French), string(Japanese))), Question: r.keep(m.needStr("question"))}
		g.History = m.list(m.get("history"), "history")
		g.Answer = m.texts("answer")
		g.All = m.list(m.get("all"), "all")
		g.Refuse = m.oneOf("refuse", "true", "false") == "true"
		d := &goldenDraft{r: r, golden: g, line: m.line, document: ref{"document", m.str("document"), m.lineOf("document")}}
		switch wants := m.get("answer") != nil || m.get("all") != nil; {
		case g.Refuse && (wants || d.document.id != ""):
			r.add(m.line, "golden question: is to be refused and yet has an answer; remove \"refuse\", or \"answer\", \"all\" and \"document\"")
		case !g.Refuse && !wants:
			r.add(m.line, "golden question: needs \"answer\", \"all\" or \"refuse: true\"; add one")
		}
		m.done()
		ds = append(ds, d)
	}
	return ds
}

// coverage reads coverage.yaml, which may have more keys than any other mapping.
func (r *reader) coverage(data []byte) []*coverageDraft {
	root := r.yaml(data, 0)
	if root == nil {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		r.add(root.Line, "is %s; write a line for each collected fact: its id: document/N, or its id: {left_out: reason}", kindOf(root))
		return nil
	}
	var ds []*coverageDraft
	lines := map[string]int{}
	for pair := range slices.Chunk(root.Content, 2) {
		key, n := pair[0], pair[1]
		if first, twice := lines[key.Value]; twice {
			r.add(key.Line, "%q is given twice, first on line %d; keep one", key.Value, first)
			continue
		}
		lines[key.Value] = key.Line
		d := &coverageDraft{r: r, id: r.keep(key.Value)}
		if n.Kind == yaml.MappingNode {
			if m := r.mapping(n, key.Value); m != nil {
				d.leftOut = r.keep(m.needStr("left_out"))
				m.done()
			}
		} else {
			in := &mapping{r: r, line: key.Line, what: key.Value, pairs: pair}
			in.need(key.Value)
			d.sentences = in.refs(key.Value)
		}
		ds = append(ds, d)
	}
	return ds
}
