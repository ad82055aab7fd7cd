package corpus

import (
	"fmt"
	"reflect"
	"slices"
)

// Diff is what a refresh changed.
type Diff struct {
	Documents Change // by id
	Passages  Change // by document and place, as in "canada-japan-relations#3"; the old place of a removed one
	Facts     Change // by id
}

// Change lists ids in the order of the corpus: of the new one, and of the old one for Removed.
type Change struct{ Added, Changed, Removed []string }

// IsZero reports whether nothing changed.
func (c Change) IsZero() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) == 0 }

// IsZero reports whether nothing changed.
func (d Diff) IsZero() bool { return d.Documents.IsZero() && d.Passages.IsZero() && d.Facts.IsZero() }

// Compare tells what became of the documents, passages and facts of old in new. A nil old is an empty one.
// A document counts as changed if its passages or its front matter did; a passage that is gone and a new one under the
// same heading are one passage that changed.
func Compare(old, new *Corpus) Diff {
	if old == nil {
		old = &Corpus{}
	}
	var d Diff
	for _, doc := range new.Documents {
		before, ok := old.Document(doc.ID)
		if !ok {
			before = &Document{}
			d.Documents.Added = append(d.Documents.Added, doc.ID)
		}
		passages := comparePassages(before, doc)
		d.Passages.Added = append(d.Passages.Added, passages.Added...)
		d.Passages.Changed = append(d.Passages.Changed, passages.Changed...)
		d.Passages.Removed = append(d.Passages.Removed, passages.Removed...)
		if ok && (!passages.IsZero() || !sameFrontMatter(before, doc) || !sameNotes(before, doc)) {
			d.Documents.Changed = append(d.Documents.Changed, doc.ID)
		}
	}
	for _, doc := range old.Documents {
		if _, ok := new.Document(doc.ID); !ok {
			d.Documents.Removed = append(d.Documents.Removed, doc.ID)
			d.Passages.Removed = append(d.Passages.Removed, comparePassages(doc, &Document{}).Removed...)
		}
	}
	for _, f := range new.Facts {
		if before, ok := old.Fact(f.ID); !ok {
			d.Facts.Added = append(d.Facts.Added, f.ID)
		} else if !sameFact(before, f) {
			d.Facts.Changed = append(d.Facts.Changed, f.ID)
		}
	}
	for _, f := range old.Facts {
		if _, ok := new.Fact(f.ID); !ok {
			d.Facts.Removed = append(d.Facts.Removed, f.ID)
		}
	}
	return d
}

func comparePassages(old, new *Document) Change {
	type words struct{ heading, text string }
	at := map[words][]int{} // places in old of passages not yet found again
	for i, p := range old.Passages {
		k := words{p.Heading, p.Text}
		at[k] = append(at[k], i)
	}
	gone := map[int]bool{}
	for i := range old.Passages {
		gone[i] = true
	}
	var fresh []int
	for i, p := range new.Passages {
		k := words{p.Heading, p.Text}
		if places := at[k]; len(places) > 0 {
			delete(gone, places[0])
			at[k] = places[1:]
		} else {
			fresh = append(fresh, i)
		}
	}
	under := map[string][]int{} // places in old of the passages that are gone, by heading
	for i, p := range old.Passages {
		if gone[i] {
			under[p.Heading] = append(under[p.Heading], i)
		}
	}
	var c Change
	for _, i := range fresh {
		name := fmt.Sprintf("%s#%d", new.ID, i+1)
		if places := under[new.Passages[i].Heading]; len(places) > 0 {
			c.Changed = append(c.Changed, name)
			delete(gone, places[0])
			under[new.Passages[i].Heading] = places[1:]
		} else {
			c.Added = append(c.Added, name)
		}
	}
	for i := range old.Passages {
		if gone[i] {
			c.Removed = append(c.Removed, fmt.Sprintf("%s#%d", old.ID, i+1))
		}
	}
	return c
}

// sameFrontMatter compares documents without their passages.
func sameFrontMatter(a, b *Document) bool {
	x, y := *a, *b
	x.Passages, y.Passages = nil, nil
	return reflect.DeepEqual(x, y)
}

// sameNotes compares what stands beside each sentence: its translations and its sources.
func sameNotes(a, b *Document) bool {
	return slices.EqualFunc(a.Passages, b.Passages, func(p, q *Passage) bool {
		return reflect.DeepEqual(p.Headings, q.Headings) && slices.EqualFunc(p.Sentences, q.Sentences, func(s, t *Sentence) bool {
			return reflect.DeepEqual(s.Translation, t.Translation) &&
				slices.EqualFunc(s.Sources, t.Sources, func(x, y *Source) bool { return *x == *y })
		})
	})
}

// sameFact compares facts without their place, their evidence by what is quoted, and what they overtake by its id.
func sameFact(a, b *Fact) bool {
	x, y := *a, *b
	for _, f := range []*Fact{&x, &y} {
		f.N, f.Evidence, f.Supersedes, f.SupersedesSentences = 0, nil, nil, nil
	}
	return reflect.DeepEqual(x, y) && slices.EqualFunc(a.Evidence, b.Evidence, func(e, f Evidence) bool {
		return e.Quote == f.Quote && e.Words == f.Words && e.Sentence.Text == f.Sentence.Text &&
			e.Sentence.Passage.Document.ID == f.Sentence.Passage.Document.ID
	}) && slices.EqualFunc(a.Supersedes, b.Supersedes, func(f, g *Fact) bool { return f.ID == g.ID }) &&
		slices.EqualFunc(a.SupersedesSentences, b.SupersedesSentences, func(s, t *Sentence) bool { return s.ID() == t.ID() })
}
