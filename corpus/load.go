package corpus

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Load reads and checks a corpus. Either all of it is right and is returned, or the error is a
// *CheckError with every problem.
func Load(fsys fs.FS) (*Corpus, error) {
	files, plain, problems := list(fsys)
	if err := checked(problems); err != nil {
		return nil, err
	}
	drafts := make([]draft, len(files))
	order := make([]int, len(files)) // the largest first, so that none is left for the end
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(files[b].size, files[a].size) })
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for _, i := range order {
		slots <- struct{}{}
		wg.Go(func() {
			drafts[i] = parse(fsys, files[i], plain)
			<-slots
		})
	}
	wg.Wait()

	l := &loader{
		Corpus: &Corpus{documents: map[string]*Document{}, facts: map[string]*Fact{}, concepts: map[string]*Concept{}, sources: map[string]*Source{}},
		where:  map[string]string{},
		drafts: map[string]*documentDraft{},
		texts:  map[*Document]map[string]*Sentence{},
		used:   map[*Source]bool{},
	}
	l.assemble(drafts)
	for _, d := range drafts {
		problems = append(problems, d.r.problems...)
	}
	if err := checked(problems); err != nil {
		return nil, err
	}
	sum := sha256.New()
	for i, d := range drafts {
		fmt.Fprintf(sum, "%s\x00%x\n", files[i].path, d.digest)
	}
	l.Digest = hex.EncodeToString(sum.Sum(nil))
	return l.Corpus, nil
}

// LoadDir is Load for a directory on disk, which its *CheckError names.
func LoadDir(dir string) (*Corpus, error) {
	fsys, err := OpenDir(dir)
	if err != nil {
		return nil, err
	}
	c, err := Load(fsys)
	var check *CheckError
	if errors.As(err, &check) {
		check.Dir = dir
	}
	return c, err
}

// draft is what one file holds, before anything that it refers to is looked up.
type draft struct {
	r        *reader
	kind     kind
	digest   [sha256.Size]byte
	document *documentDraft
	facts    []*factDraft
	concepts []*conceptDraft
	labels   []*labelDraft
	sources  []*sourceDraft
	golden   []*goldenDraft
	coverage []*coverageDraft
}

