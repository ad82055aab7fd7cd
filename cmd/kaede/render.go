package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"kaede/bot"
	"kaede/bot/answer"
	"kaede/corpus"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// maxWidth keeps lines readable on a wide terminal.
const maxWidth = 100

// printer writes replies for a person. On a terminal it wraps; elsewhere each thing said is one line, so that it can be searched.
type printer struct {
	out    io.Writer
	width  int  // in columns; 0: lines are not wrapped
	styled bool // bold, dim and colour
	voice  func(corpus.Lang) string
}

// printer makes the printer for standard output.
func (p *program) printer() printer {
	pr := printer{out: p.out, voice: p.localeFor}
	if f, ok := tty(p.out); ok {
		pr.width = 80
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			pr.width = min(w, maxWidth)
		}
		pr.styled = p.env["NO_COLOR"] == "" && p.env["TERM"] != "dumb"
	}
	return pr
}

// tty gives the terminal that a stream is.
func tty(stream any) (*os.File, bool) {
	if o, ok := stream.(*output); ok {
		stream = o.Writer
	}
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// isTerminal reports whether a stream is one.
func isTerminal(stream any) bool {
	_, ok := tty(stream)
	return ok
}

// locale is the locale of what Kaede says outside of replies: that of --lang, or of the environment as POSIX defines it.
func (p *program) locale() string {
	if p.config.lang != "" {
		return string(p.config.lang)
	}
	name := cmp.Or(p.env["LC_ALL"], p.env["LC_MESSAGES"], p.env["LANG"])
	switch {
	case strings.HasPrefix(name, "fr"):
		return "fr"
	case strings.HasPrefix(name, "ja"):
		return "ja"
	case strings.HasPrefix(name, "en_GB"):
		return "en-GB"
	default:
		return "en-US"
	}
}

// localeFor is the locale of a reply in l.
func (p *program) localeFor(l corpus.Lang) string {
	if own := p.locale(); l == "" || strings.HasPrefix(own, string(l)) {
		return own
	}
	return string(l)
}

// hint is the language of a question that does not show it; empty if nobody told.
func (p *program) hint() corpus.Lang {
	if p.config.lang != "" {
		return p.config.lang
	}
	switch p.locale() {
	case "fr":
		return corpus.French
	case "ja":
		return corpus.Japanese
	}
	return ""
}

// The styles of a terminal.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	mark  = "\x1b[1;33m"
	plain = "\x1b[0m"
)

func (pr printer) style(style, text string) string {
	if !pr.styled || text == "" {
		return text
	}
	return style + text + plain
}

// line writes one thing said, wrapped and indented.
func (pr printer) line(indent int, text string) error {
	space := strings.Repeat(" ", indent)
	if pr.width > 0 {
		text = wrap(text, max(pr.width-indent, 20))
	}
	_, err := fmt.Fprintln(pr.out, space+strings.ReplaceAll(text, "\n", "\n"+space))
	return err
}

// reply writes a reply: for each part the short answer, its quotes with their sources, and what else there is to know.
func (pr printer) reply(r bot.Reply) error {
	for i, part := range r.Parts {
		if i > 0 {
			fmt.Fprintln(pr.out)
		}
		if err := pr.part(part); err != nil {
			return fmt.Errorf("write reply: %w", err)
		}
	}
	return nil
}

func (pr printer) part(part bot.Part) error {
	voice := pr.voice(part.Lang)
	say := printable(part.Say)
	if part.Outcome == answer.Answered {
		say = pr.style(bold, say)
	}
	if err := pr.line(0, say); err != nil {
		return err
	}
	for _, note := range part.Notes {
		pr.line(0, pr.style(dim, printable(note)))
	}
	for _, e := range part.Evidence {
		pr.evidence(e, part.Lang)
	}
	if len(part.Nearest) > 0 {
		pr.line(0, bot.Say(voice, "terminal_nearest", nil))
		for _, f := range part.Nearest {
			pr.line(2, printable(f.Label.In(part.Lang)))
		}
	}
	if part.Explanation != nil {
		pr.explain(part)
	}
	return nil
}

