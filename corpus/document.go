package corpus

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// documentDraft is a document or a translation as its file gives it.
type documentDraft struct {
	r          *reader
	doc        *Document
	translates string // id of the original; empty for an original
	line       int    // of that id, or of the document's own
	blocks     []block
	markers    map[*Sentence][]ref // to the sources of a brief's sentences
}

// block is a heading or a paragraph.
type block struct {
	line    int
	heading bool
	lines   []string
}

func (b block) text() string { return join(b.lines) }

// lineAt returns the function that gives the line of each byte of the block's text.
func (b block) lineAt() func(at int) int {
	starts := starts(b.lines)
	return func(at int) int {
		i, found := slices.BinarySearch(starts, at)
		if !found {
			i--
		}
		return b.line + i
	}
}

// document reads a document of a structured corpus.
func (r *reader) document(text string) *documentDraft {
	header, body, skip, ok := frontMatter(text)
	if !ok {
		r.add(1, `has no front matter; begin with a line "---", the keys id, title, publisher and language, and another line "---"`)
		return nil
	}
	d := r.header(header, true)
	if d == nil {
		return nil
	}
	r.body(d, body, skip)
	if d.doc.Brief {
		r.noMarkers(slices.DeleteFunc(slices.Clone(d.blocks), func(b block) bool { return !b.heading }), "a heading has no sources; remove it")
	} else {
		r.noMarkers(d.blocks, `only a brief has such markers; remove it, or add "brief: true" to the front matter`)
	}
	return d
}

// plainDocument reads a document of a plain corpus, whose front matter may be missing or incomplete.
func (r *reader) plainDocument(text string) *documentDraft {
	d := &documentDraft{r: r, doc: &Document{}, line: 1}
	header, body, skip, ok := frontMatter(text)
	if !ok && strings.HasPrefix(text, "---\n") {
		r.add(1, `begins with "---" like front matter, which no second line "---" ends; add it, or remove the first`)
		return nil
	}
	if !ok {
		body, skip = text, 0
	} else if d = r.header(header, false); d == nil {
		return nil
	}
	name := strings.TrimSuffix(r.file, path.Ext(r.file))
	if d.doc.ID == "" {
		d.doc.ID = name
	}
	if d.doc.Lang == "" {
		d.doc.Lang = guessLang(body)
	}
	r.body(d, body, skip)
	if d.doc.Title == "" {
		d.doc.Title = path.Base(name)
		for _, b := range d.blocks {
			if b.heading {
				d.doc.Title = b.text()
				break
			}
		}
	}
	return d
}

// translation reads the translation of a document into l.
func (r *reader) translation(text string, l Lang) *documentDraft {
	header, body, skip, ok := frontMatter(text)
	if !ok {
		r.add(1, `has no front matter; begin with a line "---", the keys translates, language and note, and another line "---"`)
		return nil
	}
	root := r.yaml([]byte(header), 1)
	if root == nil {
		return nil
	}
	m := r.mapping(root, "front matter")
	if m == nil {
		return nil
	}
	d := &documentDraft{r: r, doc: &Document{File: r.file}}
	d.translates, d.line = m.needSlug("translates"), m.lineOf("translates")
	d.doc.Lang = m.lang()
	d.doc.Note = m.needStr("note")
	if d.doc.Lang != "" && d.doc.Lang != l {
		r.add(m.lineOf("language"), "language is %q but the file is named .%s.md; change one of them", d.doc.Lang, l)
	}
	m.done()
	if d.blocks = blocks(body, skip); len(d.blocks) == 0 {
		r.add(skip, "has no text; write the translation or delete the file")
		return nil
	}
	r.noMarkers(d.blocks, "a translation takes the sources of its original; remove it")
	return d
}

