package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kaede/bot/answer"
	"kaede/corpus"

	"golang.org/x/text/unicode/norm"
)

// Holds reports whether an answer says what is wanted, whatever the case, width and spaces.
func Holds(text, want string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), " ")) }
	return strings.Contains(fold(text), fold(want))
}

// Meets reports whether the reply is what a golden question wants.
func (r Reply) Meets(g corpus.Golden) bool {
	if g.Refuse || !r.Answered() {
		return g.Refuse && !r.Answered()
	}
	var said []string
	rests := g.Document == nil
	for _, p := range r.Parts {
		if p.Outcome != answer.Answered {
			continue
		}
		said = append(said, p.Say)
		rests = rests || slices.ContainsFunc(p.Evidence, func(e answer.Evidence) bool { return e.Sentence.Passage.Document.ID == g.Document.ID })
	}
	text := strings.Join(said, "\n")
	lacks := func(want string) bool { return !Holds(text, want) }
	return rests && !slices.ContainsFunc(g.All, lacks) && (len(g.Answer) == 0 || slices.ContainsFunc(g.Answer, func(want string) bool { return Holds(text, want) }))
}

// AskGolden asks a golden question as a person would whose client is in its language.
func (b *Bot) AskGolden(ctx context.Context, g corpus.Golden) (Reply, error) {
	v, release, err := b.acquire()
	if err != nil {
		return Reply{}, err
	}
	defer release()
	return v.askGolden(ctx, g)
}

func (v *version) askGolden(ctx context.Context, g corpus.Golden) (Reply, error) {
	return v.ask(ctx, Question{Text: g.Question, Lang: g.Lang, History: g.History})
}

// compare asks the golden questions of the newer version of both: those that only it answers rightly, and those that only the older did.
func compare(ctx context.Context, older, newer *version, progress Progress) (won, lost []corpus.Golden, err error) {
	golden := newer.Corpus().Golden
	for i, g := range golden {
		if progress != nil {
			progress(Testing, i, len(golden))
		}
		before, err := older.askGolden(ctx, g)
		if err != nil {
			return nil, nil, fmt.Errorf("ask golden question %q: %w", g.Question, err)
		}
		now, err := newer.askGolden(ctx, g)
		if err != nil {
			return nil, nil, fmt.Errorf("ask golden question %q: %w", g.Question, err)
		}
		switch was, is := before.Meets(g), now.Meets(g); {
		case is && !was:
			won = append(won, g)
		case was && !is:
			lost = append(lost, g)
		}
	}
	return won, lost, nil
}

// maxNamed is how many golden questions a message names.
const maxNamed = 10

// lostError says which golden questions a refresh would lose.
func lostError(lost []corpus.Golden) error {
	var names []string
	for _, g := range lost[:min(len(lost), maxNamed)] {
		names = append(names, "- "+g.Question)
	}
	if len(lost) > maxNamed {
		names = append(names, "- ...")
	}
	return &Error{Code: GoldenLost, Data: map[string]any{"N": len(lost), "Questions": strings.Join(names, "\n")}}
}