// evidence writes a sentence with the words that answer marked, its translation, and its source.
func (pr printer) evidence(e answer.Evidence, l corpus.Lang) {
	d := e.Sentence.Passage.Document
	var text strings.Builder
	from := 0
	for _, m := range e.Marks {
		text.WriteString(printable(e.Sentence.Text[from:m[0]]))
		text.WriteString(pr.style(mark, printable(e.Sentence.Text[m[0]:m[1]])))
		from = m[1]
	}
	text.WriteString(printable(e.Sentence.Text[from:]))
	fmt.Fprintln(pr.out)
	pr.line(2, bot.Say(pr.voice(d.Lang), "quoted", map[string]any{"Text": text.String()}))
	voice := pr.voice(l)
	if t := e.Sentence.Translation[l]; t != "" && l != d.Lang {
		pr.line(2, bot.Say(voice, "quoted", map[string]any{"Text": printable(t)})+" "+pr.style(dim, bot.Say(voice, "terminal_unofficial", nil)))
	}
	for _, from := range sourceLines(voice, e.Sentence) {
		pr.line(2, pr.style(dim, printable(from)))
	}
}

// sourceLines name what a sentence is from: title, publisher, address, and how old it is.
func sourceLines(voice string, s *corpus.Sentence) []string {
	d := s.Passage.Document
	var lines []string
	for _, from := range s.From() {
		date := documentDate(voice, d)
		if d.Brief {
			date = sourceDate(voice, from)
		}
		var parts []string
		for _, s := range []string{from.Title, from.Publisher, from.URL, date} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		lines = append(lines, "— "+strings.Join(parts, bot.Say(voice, "and_separator", nil)))
	}
	return lines
}

// sourceDate says how old a brief's source is: when it was published, or else when it was read.
func sourceDate(voice string, s *corpus.Source) string {
	if !s.Published.IsZero() {
		return s.Published.String()
	}
	return bot.Say(voice, "terminal_seen", map[string]any{"Date": s.Seen.String()})
}

// documentDate says how old a document is: when it was published, or else how far its figures go; empty if it does not say.
func documentDate(voice string, d *corpus.Document) string {
	switch {
	case !d.Published.IsZero():
		return d.Published.String()
	case d.FiguresTo != 0:
		return bot.Say(voice, "terminal_figures_to", map[string]any{"Year": strconv.Itoa(d.FiguresTo)})
	default:
		return ""
	}
}

// related names the facts near an answer, which /fact shows.
func (pr printer) related(r bot.Reply) {
	for _, part := range r.Parts {
		var names []string
		for _, f := range part.Related {
			names = append(names, printable(f.Label.In(part.Lang)))
		}
		if len(names) > 0 {
			fmt.Fprintln(pr.out)
			pr.line(2, pr.style(dim, bot.Say(pr.voice(part.Lang), "terminal_see_also", map[string]any{"Facts": strings.Join(names, " · ")})))
		}
	}
}

// explain writes how an answer was found. It is for whoever works on Kaede, and so in English.
func (pr printer) explain(part bot.Part) {
	x := part.Explanation
	var words, years []string
	for _, w := range x.Words {
		found := "found"
		if !w.Matched {
			found = "not found"
		}
		words = append(words, fmt.Sprintf("%s (%.1f, %s)", printable(w.Text), w.Weight, found))
	}
	for _, y := range x.Years {
		years = append(years, strconv.Itoa(y))
	}
	fmt.Fprintln(pr.out)
	t := &table{}
	t.add("wanted", string(part.Kind))
	t.add("words", cmp.Or(strings.Join(words, ", "), "none"))
	t.add("concepts", cmp.Or(strings.Join(x.Concepts, ", "), "none"))
	t.add("years", cmp.Or(strings.Join(years, ", "), "none"))
	t.add("bar", fmt.Sprintf("%.3f", x.Bar))
	pr.table(t)
	for i, c := range x.Candidates {
		pr.line(0, fmt.Sprintf("%2d. %.3f  %s  %s", i+1, c.Confidence, c.Sentence.ID(), printable(ansi.Truncate(c.Sentence.Text, 120, "…"))))
		var signals []string
		for _, name := range slices.Sorted(maps.Keys(c.Signals)) {
			if v := c.Signals[name]; v != 0 {
				signals = append(signals, fmt.Sprintf("%s %.2f", name, v))
			}
		}
		pr.line(4, pr.style(dim, strings.Join(signals, "  ")))
	}
}

// printable gives text without what could command a terminal or turn its lines around.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// table is a table for people, aligned also where characters are two columns wide.
type table struct {
	head []string // nil: none
	rows [][]string
}

