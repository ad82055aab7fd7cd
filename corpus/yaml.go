package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// reader reads one file of a corpus and collects what is wrong with it.
type reader struct {
	file     string
	problems []Problem
	texts    strings.Builder   // what was kept last, with room for more
	ids      map[string]string // that were kept
}

// keep gives a copy of s that lies beside what else is kept of the file. Parsers make many small strings, few of which stay: each of these would
// hold on to memory that was meant for several.
func (r *reader) keep(s string) string {
	const room = 4 << 10
	if r.texts.Cap()-r.texts.Len() < len(s) {
		r.texts = strings.Builder{}
		r.texts.Grow(max(room, len(s)))
	}
	r.texts.WriteString(s)
	return r.texts.String()[r.texts.Len()-len(s):]
}

func (r *reader) add(line int, format string, args ...any) {
	r.problems = append(r.problems, Problem{r.file, line, fmt.Sprintf(format, args...)})
}

var yamlPlace = regexp.MustCompile(`^yaml: (line \d+: )?`)

// yamlFault says what is wrong with the first YAML document in data, without the line; empty if nothing is.
func yamlFault(data []byte) string {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return yamlPlace.ReplaceAllString(err.Error(), "")
	}
	return ""
}

// failsAt returns the line of the fault in data. The YAML library gives the line where the surroundings of a fault began, or none: this
// is the first line up to which data has the same fault.
func failsAt(data []byte) int {
	fault := yamlFault(data)
	lines := bytes.SplitAfter(data, []byte("\n"))
	return 1 + sort.Search(len(lines)-1, func(n int) bool { return yamlFault(bytes.Join(lines[:n+1], nil)) == fault })
}

// yaml parses data, which starts after line skip of its file, and returns its only document, or nil
// having said why. It refuses aliases: the format has no use for them, and they can grow without bound.
func (r *reader) yaml(data []byte, skip int) *yaml.Node {
	var doc, next yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) {
		r.add(skip+1, "holds nothing; write its entries or delete it")
		return nil
	}
	if err == nil && !errors.Is(d.Decode(&next), io.EOF) {
		r.add(skip+next.Line, `holds a second YAML document; remove the "---" line and what follows, or move it to a file of its own`)
		return nil
	}
	if err != nil {
		r.add(skip+failsAt(data), "is not YAML: %s; mind indentation, and quote texts that hold \": \" or \" #\"", yamlFault(data))
		return nil
	}
	if !r.plainYAML(&doc, skip) {
		return nil
	}
	return doc.Content[0]
}

// plainYAML moves the nodes down by skip lines and reports aliases and anchors, once a line.
func (r *reader) plainYAML(n *yaml.Node, skip int) bool {
	n.Line += skip
	ok := n.Kind != yaml.AliasNode && n.Anchor == ""
	if last := len(r.problems) - 1; !ok && (last < 0 || r.problems[last].Line != n.Line) {
		r.add(n.Line, "uses a YAML anchor or alias (& or *); write the value out, and quote a text that begins with & or *")
	}
	for _, c := range n.Content {
		ok = r.plainYAML(c, skip) && ok
	}
	return ok
}

// entries returns the mappings of a file that is a list of them, each beginning with the key first.
func (r *reader) entries(data []byte, what, first string) []*mapping {
	root := r.yaml(data, 0)
	if root == nil {
		return nil
	}
	if root.Kind != yaml.SequenceNode {
		r.add(root.Line, "is %s; write a list of %ss, each beginning with \"- %s: \"", kindOf(root), what, first)
		return nil
	}
	var ms []*mapping
	for _, n := range root.Content {
		if m := r.mapping(n, what); m != nil {
			ms = append(ms, m)
		}
	}
	return ms
}

// mapping is one YAML mapping. Reading a key marks it as known; done reports the others.
type mapping struct {
	r     *reader
	line  int
	what  string // "fact japan-gdp", for messages
	pairs []*yaml.Node
	known []string
}

// mapping returns n as a mapping, or nil having said why it is none.
func (r *reader) mapping(n *yaml.Node, what string) *mapping {
	if n.Kind != yaml.MappingNode {
		r.add(n.Line, "%s is %s; write it as key: value", what, kindOf(n))
		return nil
	}
	const most = 64 // keys; the widest mapping of the format has 18
	if len(n.Content) > 2*most {
		r.add(n.Line, "%s has %d keys; write each entry as one of a list", what, len(n.Content)/2)
		return nil
	}
	m := &mapping{r: r, line: n.Line, what: what, pairs: n.Content}
	for i := 0; i < len(m.pairs); i += 2 {
		for j := 0; j < i; j += 2 {
			if m.pairs[i].Value == m.pairs[j].Value {
				r.add(m.pairs[i].Line, "%s: %q is given twice, first on line %d; keep one", what, m.pairs[i].Value, m.pairs[j].Line)
				break
			}
		}
	}
	return m
}

