package discord

import (
	"strings"
	"time"
	"unicode"

	"kaede/bot"
	"kaede/corpus"
)

// voice says Kaede's words in one language and locale.
type voice struct {
	lang   corpus.Lang
	locale string            // en-US, en-GB, fr or ja
	ids    map[string]string // of commands by name; nil before Discord has told them
}

// voiceOf is the voice of a language, for a person with that locale, that can link commands.
func (s *Server) voiceOf(lang corpus.Lang, locale string) voice {
	v := voiceOf(lang, locale)
	if ids := s.commandIDs.Load(); ids != nil {
		v.ids = *ids
	}
	return v
}

// voiceOf is the voice of a language, for a person with that locale.
func voiceOf(lang corpus.Lang, locale string) voice {
	switch {
	case lang == corpus.English && locale == "en-GB":
		return voice{lang: lang, locale: locale}
	case lang == corpus.French || lang == corpus.Japanese:
		return voice{lang: lang, locale: string(lang)}
	}
	return voice{lang: corpus.English, locale: "en-US"}
}

// langOf is the language of a Discord locale.
func langOf(locale string) corpus.Lang {
	switch locale {
	case "fr":
		return corpus.French
	case "ja":
		return corpus.Japanese
	}
	return corpus.English
}

// say says a sentence with pairs of names and values. It may name commands too.
func (v voice) say(id string, pairs ...any) string {
	data := make(map[string]any)
	for _, name := range []string{commandAsk, commandFact, commandFacts, commandSources, commandHelp} {
		data[name] = v.command(name)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[pairs[i].(string)] = pairs[i+1]
	}
	return bot.Say(v.locale, "discord_"+id, data)
}

// command names a command as a link, or as it is typed.
func (v voice) command(name string) string {
	if id := v.ids[name]; id != "" {
		return "</" + name + ":" + id + ">"
	}
	return "/" + bot.Say(v.locale, "discord_command_"+name+"_name", nil)
}

// shown says how a reply is to be shown.
type shown struct {
	asker   string // who may remove it
	private bool   // only the asker sees it, and may post it
	echo    string // the question, where nobody else sees it; see echoed
	more    []*corpus.Sentence
	now     time.Time
}

// echoMark begins the line that repeats a question.
const echoMark = "-# ❝ "

// echoed finds the question that a message of ours repeats.
func echoed(content string) (string, bool) {
	line, _, _ := strings.Cut(content, "\n")
	text, ok := strings.CutPrefix(line, echoMark)
	return unescape(strings.TrimSuffix(text, "…")), ok && text != ""
}

// maxEcho is how much of a question is repeated.
const maxEcho = 300

// renderReply shows a reply. Quotes shrink until all fits into one message.
func renderReply(r bot.Reply, v voice, how shown) view {
	var out view
	for _, size := range []int{900, 600, 400, 250, 150, 80} {
		out.content = replyText(r, v, how, max(size/len(r.Parts), 40))
		if width(out.content) <= maxContent {
			break
		}
	}
	seen := make(map[string]bool) // a button may stand in a message once
	out.add(factButtons(r, bot.Refused, seen, v)...)
	out.add(factButtons(r, bot.Answered, seen, v)...)
	out.add(replyButtons(r, v, how)...)
	return out
}

func replyText(r bot.Reply, v voice, how shown, size int) string {
	var blocks []string
	if how.echo != "" {
		blocks = append(blocks, echoMark+clipEscaped(escape(how.echo), maxEcho))
	}
	for _, p := range r.Parts {
		blocks = append(blocks, strings.Join(partLines(p, v, how.now, size), "\n"))
	}
	blocks = append(blocks, "-# "+v.say("footer", "Version", escape(r.Version)))
	sep := "\n"
	if len(r.Parts) > 1 {
		sep = "\n\n"
	}
	return strings.Join(blocks, sep)
}

