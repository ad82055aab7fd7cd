package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"runtime"
	"slices"
	"strings"

	"kaede/bot"
	"kaede/bot/answer"
	"kaede/corpus"
)

// maxLine bounds a line of standard input. What is longer is an error in its place.
const maxLine = 1 << 20

// lineIn is one question of ask --jsonl. Other fields are not read, so that files that hold more can be asked as they are.
type lineIn struct {
	Question *string  `json:"question"`
	History  []string `json:"history"`
	Lang     string   `json:"lang"`
}

// question is the text of the question, as far as there is one.
func (in lineIn) question() string {
	if in.Question == nil {
		return ""
	}
	return *in.Question
}

// lineOut is its answer.
type lineOut struct {
	Question    string            `json:"question"`
	Lang        corpus.Lang       `json:"lang"`
	Answered    bool              `json:"answered"`
	Answer      string            `json:"answer"`
	Confidence  float64           `json:"confidence"`
	Evidence    []evidenceOut     `json:"evidence"`
	Facts       []string          `json:"facts"`
	Missing     []string          `json:"missing"`
	Explanation []*explanationOut `json:"explanation,omitempty"`
	Error       string            `json:"error,omitempty"`
}

type evidenceOut struct {
	Document    string  `json:"document"`
	Text        string  `json:"text"`
	Translation string  `json:"translation"`
	Score       float64 `json:"score"`
}

// explanationOut is why one part of a message was answered as it was.
type explanationOut struct {
	Kind       answer.Kind    `json:"kind"`
	Bar        float64        `json:"bar"`
	Words      []wordOut      `json:"words"`
	Concepts   []string       `json:"concepts"`
	Years      []int          `json:"years"`
	Candidates []candidateOut `json:"candidates"`
}

type wordOut struct {
	Text    string  `json:"text"`
	Weight  float64 `json:"weight"`
	Matched bool    `json:"matched"`
}

type candidateOut struct {
	Sentence   string             `json:"sentence"`
	Text       string             `json:"text"`
	Confidence float64            `json:"confidence"`
	Signals    map[string]float64 `json:"signals"`
}