// newTable makes a table whose heads are said in a locale, by the names that they have in the words.
func newTable(voice string, heads ...string) *table {
	t := &table{}
	for _, h := range heads {
		t.head = append(t.head, bot.Say(voice, "terminal_head_"+h, nil))
	}
	return t
}

func (t *table) add(cells ...string) {
	for i, c := range cells {
		cells[i] = printable(c)
	}
	t.rows = append(t.rows, cells)
}

// leastColumn is how narrow a wide column of a table may become.
const leastColumn = 12

// columns gives the widths at which the table fits into width, 0 being any; ok is false if it cannot. The widest columns give way, but
// none so far that something in it which must keep together would break.
func (t *table) columns(width int) (widths []int, ok bool) {
	var least []int
	total := -2
	for i := range t.rows[0] {
		widths, least = append(widths, 0), append(least, 0)
		for _, row := range append([][]string{t.head}, t.rows...) {
			if i >= len(row) {
				continue
			}
			widths[i] = max(widths[i], ansi.StringWidth(row[i]))
			for _, p := range pieces(row[i]) {
				least[i] = max(least[i], ansi.StringWidth(strings.TrimRight(p, " ")))
			}
		}
		least[i] = max(least[i], min(widths[i], leastColumn))
		total += widths[i] + 2
	}
	for ; width > 0 && total > width; total-- {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil, false
		}
		widths[widest]--
	}
	return widths, true
}

// table writes a table in columns, with cells of several lines if need be, or one row after the other where no columns fit.
func (pr printer) table(t *table) {
	if len(t.rows) == 0 {
		pr.line(0, bot.Say(pr.voice(""), "terminal_nothing", nil))
		return
	}
	widths, ok := t.columns(pr.width)
	if !ok {
		pr.records(t)
		return
	}
	rows := t.rows
	if t.head != nil {
		rows = append([][]string{t.head}, rows...)
	}
	for _, row := range rows {
		cells, height := make([][]string, len(row)), 0
		for i, cell := range row {
			cells[i] = strings.Split(wrap(cell, widths[i]), "\n")
			height = max(height, len(cells[i]))
		}
		for n := range height {
			var line strings.Builder
			for i, lines := range cells {
				cell := ""
				if n < len(lines) {
					cell = lines[n]
				}
				line.WriteString(cell)
				line.WriteString(strings.Repeat(" ", widths[i]-ansi.StringWidth(cell)+2))
			}
			fmt.Fprintln(pr.out, strings.TrimRight(line.String(), " "))
		}
	}
}

// records writes a table one row after the other, each cell under its head.
func (pr printer) records(t *table) {
	for n, row := range t.rows {
		if n > 0 {
			fmt.Fprintln(pr.out)
		}
		pr.line(0, row[0])
		for i, cell := range row[1:] {
			if cell == "" {
				continue
			}
			if t.head != nil && t.head[i+1] != "" {
				cell = t.head[i+1] + ": " + cell
			}
			pr.line(2, cell)
		}
	}
}

// wrap breaks text into lines of at most width columns. What must keep together does so however long it is.
func wrap(text string, width int) string {
	var out strings.Builder
	line := ""
	for _, piece := range pieces(text) {
		if line != "" && ansi.StringWidth(line+strings.TrimRight(piece, " \n")) > width {
			out.WriteString(strings.TrimRight(line, " ") + "\n")
			line = ""
		}
		line += piece
		if strings.HasSuffix(line, "\n") {
			out.WriteString(line)
			line = ""
		}
	}
	return out.String() + line
}

// pieces cuts text where a line may end: behind spaces, and beside characters of a script without spaces where Unicode's rules for line
// breaking allow it. An address, a command and a word with a hyphen keep together, so that they can be copied.
func pieces(text string) []string {
	wide := func(r rune) bool { return ansi.StringWidth(string(r)) > 1 }
	var out []string
	from, at, state := 0, 0, -1
	for at < len(text) {
		var segment string
		segment, _, _, state = uniseg.FirstLineSegmentInString(text[at:], state)
		at += len(segment)
		before, _ := utf8.DecodeLastRuneInString(segment)
		after, _ := utf8.DecodeRuneInString(text[at:])
		if at == len(text) || unicode.IsSpace(before) || wide(before) || wide(after) {
			out = append(out, text[from:at])
			from = at
		}
	}
	return out
}
