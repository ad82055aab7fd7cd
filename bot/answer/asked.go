package answer

import (
	"slices"

	"kaede/corpus"
	"kaede/index"
)

// questions are the labelled questions as the weighing sees them, and what is counted of them. They are immutable. Their keys are packed, since
// they are many and only those near to what is asked are looked at.
type questions struct {
	sets  *index.Packed // keys, by index.Question number
	norms []float32     // by question, the length of its keys as a vector

	counts   map[corpus.Lang]*tally // by language of the questions
	said     []float64              // by key, its share among all keys of the asks
	size     []float64              // by sentence, the number of keys in its asks
	factSize []float64              // by fact, the same
	asks     *table                 // how often keys stand in the asks of a sentence
	near     *table                 // ... in the near misses near it
	factAsks *table                 // ... in the asks of a fact
	asksOf   [][]int32              // by sentence
	nearOf   [][]int32              // near misses by the sentence they come near to
}

// asked is one labelled question.
type asked struct {
	keys     keySet
	norm     float64
	sentence int              // that it asks for, or comes near to; -1 if none
	near     bool             // a near miss
	fact     *corpus.Fact     // for which it was written; nil if for a sentence or a near miss
	document *corpus.Document // the only one that a near miss misses; nil where none in the world would answer it
}

// tally counts in how many asks and in how many near misses a key stands.
type tally struct {
	ask, miss        []int32 // by key
	asks, nearMisses int32
}

// askedOf gives a labelled question by its number.
func (e *Engine) askedOf(n int) asked {
	a := e.labelOf(n)
	a.norm = float64(e.norms[n])
	var room [32]uint32
	list := e.sets.Append(room[:0], n)
	a.keys = make(keySet, len(list))
	for i, k := range list {
		a.keys[i] = int32(k)
	}
	return a
}

// labelOf is askedOf without the keys.
func (e *Engine) labelOf(n int) asked {
	switch q := e.x.Question(n); {
	case q.Sentence != nil:
		return asked{sentence: q.Sentence.N, fact: q.Fact}
	case q.Fact != nil:
		return asked{sentence: q.Fact.Evidence[0].Sentence.N, fact: q.Fact}
	default:
		a := asked{sentence: -1, near: true}
		if q.NearMiss.Near != nil {
			a.sentence = q.NearMiss.Near.N
		}
		if !worldwide(q.NearMiss.Misses) {
			a.document = q.NearMiss.Document
		}
		return a
	}
}

// worldwide reports a kind of near miss that no document answers.
func worldwide(misses string) bool {
	return misses == "off-topic" || misses == "chit-chat" || misses == "injection"
}

// readQuestions prepares the labelled questions and what is counted of them.
func (e *Engine) readQuestions() {
	n := e.x.Questions()
	labels, langs := make([]asked, n), make([]corpus.Lang, n)
	e.asksOf, e.nearOf = make([][]int32, len(e.c.Sentences)), make([][]int32, len(e.c.Sentences))
	sets := e.keysOfQuestions()
	for i := range labels {
		labels[i], langs[i] = e.labelOf(i), e.x.Question(i).Lang
		labels[i].keys = sets[i]
		switch a := &labels[i]; {
		case a.sentence < 0:
		case a.near:
			e.nearOf[a.sentence] = append(e.nearOf[a.sentence], int32(i))
		default:
			e.asksOf[a.sentence] = append(e.asksOf[a.sentence], int32(i))
		}
	}
	e.weighKeys(labels, langs)
	e.countKeys(labels)
	var list []uint32
	e.sets = index.Pack(n, func(i int) []uint32 {
		list = list[:0]
		for _, k := range sets[i] {
			list = append(list, uint32(k))
		}
		return list
	})
	e.norms = make([]float32, n)
	for i := range sets {
		e.norms[i] = float32(e.norm(sets[i], nil))
	}
}