// partLines shows the reply to one question.
func partLines(p bot.Part, v voice, now time.Time, size int) []string {
	say := clipEscaped(escape(p.Say), max(size, 120))
	var lines []string
	switch p.Outcome {
	case bot.Answered:
		lines = append(lines, "**"+say+"**")
		quotes := 2
		if size < 200 {
			quotes = 1
		}
		for _, e := range p.Evidence[:min(len(p.Evidence), quotes)] {
			lines = append(lines, quoteLines(e, v, now, size, maxSources)...)
		}
	case bot.Refused:
		lines = append(lines, say)
		if len(p.Nearest) > 0 {
			lines = append(lines, v.say("nearest"))
		} else {
			lines = append(lines, v.say("try_facts"))
		}
	default:
		lines = append(lines, say, v.say("help_short"))
	}
	for _, n := range p.Notes {
		lines = append(lines, "-# "+clipEscaped(escape(n), max(size, 80)))
	}
	return lines
}

// quoteLines shows a sentence with the words that answer in bold, its translation and at most so many of its sources.
func quoteLines(e bot.Evidence, v voice, now time.Time, size, sources int) []string {
	s := e.Sentence
	d := s.Passage.Document
	lines := []string{"> " + emphasised(s.Text, e.Marks, size)}
	if t := s.Translation[v.lang]; t != "" && v.lang != d.Lang {
		lines = append(lines, "> -# "+v.say("translation", "Text", clipEscaped(escape(t), size)))
	}
	if !d.Brief {
		return append(lines, "— "+sourceLine(d, v, now))
	}
	for _, from := range s.Sources[:min(len(s.Sources), sources)] {
		held := &corpus.Document{Title: from.Title, Publisher: from.Publisher, URL: from.URL, Published: from.Published, Retrieved: from.Seen}
		lines = append(lines, "— "+sourceLine(held, v, now))
	}
	return lines
}

// maxSources is how many sources of one sentence an answer names.
const maxSources = 2