// parse reads one file.
func parse(fsys fs.FS, e entry, plain bool) draft {
	d := draft{r: &reader{file: e.path}, kind: e.kind}
	data, err := e.read(fsys)
	if err != nil {
		d.r.problems = append(d.r.problems, unreadable(e.path, err))
		return d
	}
	d.digest = sha256.Sum256(data)
	if e.kind == kept {
		return d
	}
	if at := invalid(data); at >= 0 {
		d.r.add(1+bytes.Count(data[:at], []byte("\n")), "is not UTF-8 text (byte %d of the file is %#02x); save it as UTF-8", at+1, data[at])
		return d
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if bytes.IndexByte(data, '\r') >= 0 {
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	switch e.kind {
	case documents:
		if plain {
			d.document = d.r.plainDocument(string(data))
		} else {
			d.document = d.r.document(string(data))
		}
	case translations:
		d.document = d.r.translation(string(data), e.lang)
	case facts:
		d.facts = d.r.facts(data)
	case lexicon:
		d.concepts = d.r.concepts(data)
	case asks:
		d.labels = d.r.asks(data)
	case nearMisses:
		d.labels = d.r.nearMisses(data)
	case sourceList:
		d.sources = d.r.sources(data)
	case goldenList:
		d.golden = d.r.golden(data)
	case coverageList:
		d.coverage = d.r.coverage(data)
	}
	return d
}

// invalid returns the place of the first byte that is not text, or -1.
func invalid(data []byte) int {
	if utf8.Valid(data) {
		return bytes.IndexByte(data, 0)
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

// loader puts the drafts of all files together.
type loader struct {
	*Corpus
	where  map[string]string                  // "fact japan-gdp" to the place that gave it first
	drafts map[string]*documentDraft          // originals by id
	texts  map[*Document]map[string]*Sentence // sentences by their text
	used   map[*Source]bool                   // sources that a sentence rests on
	hints  int                                // nearest sentences looked for
}

func (l *loader) assemble(drafts []draft) {
	each := func(k kind, do func(draft)) {
		for _, d := range drafts {
			if d.kind == k {
				do(d)
			}
		}
	}
	each(sourceList, func(d draft) {
		for _, s := range d.sources {
			l.addSource(s)
		}
	})
	each(documents, func(d draft) { l.addDocument(d.document) })
	each(sourceList, func(d draft) {
		for _, s := range d.sources {
			l.checkUsed(s)
		}
	})
	each(translations, func(d draft) { l.addTranslation(d.document) })
	each(lexicon, func(d draft) {
		for _, k := range d.concepts {
			l.addConcept(k)
		}
	})
	each(lexicon, func(d draft) {
		for _, k := range d.concepts {
			l.follow(k.r, named("concept", k.concept.ID), k.refs)
			l.checkBroader(k)
		}
	})
	each(facts, func(d draft) {
		for _, f := range d.facts {
			l.addFact(f)
		}
	})
	each(facts, func(d draft) {
		for _, f := range d.facts {
			l.supersede(f)
		}
	})
	each(facts, func(d draft) {
		for _, f := range d.facts {
			l.checkSuperseded(f)
		}
	})
	each(asks, func(d draft) {
		for _, a := range d.labels {
			l.addAsks(a)
		}
	})
	each(nearMisses, func(d draft) {
		for _, a := range d.labels {
			l.addNearMiss(a)
		}
	})
	each(goldenList, func(d draft) {
		for _, g := range d.golden {
			l.addGolden(g)
		}
	})
	each(coverageList, func(d draft) {
		for _, c := range d.coverage {
			l.addCoverage(c)
		}
	})
}

// first reports whether id is new, and otherwise says where it was given first.
func (l *loader) first(r *reader, line int, what, id string) bool {
	if id == "" {
		return false // reported as missing
	}
	key := what + " " + id
	if place, taken := l.where[key]; taken {
		r.add(line, "%s is already given at %s; rename or remove one of them", key, place)
		return false
	}
	l.where[key] = fmt.Sprintf("%s:%d", r.file, line)
	return true
}

func (l *loader) addDocument(d *documentDraft) {
	if d == nil || !l.first(d.r, d.line, "document", d.doc.ID) {
		return
	}
	l.documents[d.doc.ID], l.drafts[d.doc.ID] = d.doc, d
	l.Documents = append(l.Documents, d.doc)
	for _, p := range d.doc.Passages {
		p.N = len(l.Passages)
		l.Passages = append(l.Passages, p)
		for _, s := range p.Sentences {
			s.N = len(l.Sentences)
			l.Sentences = append(l.Sentences, s)
			l.cite(d, s)
		}
	}
}

// addTranslation aligns a translation with its original: headings and paragraphs in the same order, and
// in each paragraph as many sentences.
func (l *loader) addTranslation(d *documentDraft) {
	if d == nil || d.translates == "" || d.doc.Lang == "" {
		return
	}
	r, lang := d.r, d.doc.Lang
	orig, ok := l.drafts[d.translates]
	if !ok {
		r.add(d.line, "translates %q, but there is no such document%s", d.translates, l.known())
		return
	}
	if want := strings.TrimSuffix(orig.r.file, ".md") + "." + string(lang) + ".md"; r.file != want {
		r.add(d.line, "translates %s; name the file %s", orig.r.file, want)
	}
	if lang == orig.doc.Lang {
		r.add(d.line, "is in %q like its original; translate it or delete the file", lang)
		return
	}
	if !l.first(r, d.line, "translation", string(lang)+" of "+d.translates) {
		return
	}
	if orig.doc.Translations == nil {
		orig.doc.Translations = map[Lang]string{}
	}
	orig.doc.Translations[lang] = d.doc.Note

	headings, paragraphs := map[string]string{}, 0
	for i, b := range orig.blocks {
		if i >= len(d.blocks) || d.blocks[i].heading != b.heading {
			line, has := 0, "ends here"
			if i < len(d.blocks) {
				line, has = d.blocks[i].line, "has "+d.blocks[i].name()+" here"
			}
			r.add(line, "%s where its original has %s (%s:%d); give it the headings and paragraphs of the original, in the same order",
				has, b.name(), orig.r.file, b.line)
			return
		}
		here := d.blocks[i]
		if b.heading {
			headings[b.text()] = here.text()
			continue
		}
		p := orig.doc.Passages[paragraphs]
		paragraphs++
		if h := headings[p.Heading]; h != "" {
			p.Headings[lang] = h
		}
		texts := here.lines
		if len(texts) != len(p.Sentences) {
			joined := here.text()
			spans := segment(joined)
			texts = nil
			for _, s := range spans {
				texts = append(texts, joined[s.start:s.end])
			}
		}
		if len(texts) != len(p.Sentences) {
			r.add(here.line, "paragraph %d has sentences: %d (lines: %d), its original (%s:%d) has %d; write a line for each of these",
				paragraphs, len(texts), len(here.lines), orig.r.file, b.line, len(p.Sentences))
			continue
		}
		for i, s := range p.Sentences {
			if s.Translation == nil {
				s.Translation = Text{}
			}
			s.Translation[lang] = texts[i]
		}
	}
	if len(d.blocks) > len(orig.blocks) {
		b := d.blocks[len(orig.blocks)]
		r.add(b.line, "has %s here, after the end of its original; remove it", b.name())
	}
}

func (b block) name() string {
	if b.heading {
		return "a heading"
	}
	return "a paragraph"
}

func (l *loader) addConcept(d *conceptDraft) {
	if l.first(d.r, d.line, "concept", d.concept.ID) {
		l.concepts[d.concept.ID] = d.concept
		l.Concepts = append(l.Concepts, d.concept)
	}
}

// follow reports references to concepts that are not in the lexicon.
func (l *loader) follow(r *reader, what string, refs []ref) {
	for _, ref := range refs {
		if _, ok := l.concepts[ref.id]; !ok && ref.id != "" {
			r.add(ref.line, "%s: %s is %q, which is no concept of the lexicon; add it there or correct the id", what, ref.key, ref.id)
		}
	}
}

// checkBroader reports a concept that is wider than itself by way of others.
func (l *loader) checkBroader(d *conceptDraft) {
	seen := map[string]bool{}
	todo := slices.Clone(d.concept.Broader)
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id == d.concept.ID {
			d.r.add(d.line, "concept %s: is broader than itself; break the circle", id)
			return
		}
		if k := l.concepts[id]; k != nil && !seen[id] {
			seen[id] = true
			todo = append(todo, k.Broader...)
		}
	}
}

func (l *loader) addFact(d *factDraft) {
	f := d.fact
	if f.ID != "" && !l.first(d.r, d.line, "fact", f.ID) {
		return
	}
	what := named("fact", f.ID)
	l.follow(d.r, what, d.refs)
	for _, e := range d.evidence {
		if s := l.sentence(d.r, what, e); s != nil {
			quote := within(s.Text, e.quote)
			ev := Evidence{s, quote, within(quote, e.words)}
			f.Evidence = append(f.Evidence, ev)
			if why := unread(f.Value, ev, s.Passage.Document.Lang); why != "" {
				d.r.add(e.wordsLine, "%s: %s", what, why)
			}
		}
	}
	l.checkPoints(d)
	l.checkTerm(d)
	if f.Side == "" && len(f.Evidence) > 0 {
		f.Side = f.Evidence[0].Sentence.From()[0].Side
	}
	f.N = len(l.Facts)
	l.Facts = append(l.Facts, f)
	l.facts[f.ID] = f
}

// sentence finds the sentence that holds the quote of e, or says why there is none.
func (l *loader) sentence(r *reader, what string, e evidenceDraft) *Sentence {
	if e.document == "" || e.quote == "" || e.words == "" {
		return nil // reported as missing
	}
	doc, ok := l.documents[e.document]
	if !ok {
		r.add(e.documentLine, "%s: there is no document %q%s", what, e.document, l.known())
		return nil
	}
	var found []*Sentence
	times := 0
	for _, p := range doc.Passages {
		for _, s := range p.Sentences {
			if n := strings.Count(s.Text, e.quote); n > 0 && (e.sentence == 0 || e.sentence == s.Place) {
				found = append(found, s)
				times += n
			}
		}
	}
	switch {
	case len(found) == 0 && e.sentence > 0:
		r.add(e.sentencesLine, "%s: the quote does not occur word for word in sentence %d of %s; correct one of them%s", what, e.sentence, doc.ID, l.nearest(doc, e.quote))
		return nil
	case len(found) == 0:
		r.add(e.quoteLine, "%s: the quote does not occur word for word in one sentence of %s; copy it from there%s", what, doc.ID, l.nearest(doc, e.quote))
		return nil
	case times > 1 && e.sentence == 0:
		places := make([]string, len(found))
		for i, s := range found {
			places[i] = fmt.Sprint(s.Place)
		}
		r.add(e.quoteLine, "%s: the quote occurs %d times in %s (sentence %s); lengthen it, or add \"sentence: N\"", what, times, doc.ID, strings.Join(places, ", "))
		return nil
	}
	if !strings.Contains(e.quote, e.words) {
		r.add(e.wordsLine, "%s: the words %q do not occur in the quote; copy them from there", what, e.words)
		return nil
	}
	return found[0]
}

// within gives the words of a text as a part of it.
func within(text, words string) string {
	at := strings.Index(text, words)
	return text[at : at+len(words)]
}

// checkPoints wants each point of a series in some evidence.
func (l *loader) checkPoints(d *factDraft) {
	s, ok := d.fact.Value.(Series)
	if !ok {
		return
	}
	for i, p := range s.Points {
		if !slices.ContainsFunc(d.fact.Evidence, func(e Evidence) bool { return states(e, p, e.Sentence.Passage.Document.Lang) }) {
			d.r.add(d.pointLines[i], "%s: the point %s of %s is in no evidence, its number in the words and its date in the quote; add evidence or correct it",
				named("fact", d.fact.ID), group(p.Number, English), formatDate(p.At, English))
		}
	}
}

// checkTerm wants the years from which and to which a fact holds in a sentence of its evidence.
func (l *loader) checkTerm(d *factDraft) {
	for _, end := range []struct {
		key  string
		date Date
		line int
	}{{"from", d.fact.From, d.fromLine}, {"to", d.fact.To, d.toLine}} {
		if !end.date.IsZero() && !slices.ContainsFunc(d.fact.Evidence, func(e Evidence) bool { return holdsNumber(e.Sentence.Text, end.date.Year) }) {
			d.r.add(end.line, "%s: the year %d of %q stands in no sentence of its evidence; add evidence or remove the key", named("fact", d.fact.ID), end.date.Year, end.key)
		}
	}
}

// supersede follows the references to what a fact overtakes.
func (l *loader) supersede(d *factDraft) {
	what := named("fact", d.fact.ID)
	for _, ref := range d.supersedes {
		if old, ok := l.facts[ref.id]; ok {
			d.fact.Supersedes = append(d.fact.Supersedes, old)
		} else {
			d.r.add(ref.line, "%s: supersedes %q, but there is no such fact; correct the id", what, ref.id)
		}
	}
	for _, ref := range d.supersedesSentences {
		if s := l.place(d.r, what+": supersedes_sentence", ref); s != nil {
			d.fact.SupersedesSentences = append(d.fact.SupersedesSentences, s)
		}
	}
}

// checkSuperseded reports a fact that overtakes itself, by way of others or not.
func (l *loader) checkSuperseded(d *factDraft) {
	seen := map[*Fact]bool{}
	todo := slices.Clone(d.fact.Supersedes)
	for len(todo) > 0 {
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if f == d.fact {
			d.r.add(d.supersedes[0].line, "fact %s: supersedes itself; break the circle", f.ID)
			return
		}
		if !seen[f] {
			seen[f] = true
			todo = append(todo, f.Supersedes...)
		}
	}
}

// place finds the sentence with the ID of ref, or says that there is none.
func (l *loader) place(r *reader, what string, ref ref) *Sentence {
	s, ok := l.Sentence(ref.id)
	if !ok {
		r.add(ref.line, "%s: there is no sentence %q; write a document's id and the sentence's place in it, such as canada-japan-relations/55", what, ref.id)
	}
	return s
}

func (l *loader) addSource(d *sourceDraft) {
	if l.first(d.r, d.line, "source", d.source.ID) {
		l.sources[d.source.ID] = d.source
		l.Sources = append(l.Sources, d.source)
	}
}

// cite gives a sentence of a brief the sources that its markers name.
func (l *loader) cite(d *documentDraft, s *Sentence) {
	for _, ref := range d.markers[s] {
		source, ok := l.sources[ref.id]
		switch {
		case !ok:
			d.r.add(ref.line, "the marker [^%s] names no source of sources.yaml; add it there or correct the id", ref.id)
		case slices.Contains(s.Sources, source):
			d.r.add(ref.line, "the marker [^%s] stands twice behind one sentence; keep one", ref.id)
		default:
			s.Sources = append(s.Sources, source)
			l.used[source] = true
		}
	}
}

// checkUsed reports a source that no sentence rests on.
func (l *loader) checkUsed(d *sourceDraft) {
	if source, ok := l.sources[d.source.ID]; ok && source == d.source && !l.used[source] {
		d.r.add(d.line, "source %s: no sentence of a brief rests on it; cite it by [^%s] or remove it", source.ID, source.ID)
	}
}

func (l *loader) addGolden(d *goldenDraft) {
	g := d.golden
	key := strings.Join(append(slices.Clone(g.History), g.Question), " / ")
	if g.Question != "" && !l.first(d.r, d.line, "golden question", fmt.Sprintf("%s %q", g.Lang, key)) {
		return
	}
	if d.document.id != "" {
		doc, ok := l.documents[d.document.id]
		if !ok {
			d.r.add(d.document.line, "there is no document %q%s", d.document.id, l.known())
		}
		g.Document = doc
	}
	l.Golden = append(l.Golden, *g)
}

func (l *loader) addCoverage(d *coverageDraft) {
	c := Coverage{ID: d.id, LeftOut: d.leftOut}
	for _, ref := range d.sentences {
		if s := l.place(d.r, d.id, ref); s != nil {
			c.Sentences = append(c.Sentences, s)
		}
	}
	l.Coverage = append(l.Coverage, c)
}

// labelled finds the sentence whose whole text d gives, or says that there is none.
func (l *loader) labelled(d *labelDraft) (*Document, *Sentence, bool) {
	doc, ok := l.documents[d.document]
	if !ok {
		d.r.add(d.line, "there is no document %q%s", d.document, l.known())
		return nil, nil, false
	}
	if d.sentence == "" {
		return doc, nil, true
	}
	texts := l.texts[doc]
	if texts == nil {
		texts = map[string]*Sentence{}
		for _, p := range doc.Passages {
			for _, s := range p.Sentences {
				if texts[s.Text] == nil {
					texts[s.Text] = s
				}
			}
		}
		l.texts[doc] = texts
	}
	s, ok := texts[d.sentence]
	if !ok {
		d.r.add(d.line, "%s has no sentence %q; copy a whole sentence word for word%s", doc.ID, d.sentence, l.nearest(doc, d.sentence))
	}
	return doc, s, ok
}

func (l *loader) addAsks(d *labelDraft) {
	_, s, ok := l.labelled(d)
	if !ok {
		return
	}
	f := l.facts[d.fact]
	if d.fact != "" && (f == nil || !slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Sentence == s })) {
		d.r.add(d.line, "there is no fact %q with evidence in this sentence; name one, or leave out \"fact\"", d.fact)
		return
	}
	for _, lang := range Langs() {
		for _, text := range d.asks[lang] {
			l.Asks = append(l.Asks, Ask{lang, text, s, f})
		}
	}
}

func (l *loader) addNearMiss(d *labelDraft) {
	if d.document != "" {
		var ok bool
		if d.miss.Document, d.miss.Near, ok = l.labelled(d); !ok {
			return
		}
	}
	l.NearMisses = append(l.NearMisses, d.miss)
}

// known lists the documents that there are, for a message.
func (l *loader) known() string {
	const most = 5
	ids := make([]string, 0, most)
	for _, d := range l.Documents[:min(most, len(l.Documents))] {
		ids = append(ids, d.ID)
	}
	if len(l.Documents) > most {
		ids = append(ids, "...")
	}
	return "; known: " + strings.Join(ids, ", ")
}

// nearest names the sentence that shares most with text, for a message. It looks at the beginning of long
// documents only, and helps with the first hundred problems.
func (l *loader) nearest(doc *Document, text string) string {
	const most = 2000 // sentences
	if l.hints++; l.hints > 100 {
		return ""
	}
	want := pairs(text)
	var best *Sentence
	score, looked := 0.0, 0
	for _, p := range doc.Passages {
		for _, s := range p.Sentences {
			if looked++; looked > most {
				break
			}
			have := pairs(s.Text)
			shared := 0
			for pair := range want {
				if have[pair] {
					shared++
				}
			}
			if f := float64(shared) / float64(len(want)+len(have)+1); f > score {
				best, score = s, f
			}
		}
	}
	if best == nil {
		return ""
	}
	return fmt.Sprintf("; the nearest is sentence %d: %q", best.Place, best.Text)
}

// pairs returns the pairs of neighbouring characters in text.
func pairs(text string) map[[2]rune]bool {
	set := map[[2]rune]bool{}
	var before rune
	for _, r := range text {
		set[[2]rune{before, r}] = true
		before = r
	}
	return set
}