// get returns the value of key, or nil if it is absent or null.
func (m *mapping) get(key string) *yaml.Node {
	if !slices.Contains(m.known, key) {
		m.known = append(m.known, key)
	}
	for i := 0; i < len(m.pairs); i += 2 {
		if n := m.pairs[i+1]; m.pairs[i].Value == key && n.ShortTag() != "!!null" {
			return n
		}
	}
	return nil
}

// lineOf returns the line of key's value, or that of the mapping where key is absent.
func (m *mapping) lineOf(key string) int {
	if n := m.get(key); n != nil {
		return n.Line
	}
	return m.line
}

// need is get, and reports an absent key.
func (m *mapping) need(key string) *yaml.Node {
	n := m.get(key)
	if n == nil {
		m.r.add(m.line, "%s: %q is missing; add it", m.what, key)
	}
	return n
}

// done reports the keys that nobody read.
func (m *mapping) done() {
	for i := 0; i < len(m.pairs); i += 2 {
		k, v := m.pairs[i], m.pairs[i+1]
		if slices.Contains(m.known, k.Value) {
			continue
		}
		if v.Value == "" && v.ShortTag() == "!!null" {
			m.r.add(k.Line, "%s: %q is no key: value; quote a text that holds a comma: \"4,200 people\"", m.what, k.Value)
		} else {
			m.r.add(k.Line, "%s: unknown key %q; use one of %s", m.what, k.Value, strings.Join(m.known, ", "))
		}
	}
}

// str returns the text of an optional key. It lies among what the parser leaves behind: see keep.
func (m *mapping) str(key string) string { return m.scalar(m.get(key), key) }

// needStr returns the text of a required key.
func (m *mapping) needStr(key string) string { return m.scalar(m.need(key), key) }

// name returns the text of a key that names something, where a bare number is a slip.
func (m *mapping) name(key string) string {
	if n := m.get(key); n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() != "!!str" {
		m.r.add(n.Line, "%s: %q is %s; quote it if it is meant as a text", m.what, key, kindOf(n))
		return ""
	}
	return m.r.keepID(m.str(key))
}

// url returns the text of an optional key that is a web address.
func (m *mapping) url(key string) string {
	s := m.str(key)
	if u, err := url.Parse(s); s != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		m.r.add(m.lineOf(key), "%s: %q is %q; write a whole address, https://... or http://..., or remove the key", m.what, key, s)
	}
	return m.r.keep(s)
}

// keepID is keep for what is said again and again.
func (r *reader) keepID(id string) string {
	kept, ok := r.ids[id]
	if !ok {
		if r.ids == nil {
			r.ids = map[string]string{}
		}
		kept = r.keep(id)
		r.ids[kept] = kept
	}
	return kept
}

// scalar returns a scalar as it is written, whatever YAML makes of it: 1976, yes and 2023-05 stay texts.
func (m *mapping) scalar(n *yaml.Node, key string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || !slices.Contains([]string{"!!str", "!!int", "!!float", "!!bool", "!!timestamp"}, n.ShortTag()) {
		m.r.add(n.Line, "%s: %q is %s; write a text", m.what, key, kindOf(n))
		return ""
	}
	s := strings.Trim(n.Value, " \t\n")
	if s == "" {
		m.r.add(n.Line, "%s: %q is empty; write it or remove the key", m.what, key)
	}
	return s
}

// oneOf returns the text of an optional key that has a closed set of values.
func (m *mapping) oneOf(key string, allowed ...string) string {
	s := m.str(key)
	if i := slices.Index(allowed, s); i >= 0 {
		return allowed[i]
	}
	if s != "" {
		m.r.add(m.lineOf(key), "%s: %q is %q; use one of %s", m.what, key, s, strings.Join(allowed, ", "))
	}
	return ""
}