// keysOfQuestions gives the keys of each labelled question: its terms, and the narrowest of its concepts.
func (e *Engine) keysOfQuestions() []keySet {
	narrower := make(map[string][]int) // places of the narrower concepts of one
	for i, k := range e.c.Concepts {
		for _, id := range e.broader[k.ID][1:] {
			narrower[id] = append(narrower[id], i)
		}
	}
	n := e.x.Questions()
	covered := make([]int32, n) // by question, the last concept, plus one, of which a narrower one stands in it
	var list []uint32
	each := func(visit func(key int32, questions []uint32)) {
		for _, l := range corpus.Langs() {
			for t, key := range e.keys.terms[l] {
				list = e.x.TermQuestions(list[:0], l, t)
				visit(key, list)
			}
		}
		clear(covered)
		for i, k := range e.c.Concepts {
			for _, o := range narrower[k.ID] {
				list = e.x.ConceptQuestions(list[:0], o)
				for _, q := range list {
					covered[q] = int32(i + 1)
				}
			}
			list = slices.DeleteFunc(e.x.ConceptQuestions(list[:0], i), func(q uint32) bool { return covered[q] == int32(i+1) })
			visit(e.keys.concepts[k.ID], list)
		}
	}
	ends := make([]int, n+1) // of each question's part of the room for all, shifted by one
	each(func(_ int32, questions []uint32) {
		for _, q := range questions {
			ends[q+1]++
		}
	})
	for q := range n {
		ends[q+1] += ends[q]
	}
	room, at := make([]int32, ends[n]), slices.Clone(ends)
	each(func(key int32, questions []uint32) {
		for _, q := range questions {
			room[at[q]] = key
			at[q]++
		}
	})
	sets := make([]keySet, n)
	for q := range sets {
		sets[q] = setOf(room[ends[q]:ends[q+1]])
	}
	return sets
}

// weighKeys counts in how many labelled questions each key stands, and how rare it is: there or, in a corpus without any, in the text.
func (e *Engine) weighKeys(labels []asked, langs []corpus.Lang) {
	e.counts = make(map[corpus.Lang]*tally)
	for _, l := range corpus.Langs() {
		e.counts[l] = &tally{ask: make([]int32, e.keys.count), miss: make([]int32, e.keys.count)}
	}
	df := make([]int, e.keys.count)
	for i, a := range labels {
		t := e.counts[langs[i]]
		into := t.ask
		if a.near {
			into = t.miss
			t.nearMisses++
		} else {
			t.asks++
		}
		for _, k := range a.keys {
			into[k]++
			df[k]++
		}
	}
	of := len(labels)
	if of == 0 {
		of = len(e.c.Sentences)
		for l, list := range e.keys.terms {
			for t, k := range list {
				df[k] += e.x.TermSentences(l, t)
			}
		}
	}
	e.rarity = make([]float64, e.keys.count)
	for k := range e.rarity {
		e.rarity[k] = rarity(df[k], of)
	}
}

// countKeys counts the keys in the asks and near misses of each sentence and fact, and in all asks.
func (e *Engine) countKeys(labels []asked) {
	e.said = make([]float64, e.keys.count)
	e.size, e.factSize = make([]float64, len(e.c.Sentences)), make([]float64, len(e.c.Facts))
	ofFact := make([][]int32, len(e.c.Facts))
	all := 0.0
	for i, a := range labels {
		if a.near {
			continue
		}
		for _, k := range a.keys {
			e.said[k]++
			all++
		}
		e.size[a.sentence] += float64(len(a.keys))
		if a.fact != nil {
			ofFact[a.fact.N] = append(ofFact[a.fact.N], int32(i))
			e.factSize[a.fact.N] += float64(len(a.keys))
		}
	}
	for k := range e.said {
		e.said[k] = (e.said[k] + .5) / (all + .5*float64(len(e.said)))
	}
	tables := []struct {
		into **table
		of   [][]int32
	}{{&e.asks, e.asksOf}, {&e.near, e.nearOf}, {&e.factAsks, ofFact}}
	index.AtOnce(len(tables), func(i int) {
		t := tables[i]
		*t.into = newTable(e.keys.count, len(t.of), func(row int, add func(keys []int32)) {
			for _, i := range t.of[row] {
				add(labels[i].keys)
			}
		})
	})
}