// sourceLine names a document with its link, publisher, date and age.
func sourceLine(d *corpus.Document, v voice, now time.Time) string {
	title := clipEscaped(escape(d.Title), 150)
	odd := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\`, r) }
	if (strings.HasPrefix(d.URL, "https://") || strings.HasPrefix(d.URL, "http://")) && len(d.URL) <= 400 && strings.IndexFunc(d.URL, odd) < 0 {
		title = "[" + title + "](<" + d.URL + ">)"
	}
	parts := []string{title}
	if d.Publisher != "" {
		parts = append(parts, clipEscaped(escape(d.Publisher), 100))
	}
	if when := dated(d, v, now); when != "" {
		parts = append(parts, when)
	}
	return strings.Join(parts, " · ")
}

// dated tells a document's date and its age, or the last year of its figures, or when it was fetched.
func dated(d *corpus.Document, v voice, now time.Time) string {
	switch {
	case !d.Published.IsZero():
		return v.say("published", "Date", d.Published.String(), "Age", age(d.Published, v, now))
	case d.FiguresTo > 0:
		return v.say("figures_to", "Year", d.FiguresTo, "Age", age(corpus.Date{Year: d.FiguresTo}, v, now))
	case !d.Retrieved.IsZero():
		return v.say("retrieved", "Date", d.Retrieved.String(), "Age", age(d.Retrieved, v, now))
	}
	return v.say("undated")
}

// age tells how long ago a date was, in years, or in months where they are known and few.
func age(d corpus.Date, v voice, now time.Time) string {
	months := (now.Year()-d.Year)*12 + int(now.Month()) - d.Month
	if d.Month == 0 {
		months = (now.Year() - d.Year) * 12
	} else if d.Day > now.Day() {
		months--
	}
	switch {
	case months <= 0:
		return v.say("age_new")
	case months == 1:
		return v.say("age_month")
	case months < 24 && months%12 != 0:
		return v.say("age_months", "N", months)
	case months == 12:
		return v.say("age_year")
	}
	return v.say("age_years", "N", months/12)
}

// emphasised escapes a sentence with its marks in bold. One longer than size shows the part around the first mark.
func emphasised(text string, marks [][2]int, size int) string {
	from, to := window(text, marks, size)
	var b strings.Builder
	if from > 0 {
		b.WriteString("… ")
	}
	at := from
	plain := func(upTo int) {
		b.WriteString(escapePart(visible(text[at:upTo]), at == 0))
		at = upTo
	}
	for _, m := range marks {
		start, end := max(m[0], at), min(m[1], to)
		// Bold must begin and end with a letter to be bold.
		inner := strings.TrimSpace(text[min(start, end):end])
		if inner == "" {
			continue
		}
		start += strings.Index(text[start:end], inner)
		end = start + len(inner)
		plain(start)
		b.WriteString("**" + escapePart(visible(text[start:end]), false) + "**")
		at = end
	}
	plain(to)
	if to < len(text) {
		b.WriteString(" …")
	}
	return b.String()
}

// visible is clean without trimming, for a part of a text.
func visible(s string) string {
	inner := clean("|" + s + "|")
	return inner[1 : len(inner)-1]
}

// maxWord is how far, in bytes, the end of a word is looked for; in Japanese there is none.
const maxWord = 40

// window is the byte range of text to show: all of it, or at most size characters that hold the beginning of the first mark.
func window(text string, marks [][2]int, size int) (from, to int) {
	if width(text) <= size {
		return 0, len(text)
	}
	runes := []rune(text)
	first := 0
	if len(marks) > 0 {
		first = len([]rune(text[:marks[0][0]]))
	}
	begin := max(0, min(first-size/3, len(runes)-size))
	end := min(len(runes), begin+size)
	from = len(string(runes[:begin]))
	to = from + len(string(runes[begin:end]))
	if begin > 0 {
		mark := from + len(string(runes[begin:first]))
		from += strings.IndexFunc(text[from:min(mark, from+maxWord)], unicode.IsSpace) + 1
	}
	if end < len(runes) {
		if blank := strings.LastIndexFunc(text[from:to], unicode.IsSpace); blank > to-from-maxWord {
			to = from + blank
		}
	}
	return from, to
}

// factButtons offers, for the parts with that outcome, the nearest facts of refusals or what is related to answers.
func factButtons(r bot.Reply, of bot.Outcome, seen map[string]bool, v voice) []button {
	var out []button
	for _, p := range r.Parts {
		facts := p.Related
		switch {
		case p.Outcome != of:
			continue
		case of == bot.Refused:
			facts = p.Nearest
		}
		for _, f := range facts {
			if !seen[f.ID] && len(out) < maxInRow {
				seen[f.ID] = true
				out = append(out, newButton(styleGrey, f.Label.In(v.lang), customID{op: opFact, lang: v.lang, args: []string{keyOf(f.ID)}}))
			}
		}
	}
	return out
}

func replyButtons(r bot.Reply, v voice, how shown) []button {
	var out []button
	if args := moreArgs(how.more); len(args) > 0 {
		out = append(out, newButton(styleBlue, v.say("button_more"), customID{op: opMore, lang: v.lang, args: args}))
	}
	for _, p := range r.Parts {
		if p.Outcome == bot.Answered && len(p.Evidence) > 0 {
			out = append(out, sourceButton(p.Evidence[0].Sentence, v))
			break
		}
	}
	switch {
	case how.private && r.Answered():
		out = append(out, postButton(v))
	case !how.private && how.asker != "":
		out = append(out, removeButton(how.asker, v))
	}
	return out
}

func sourceButton(s *corpus.Sentence, v voice) button {
	return newButton(styleGrey, v.say("button_source"),
		customID{op: opSource, lang: v.lang, args: []string{keyOf(s.Passage.Document.ID), sentenceKey(s)}})
}

func postButton(v voice) button {
	return newButton(styleGrey, v.say("button_post"), customID{op: opPost, lang: v.lang})
}

func removeButton(asker string, v voice) button {
	return newButton(styleGrey, v.say("button_remove"), customID{op: opRemove, lang: v.lang, args: []string{asker}})
}

// documentMark begins an argument that names the document of the sentences behind it.
const documentMark = "@"

// moreArgs names sentences in as few characters as it takes to find them again.
func moreArgs(sentences []*corpus.Sentence) []string {
	var args []string
	var doc *corpus.Document
	for _, s := range sentences {
		if s.Passage.Document != doc {
			doc = s.Passage.Document
			args = append(args, documentMark+keyOf(doc.ID))
		}
		args = append(args, sentenceKey(s))
	}
	return args
}

// minQuote is how much of a sentence is worth showing.
const minQuote = 200

// renderPassages shows sentences from a reply's "more passages", fewer of them rather than less than that of each.
func renderPassages(sentences []*corpus.Sentence, lost int, v voice, now time.Time) view {
	if len(sentences) == 0 {
		return view{content: v.say("more_gone")}
	}
	var out view
	for n := len(sentences); n > 0; n-- {
		for _, size := range []int{900, 600, 400, minQuote} {
			blocks := []string{v.say("more_title")}
			for _, s := range sentences[:n] {
				blocks = append(blocks, quoteLines(bot.Evidence{Sentence: s}, v, now, size, 1)...)
			}
			if lost > 0 {
				blocks = append(blocks, "-# "+v.say("more_lost", "N", lost))
			}
			out = view{content: strings.Join(blocks, "\n")}
			out.add(sourceButton(sentences[0], v))
			if width(out.content) <= maxContent {
				return out
			}
		}
	}
	return out
}

// maxPageText is how much of a list or document a page shows; the rest of a message is its head and foot.
const maxPageText = 1100

// pages packs lines into pages. A line longer than a page is cut at a word into several.
func pages(lines []string) []string {
	var out []string
	var page strings.Builder
	flush := func() {
		if page.Len() > 0 {
			out = append(out, page.String())
			page.Reset()
		}
	}
	for _, line := range lines {
		for width(line) > maxPageText {
			head := strings.TrimSuffix(clipEscaped(line, maxPageText), "…")
			flush()
			out = append(out, head+" …")
			line = "… " + strings.TrimLeft(line[len(head):], " ")
		}
		if width(page.String())+width(line)+1 > maxPageText {
			flush()
		}
		if page.Len() > 0 {
			page.WriteByte('\n')
		}
		page.WriteString(line)
	}
	flush()
	return out
}

// paged shows one page with the buttons that turn it.
func paged(head string, all []string, id customID, v voice) view {
	if len(all) == 0 {
		return view{content: head + "\n" + v.say("nothing")}
	}
	at := min(id.page, len(all)-1)
	out := view{content: head + "\n" + all[at]}
	if len(all) == 1 {
		return out
	}
	out.content += "\n-# " + v.say("page", "N", at+1, "Of", len(all))
	turn := func(label string, to int) button {
		id.page = min(max(to, 0), min(len(all)-1, maxPage))
		b := newButton(styleGrey, v.say(label), id)
		b.Disabled = to < 0 || to >= len(all)
		return b
	}
	back, on := turn("button_back", at-1), turn("button_next", at+1)
	out.add(back, on)
	return out
}

// renderDocument shows a page of a document: the one that holds the sentence with that key, or page id.page.
func renderDocument(d *corpus.Document, id customID, key string, v voice, now time.Time) view {
	var lines []string
	found := ""
	heading := ""
	for _, p := range d.Passages {
		if p.Heading != heading {
			heading = p.Heading
			lines = append(lines, "**"+escape(heading)+"**")
		}
		line := escape(p.Text)
		for _, s := range p.Sentences {
			if key != "" && sentenceKey(s) == key {
				found = clipPrefix(escapePart(clean(s.Text), s.Start == 0), 60)
			}
		}
		lines = append(lines, line)
	}
	all := pages(lines)
	if found != "" {
		for i, p := range all {
			if strings.Contains(p, found) {
				id.page = i
				break
			}
		}
	}
	head := sourceLine(d, v, now)
	if d.Note != "" {
		head += "\n-# " + clipEscaped(escape(d.Note), 200)
	}
	return paged(head, all, id, v)
}

// clipPrefix is the first n bytes of s, at a rune's end.
func clipPrefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// renderFacts shows a page of the quick facts of a topic, or of all.
func renderFacts(title string, facts []*corpus.Fact, id customID, v voice) view {
	lines := make([]string, len(facts))
	for i, f := range facts {
		lines[i] = "- " + clipEscaped(escape(f.Label.In(v.lang)), 150) + ": **" + clipEscaped(escape(f.Answer.In(v.lang)), 250) + "**"
	}
	return paged("**"+escape(title)+"**", pages(lines), id, v)
}

// renderSources shows a page of the documents with what rests on them.
func renderSources(sources []bot.Source, id customID, v voice, now time.Time) view {
	lines := make([]string, len(sources))
	for i, s := range sources {
		d := s.Document
		lines[i] = "- " + sourceLine(d, v, now) + " · " + v.say("source_counts", "Sentences", s.Sentences, "Facts", s.Facts, "ID", clipEscaped(escape(d.ID), 100))
		if d.Licence != "" {
			lines[i] += " · " + clipEscaped(escape(d.Licence), 200)
		}
	}
	return paged("**"+v.say("sources_title")+"**", pages(lines), id, v)
}