// header reads the front matter of a document.
func (r *reader) header(header string, strict bool) *documentDraft {
	root := r.yaml([]byte(header), 1)
	if root == nil {
		return nil
	}
	m := r.mapping(root, "front matter")
	if m == nil {
		return nil
	}
	if strict {
		for _, key := range []string{"id", "title", "publisher", "language"} {
			m.need(key)
		}
	}
	doc := &Document{
		ID:        m.slug("id"),
		Title:     m.name("title"),
		Publisher: m.name("publisher"),
		URL:       m.url("url"),
		Published: m.date("published"),
		Retrieved: m.date("retrieved"),
		FiguresTo: m.count("figures_to"),
		Side:      m.oneOf("side", "canada", "japan", "joint", "third-party"),
		Kind:      m.oneOf("kind", "official", "press", "academic"),
		Licence:   r.keep(m.str("licence")),
		Note:      r.keep(m.str("note")),
	}
	if strict || m.get("language") != nil {
		doc.Lang = Lang(m.oneOf("language", string(English), string(French), string(Japanese)))
	}
	m.get("language") // known, though a plain corpus does without
	if strict && m.oneOf("brief", "true", "false") == "true" {
		doc.Brief = true
		for _, key := range []string{"kind", "side"} {
			if m.get(key) != nil {
				r.add(m.lineOf(key), "a brief has no %q of its own; remove the key, for each sentence has that of its sources", key)
			}
		}
	}
	m.done()
	return &documentDraft{r: r, doc: doc, line: m.lineOf("id"), markers: map[*Sentence][]ref{}}
}

// lang reads the required key language.
func (m *mapping) lang() Lang {
	return Lang(m.needOneOf("language", string(English), string(French), string(Japanese)))
}

// body cuts the text into passages and sentences.
func (r *reader) body(d *documentDraft, body string, skip int) {
	d.doc.File = r.file
	d.blocks = blocks(body, skip)
	var heading string
	place := 0
	for _, b := range d.blocks {
		if b.heading {
			heading = b.text()
			continue
		}
		p := &Passage{Document: d.doc, Heading: heading, Text: b.text()}
		if heading != "" {
			p.Headings = Text{d.doc.Lang: heading}
		}
		d.doc.Passages = append(d.doc.Passages, p)
		if d.doc.Brief {
			place = r.sourced(d, p, b, place)
			continue
		}
		for _, s := range segment(p.Text) {
			place++
			p.Sentences = append(p.Sentences, &Sentence{Passage: p, Place: place, Start: s.start, Text: p.Text[s.start:s.end]})
		}
	}
	if place == 0 {
		r.add(skip+1, "has no text; write its paragraphs or delete the file")
		return
	}
	last := d.doc.Passages[len(d.doc.Passages)-1]
	s := last.Sentences[len(last.Sentences)-1]
	end, _ := utf8.DecodeLastRuneInString(s.Text)
	s.Broken = strings.ContainsRune(":,;：，、；", end)
}

var (
	markerForm = regexp.MustCompile(`\[\^([^\]\s]*)\]`)
	markerRun  = regexp.MustCompile(`\s*(?:\[\^[^\]\s]*\]\s*)+`)
	fullStop   = regexp.MustCompile(`[.!?。！？]["'’”»）」』)]*$`)
)

// noMarkers reports the first marker in each block.
func (r *reader) noMarkers(bs []block, why string) {
	for _, b := range bs {
		text := b.text()
		if at := markerForm.FindStringIndex(text); at != nil {
			r.add(b.lineAt()(at[0]), "has the marker %s; %s", text[at[0]:at[1]], why)
		}
	}
}

// sourced cuts a paragraph of a brief into sentences at its markers, which it takes off the text, and returns the place of the
// last one. A full stop that no marker follows ends a sentence without a source.
func (r *reader) sourced(d *documentDraft, p *Passage, b block, place int) int {
	text, lineAt := p.Text, b.lineAt()
	type piece struct {
		at      int // in text
		markers []ref
	}
	var texts []string
	var pieces []piece
	from := 0
	for _, run := range append(markerRun.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		c := piece{at: skipSpace(text, from)}
		for _, m := range markerForm.FindAllStringSubmatchIndex(text[run[0]:run[1]], -1) {
			c.markers = append(c.markers, ref{"source", text[run[0]+m[2] : run[0]+m[3]], lineAt(run[0] + m[0])})
		}
		if s := strings.TrimSpace(text[from:run[0]]); s != "" {
			texts, pieces = append(texts, s), append(pieces, c)
		} else if len(c.markers) > 0 {
			r.add(c.markers[0].line, "the marker [^%s] has no sentence before it; put it behind the sentence's full stop", c.markers[0].id)
		}
		from = run[1]
	}
	p.Text = join(texts)
	starts := starts(texts)
	for i, c := range pieces {
		spans := segment(texts[i])
		for j, s := range spans {
			place++
			sentence := &Sentence{Passage: p, Place: place, Start: starts[i] + s.start, Text: texts[i][s.start:s.end]}
			p.Sentences = append(p.Sentences, sentence)
			switch {
			case j < len(spans)-1 || len(c.markers) == 0:
				r.add(lineAt(c.at+s.start), "sentence %q has no source; put a marker such as [^mofa-basic-data] behind its full stop", sentence.Text)
			case !fullStop.MatchString(sentence.Text):
				r.add(lineAt(c.at+s.start), "sentence %q ends without a full stop before its marker; put the marker behind the full stop", sentence.Text)
			default:
				d.markers[sentence] = c.markers
			}
		}
	}
	return place
}