// needOneOf is oneOf for a required key.
func (m *mapping) needOneOf(key string, allowed ...string) string {
	m.need(key)
	return m.oneOf(key, allowed...)
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// IsID reports whether s may be the id of a document, fact, concept or source.
func IsID(s string) bool { return slug.MatchString(s) }

// slug returns the text of a key that is an id.
func (m *mapping) slug(key string) string {
	s := m.str(key)
	if s != "" && !slug.MatchString(s) {
		m.r.add(m.lineOf(key), "%s: %q is %q; use small letters a-z, digits and single hyphens", m.what, key, s)
		return ""
	}
	return m.r.keepID(s)
}

// needSlug is slug for a required key.
func (m *mapping) needSlug(key string) string {
	m.need(key)
	return m.slug(key)
}

// list returns the texts of a list.
func (m *mapping) list(n *yaml.Node, key string) []string {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		m.r.add(n.Line, "%s: %q is %s; write a list: [one, two]", m.what, key, kindOf(n))
		return nil
	}
	if len(n.Content) == 0 {
		m.r.add(n.Line, "%s: %q is an empty list; fill it or remove the key", m.what, key)
	}
	texts := make([]string, 0, len(n.Content))
	for _, c := range n.Content {
		if c.ShortTag() == "!!null" {
			m.r.add(c.Line, "%s: %q has an empty item; write it or remove it", m.what, key)
		} else if s := m.scalar(c, key); s != "" {
			texts = append(texts, m.r.keep(s))
		}
	}
	return texts
}

// texts returns the texts of an optional key that holds one text or a list of them.
func (m *mapping) texts(key string) []string {
	var texts []string
	for _, ref := range m.refs(key) {
		texts = append(texts, m.r.keep(ref.id))
	}
	return texts
}

// refs is texts, with the line of each.
func (m *mapping) refs(key string) []ref {
	n := m.get(key)
	if n == nil {
		return nil
	}
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		m.list(n, key) // says what is wrong with it
		nodes = n.Content
	} else {
		m.str(key)
	}
	var refs []ref
	for _, n := range nodes {
		if n.Kind == yaml.ScalarNode && n.ShortTag() != "!!null" && !blank(n.Value) {
			refs = append(refs, ref{key, strings.Trim(n.Value, " \t\n"), n.Line})
		}
	}
	return refs
}

// text returns the words of a mapping {en, fr, ja}, all of them required.
func (m *mapping) text(key string, n *yaml.Node) Text {
	if n == nil {
		return nil
	}
	in := m.r.mapping(n, m.what+": "+key)
	if in == nil {
		return nil
	}
	t := in.words()
	in.done()
	return t
}

// words reads en, fr and ja, all of them required.
func (m *mapping) words() Text {
	t := Text{}
	for _, l := range Langs() {
		if s := m.needStr(string(l)); s != "" {
			t[l] = m.r.keep(s)
		}
	}
	return t
}

// lists returns the lists of a mapping {en: [...], fr: [...], ja: [...]}, each optional.
func (m *mapping) lists(key string) map[Lang][]string {
	n := m.get(key)
	if n == nil {
		return nil
	}
	in := m.r.mapping(n, m.what+": "+key)
	if in == nil {
		return nil
	}
	lists := map[Lang][]string{}
	for _, l := range Langs() {
		if texts := in.list(in.get(string(l)), string(l)); len(texts) > 0 {
			lists[l] = texts
		}
	}
	in.done()
	return lists
}

// float returns a required number.
func (m *mapping) float(key string) float64 {
	s := m.needStr(key)
	if s == "" {
		return 0
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		m.r.add(m.lineOf(key), "%s: %q is %q; write a plain number such as 129425 or 5.7e12", m.what, key, s)
		return 0
	}
	return f
}

// count returns an optional whole number from 1 to 9999.
func (m *mapping) count(key string) int {
	s := m.str(key)
	if s == "" {
		return 0
	}
	i, err := strconv.Atoi(s)
	if err != nil || i < 1 || i > 9999 {
		m.r.add(m.lineOf(key), "%s: %q is %q; write a whole number from 1 to 9999", m.what, key, s)
		return 0
	}
	return i
}

// date returns an optional date.
func (m *mapping) date(key string) Date {
	s := m.str(key)
	if s == "" {
		return Date{}
	}
	d, ok := parseDate(s)
	if !ok {
		m.r.add(m.lineOf(key), "%s: %q is %q; write 2023, 2023-05 or 2023-05-01", m.what, key, s)
	}
	return d
}

var dateForm = regexp.MustCompile(`^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$`)

// parseDate reads a year, a year and month, or a day of the calendar.
func parseDate(s string) (Date, bool) {
	m := dateForm.FindStringSubmatch(s)
	if m == nil {
		return Date{}, false
	}
	layout := "2006-01-02"[:len(s)]
	if _, err := time.Parse(layout, s); err != nil || m[1] == "0000" {
		return Date{}, false
	}
	var d Date
	d.Year, _ = strconv.Atoi(m[1])
	d.Month, _ = strconv.Atoi(m[2])
	d.Day, _ = strconv.Atoi(m[3])
	return d, true
}

// kindOf names what a node is, for a message.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return "an empty list"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!str":
		return "a text"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	}
	return "of type " + n.ShortTag()
}