// askLines answers JSON lines from standard input, several at a time and in order.
func (p *program) askLines(ctx context.Context, b *bot.Bot, explain bool) error {
	type job struct {
		line int
		text string
		err  error
		out  chan lineOut
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the reader and the workers when writing fails
	todo, order := make(chan *job), make(chan *job, 4*runtime.GOMAXPROCS(0))
	go func() {
		defer close(order)
		defer close(todo)
		n := 0
		for text, err := range lines(ctx, p.in) {
			n++
			if err == nil && strings.TrimSpace(text) == "" {
				continue
			}
			j := &job{n, text, err, make(chan lineOut, 1)}
			for _, to := range []chan *job{order, todo} {
				select {
				case to <- j:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for j := range todo {
				out, err := lineOut{}, j.err
				if err == nil {
					out, err = p.answerLine(ctx, b, j.text, explain)
				}
				if err != nil {
					out = lineOut{Question: out.Question, Error: fmt.Sprintf("line %d: %v", j.line, err)}
				}
				j.out <- out
			}
		}()
	}
	w := bufio.NewWriter(p.out)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	failed := false
	for j := range order {
		var out lineOut
		select {
		case out = <-j.out:
		case <-ctx.Done():
			return ctx.Err()
		}
		failed = failed || out.Error != ""
		if err := encoder.Encode(out.filled()); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
		if len(order) > 0 {
			continue
		}
		// Whoever waits for this answer before asking on must get it now.
		if err := w.Flush(); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed {
		return errReported
	}
	return nil
}

// answerLine answers one JSON line. On an error the question, where it could be read, is all that is filled.
func (p *program) answerLine(ctx context.Context, b *bot.Bot, text string, explain bool) (lineOut, error) {
	in, err := parseLine([]byte(text))
	if err != nil {
		return lineOut{Question: in.question()}, err
	}
	lang := corpus.Lang(in.Lang)
	if lang == "" {
		lang = p.config.lang
	}
	reply, err := b.Ask(ctx, bot.Question{Text: in.question(), Lang: lang, History: in.History, Sources: p.config.sources, Explain: explain})
	if err != nil {
		return lineOut{Question: in.question()}, err
	}
	return newLineOut(in.question(), reply), nil
}

// parseLine reads one JSON line.
func parseLine(text []byte) (lineIn, error) {
	var in lineIn
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := json.Unmarshal(text, &in); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return in, fmt.Errorf("%s: a JSON %s is not what it holds", wrong.Field, wrong.Value)
		}
		if wrong != nil {
			return in, fmt.Errorf("not a JSON object but a JSON %s", wrong.Value)
		}
		return in, fmt.Errorf("not a JSON object: %w", err)
	}
	if in.Question == nil {
		return in, errors.New(`no "question"`)
	}
	if strings.TrimSpace(*in.Question) == "" {
		return in, errors.New("question: want words, got none")
	}
	if in.Lang != "" {
		if err := oneOf(in.Lang, []string{"en", "fr", "ja"}); err != nil {
			return in, fmt.Errorf("lang: %w", err)
		}
	}
	return in, nil
}

// newLineOut gives a reply as one answer: the parts of a message with several questions one after the other.
func newLineOut(question string, reply bot.Reply) lineOut {
	out := lineOut{Question: question, Lang: reply.Lang, Answered: reply.Answered(), Answer: shortAnswer(reply)}
	for _, part := range reply.Parts {
		// The chance that all that is said is right is at most that of its weakest part.
		if answered := part.Outcome == answer.Answered; answered == out.Answered && (out.Confidence == 0 || part.Confidence < out.Confidence) {
			out.Confidence = part.Confidence
		}
		for _, e := range part.Evidence {
			out.Evidence = append(out.Evidence, evidenceOut{e.Sentence.Passage.Document.ID, e.Sentence.Text, e.Sentence.Translation[reply.Lang], round(e.Score)})
		}
		for _, f := range part.Facts {
			out.Facts = append(out.Facts, f.ID)
		}
		out.Missing = append(out.Missing, slices.Concat(part.Missing, part.Apart)...)
		if part.Explanation != nil {
			out.Explanation = append(out.Explanation, newExplanationOut(part))
		}
	}
	out.Confidence = round(out.Confidence)
	return out
}

// round keeps as much of a chance or score as means anything.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// shortAnswer gives the short answers of a reply, with the yes or no that was asked for, a line each.
func shortAnswer(reply bot.Reply) string {
	var out []string
	for _, part := range reply.Parts {
		if part.Outcome == answer.Answered {
			out = append(out, part.Say)
		}
	}
	return strings.Join(out, "\n")
}

func newExplanationOut(part bot.Part) *explanationOut {
	x := part.Explanation
	out := &explanationOut{Kind: part.Kind, Bar: x.Bar, Words: []wordOut{}, Concepts: append([]string{}, x.Concepts...), Years: append([]int{}, x.Years...), Candidates: []candidateOut{}}
	for _, w := range x.Words {
		out.Words = append(out.Words, wordOut(w))
	}
	for _, c := range x.Candidates {
		out.Candidates = append(out.Candidates, candidateOut{c.Sentence.ID(), c.Sentence.Text, c.Confidence, c.Signals})
	}
	return out
}

// filled gives o with its empty lists written as lists.
func (o lineOut) filled() lineOut {
	if o.Evidence == nil {
		o.Evidence = []evidenceOut{}
	}
	if o.Facts == nil {
		o.Facts = []string{}
	}
	if o.Missing == nil {
		o.Missing = []string{}
	}
	return o
}

// errLongLine reports a line beyond maxLine.
var errLongLine = fmt.Errorf("longer than %d bytes", maxLine)

// lines gives the lines of r without their ends, until r or ctx does. A line that is too long is an error, and the next one
// follows; any other error is the last thing given. Waiting for a line ends with ctx, whatever r does.
func lines(ctx context.Context, r io.Reader) iter.Seq2[string, error] {
	type line struct {
		text string
		err  error
	}
	return func(yield func(string, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		read := make(chan line)
		go func() {
			defer close(read)
			br := bufio.NewReader(r)
			for {
				text, err := readLine(br)
				if err == io.EOF {
					return
				}
				select {
				case read <- line{text, err}:
				case <-ctx.Done():
					return
				}
				if err != nil && err != errLongLine {
					return
				}
			}
		}()
		for {
			select {
			case l, ok := <-read:
				if !ok || !yield(l.text, l.err) {
					return
				}
			case <-ctx.Done():
				yield("", ctx.Err())
				return
			}
		}
	}
}

// readLine reads to the end of a line, or of r. It keeps no more than maxLine bytes of it.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxLine+2 {
			long = true
		} else {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(line) == 0 && !long:
			return "", io.EOF
		case err != nil && err != io.EOF:
			return "", err
		case long:
			return "", errLongLine
		}
		return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), nil
	}
}