// frontMatter splits off the YAML between two lines "---" at the beginning of text. The body starts
// after line skip.
func frontMatter(text string) (header, body string, skip int, ok bool) {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return "", "", 0, false
	}
	skip = 1
	for at := 0; at < len(rest); {
		end := len(rest)
		if i := strings.IndexByte(rest[at:], '\n'); i >= 0 {
			end = at + i
		}
		skip++
		if strings.TrimRight(rest[at:end], " \t") == "---" {
			return rest[:at], rest[min(end+1, len(rest)):], skip, true
		}
		at = end + 1
	}
	return "", "", 0, false
}

var (
	headingLine = regexp.MustCompile(`^#{1,6}[ \t]+(.*?)[ \t]*#*$`)
	ruleLine    = regexp.MustCompile(`^(?:={3,}|-{3,}|\*{3,}|_{3,})$`)
	itemMark    = regexp.MustCompile(`^[-*+•][ \t]+`)
)

// blocks cuts a Markdown body, which starts after line skip of its file, into headings and paragraphs.
// An item of a list is a paragraph of its own, so that it can be quoted alone.
func blocks(body string, skip int) []block {
	var bs []block
	open := false // the last block is a paragraph that the next line continues
	for n, line := range strings.Split(body, "\n") {
		n += skip + 1
		line = strings.Trim(line, " \t\r")
		mark := itemMark.FindString(line)
		switch {
		case line == "":
			open = false
		case ruleLine.MatchString(line):
			if last := len(bs) - 1; open && len(bs[last].lines) == 1 && (line[0] == '=' || line[0] == '-') {
				bs[last].heading = true // underlined
			}
			open = false
		case headingLine.MatchString(line):
			if text := headingLine.FindStringSubmatch(line)[1]; strings.TrimSpace(text) != "" {
				bs = append(bs, block{n, true, []string{text}})
			}
			open = false
		case open && mark == "":
			last := &bs[len(bs)-1]
			last.lines = append(last.lines, line)
		case strings.TrimSpace(line[len(mark):]) != "":
			bs = append(bs, block{n, false, []string{line[len(mark):]}})
			open = true
		}
	}
	return bs
}

// join joins the lines of a paragraph by one space, and by nothing between two characters of a script
// that is written without spaces.
func join(lines []string) string {
	if len(lines) == 1 {
		return lines[0]
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			before, _ := utf8.DecodeLastRuneInString(lines[i-1])
			after, _ := utf8.DecodeRuneInString(line)
			if !unspaced(before) || !unspaced(after) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// starts returns where each line begins in what join makes of them.
func starts(lines []string) []int {
	at := make([]int, len(lines))
	for i := 1; i < len(lines); i++ {
		at[i] = at[i-1] + len(join(lines[i-1:i+1])) - len(lines[i])
	}
	return at
}

// unspaced reports whether r is Japanese: a character, or punctuation of full width.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー' ||
		r >= 0x3001 && r <= 0x301F || r >= 0xFF01 && r <= 0xFF60
}

// guessLang tells the language of a text that does not name it: Japanese by its kana, French by its
// small words, else English.
func guessLang(text string) Lang {
	const enough = 20_000 // bytes; the beginning of a text tells
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "")
	}
	kana, letters := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
			kana++
		}
	}
	if kana*10 > letters {
		return Japanese
	}
	french, english := 0, 0
	for _, w := range strings.Fields(strings.ToLower(text)) {
		switch w {
		case "le", "la", "les", "des", "du", "et", "est", "une", "dans", "que", "pour", "au", "sur":
			french++
		case "the", "of", "and", "is", "to", "in", "that", "for", "with", "was", "are":
			english++
		}
	}
	if french > english {
		return French
	}
	return English
}
