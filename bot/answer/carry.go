package answer

import (
	"context"
	"fmt"
	"io"
	"slices"

	"kaede/corpus"
	"kaede/index"
)

// talk is a labelled question put as people do in the course of a conversation: its name is said in an earlier question, or in a story
// around it, in which other names are said too.
type talk struct {
	number  int // of the labelled question
	text    string
	history []string
	story   string
}

// talks is how many conversations are made for fitting, and pronouns what stands in them for a name.
const talks = 600

var pronouns = map[corpus.Lang]string{corpus.English: "it", corpus.French: "cela", corpus.Japanese: "それ"}

// talks makes conversations of asks: a quarter follow-ups that leave the name out, a quarter that are a bare question word after an ask for
// another fact of the sentence, a quarter with the name in a story, a quarter with a story that distracts. Histories and stories are asks too.
func (e *Engine) talks() []talk {
	about := make(map[string][]int) // asks that name a concept
	proper := func(i int) (id, name, short string) {
		q := e.x.Question(i)
		short = e.rewrite(q.Lang, q.Text, func(m index.ConceptMatch) (string, bool) {
			if id != "" || !isProper(m.Concept) || m.Concept.ID == canada || m.Concept.ID == japan {
				return "", false
			}
			id, name = string(q.Lang)+m.Concept.ID, q.Text[m.Start:m.End]
			return pronouns[q.Lang], true
		})
		return id, name, short
	}
	for i := range e.x.Questions() {
		if !e.labelOf(i).near && e.labelOf(i).sentence >= 0 {
			if id, _, _ := proper(i); id != "" {
				about[id] = append(about[id], i)
			}
		}
	}
	var out []talk
	step := max(1, e.x.Questions()/(2*talks))
	for i := 0; i < e.x.Questions() && len(out) < talks; i += step {
		id, name, short := proper(i)
		same := about[id]
		if e.labelOf(i).near || id == "" || len(same) < 2 {
			continue
		}
		j := same[(slices.Index(same, i)+len(same)/2)%len(same)]
		said, q := e.x.Question(j).Text, e.x.Question(i)
		switch len(out) % 4 {
		case 0:
			out = append(out, talk{number: i, text: short, history: []string{said}})
		case 1:
			for _, o := range e.asksOf[e.labelOf(i).sentence] {
				if other := e.x.Question(int(o)); q.Fact != nil && valued(kindOf(q.Fact.Value)) && other.Lang == q.Lang && other.Fact != nil && other.Fact != q.Fact {
					out = append(out, talk{number: i, text: blanks[q.Lang][kindOf(q.Fact.Value)] + "?", history: []string{other.Text}})
					break
				}
			}
		case 2:
			out = append(out, talk{number: i, text: short, story: name + ". " + said})
		default:
			out = append(out, talk{number: i, text: q.Text, story: e.x.Question((i + e.x.Questions()/2) % e.x.Questions()).Text})
		}
	}
	return out
}

// fitCarry finds, one after another, the weights with which most of the made conversations are answered with their sentence. It
// tries the greatest first, and takes a lesser one only where that answers more: what was said before was said for a reason.
func (e *Engine) fitCarry(ctx context.Context, w io.Writer) (Carry, error) {
	made := e.talks()
	model := *e.model
	model.Carry = Carry{.5, .5, .5, .5}
	own, carry := e.with(&model), &model.Carry
	best := -1
	for _, weight := range []*float64{&carry.Names, &carry.Words, &carry.Rest, &carry.Story} {
		kept := *weight
		for _, *weight = range []float64{1, .8, .6, .45, .3, .2, .1} {
			found := 0
			for _, t := range made {
				q := e.x.Question(t.number)
				r := own.read(t.text, q.Lang)
				if len(t.history) > 0 {
					r = own.lean(new(Answer), r, q.Lang, t.text, t.history)
				}
				if t.story != "" {
					own.addContext(r, t.story)
				}
				s, list, err := own.find(ctx, r, nil, t.number)
				if err != nil {
					return Carry{}, fmt.Errorf("weigh %q: %w", t.text, err)
				}
				if own.answers(s, list) && slices.Contains(e.standing(r, e.labelOf(t.number).sentence, e.labelOf(t.number).fact), list[0].n) {
					found++
				}
			}
			if found > best {
				best, kept = found, *weight
			}
		}
		*weight = kept
	}
	fmt.Fprintf(w, "conversations made of asks: %d of %d answered with their sentence; words from before count %.2f (names), %.2f, %.2f, of a story %.2f\n",
		max(best, 0), len(made), carry.Names, carry.Words, carry.Rest, carry.Story)
	return *carry, nil
}
