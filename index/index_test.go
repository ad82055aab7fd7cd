package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"kaede/corpus"
)

// small is a corpus of two documents, one of them translated, with a lexicon, facts and labelled questions.
var small = fstest.MapFS{
	"documents/treaty.md": {Data: []byte(`---
id: treaty
title: Maple trade
publisher: Ministry of Maples
language: en
---
## Trade

Canada exports maple syrup to Japan. Japan's imports of lumber reached $3 billion in 2021. The Maple Council meets every spring.

## Offices

Japan opened an embassy in Ottawa in 1928. The US has none there.
`)},
	"documents/treaty.fr.md": {Data: []byte(`---
translates: treaty
language: fr
note: unofficial
---
## Commerce

Le Canada exporte du sirop d’érable au Japon.
Les importations de bois du Japon ont atteint 3 milliards de dollars en 2021.
Le Conseil de l’érable se réunit chaque printemps.

## Bureaux

Le Japon a ouvert une ambassade à Ottawa en 1928.
Les États-Unis n’y en ont pas.
`)},
	"documents/treaty.ja.md": {Data: []byte(`---
translates: treaty
language: ja
note: unofficial
---
## 貿易

カナダは日本にメープルシロップを輸出している。
日本の木材輸入額は2021年に30億ドルに達した。
メープル評議会は毎年春に開かれる。

## 事務所

日本は1928年にオタワに大使館を開設した。
米国の大使館はそこにはない。
`)},
	"documents/seibu.md": {Data: []byte(`---
id: seibu
title: 楓の町
publisher: 楓新聞
language: ja
---
## さくら

さくらまつりは四月に行われる。自動車工場は東京の西部にある。
`)},
	"lexicon/all.yaml": {Data: []byte(`
- id: canada
  kind: place
  en: [Canada, the Maple Country]
  fr: [Canada]
  ja: [カナダ, 加]
- id: japan
  kind: place
  en: [Japan]
  fr: [Japon, pays du Soleil-Levant]
  ja: [日本, 日, nihon]
- id: trade
  kind: action
  en: [trade]
  fr: [commerce]
  ja: [貿易]
- id: export
  kind: action
  en: [export, exports, sell abroad, ship to]
  fr: [exporter, vendre à]
  ja: [輸出]
  broader: [trade]
  opposite: import
- id: import
  kind: action
  en: [import, imports]
  fr: [importation]
  ja: [輸入]
  broader: [trade]
  opposite: export
- id: council
  kind: organisation
  en: [Maple Council, MC]
  fr: [Conseil de l’érable]
  ja: [メープル評議会]
- id: embassy
  kind: office
  en: [embassy]
  fr: [ambassade]
  ja: [大使館]
`)},
	"facts/all.yaml": {Data: []byte(`
- id: embassy-opened
  topic: offices
  subject: japan
  relation: embassy
  object: canada
  label: {en: Opening of Japan's embassy in Ottawa, fr: Ouverture de l'ambassade du Japon à Ottawa, ja: オタワの日本大使館の開設}
  date: 1928
  asks: {en: [when did Tokyo get a mission], fr: [depuis quand le Japon est-il représenté], ja: [日本大使館はいつから]}
  evidence:
  - document: treaty
    quote: opened an embassy in Ottawa in 1928
    words: "1928"
- id: lumber-imports
  topic: trade
  subject: japan
  relation: import
  label: {en: Japan's lumber imports, fr: Importations de bois du Japon, ja: 日本の木材輸入額}
  as_of: 2021
  quantity: {number: 3e9, unit: dollars, currency: CAD}
  evidence:
  - document: treaty
    quote: imports of lumber reached $3 billion in 2021
    words: $3 billion
- id: council-meets
  topic: trade
  subject: council
  relation: trade
  label: {en: Meetings of the Maple Council, fr: Réunions du Conseil de l'érable, ja: メープル評議会の開催}
  statement: {en: meets every spring, fr: chaque printemps, ja: 毎年春}
  evidence:
  - document: treaty
    quote: The Maple Council meets every spring
    words: meets every spring
`)},
	"asks/treaty.jsonl": {Data: []byte(`{"document": "treaty", "sentence": "Canada exports maple syrup to Japan.", "asks": {"en": ["what sweet thing do they ship over the ocean"], "fr": ["que vend-on aux Japonais"], "ja": ["何を売っているのか"]}}
`)},
	"near-misses/treaty.jsonl": {Data: []byte(`{"lang": "en", "question": "what sweet thing does Norway ship", "misses": "entity", "near": "Canada exports maple syrup to Japan.", "lacking": "Norway", "document": "treaty"}
{"lang": "en", "question": "tell me a sweet joke", "misses": "chit-chat", "near": "", "lacking": "a joke", "document": ""}
`)},
}

func load(t testing.TB) *corpus.Corpus {
	c, err := corpus.Load(small)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func temp(t testing.TB) *Index {
	x, err := Temp(t.Context(), load(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func find(t testing.TB, x *Index, q Query) Result {
	t.Helper()
	r, err := x.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSearch(t *testing.T) {
	x := temp(t)
	for _, test := range []struct {
		lang corpus.Lang
		text string
		want string // start of the best sentence
	}{
		{corpus.English, "who EXPORTED syrup?", "Canada exports"},
		{corpus.English, "Japan’s embassies", "Japan opened"},
		{corpus.English, "US embassy", "The US"},
		{corpus.English, "when does the council meet", "The Maple Council"},
		{corpus.English, "what do they sell abroad", "Canada exports"}, // by concept alone
		{corpus.French, "À quelle saison se reunissent les conseils", "The Maple Council"},
		{corpus.French, "l'ambassade", "Japan opened"},
		{corpus.French, "Ottawa 1928", "Japan opened"},
		{corpus.Japanese, "木", "Japan's imports"}, // one kanji of a compound
		{corpus.Japanese, "輸入額", "Japan's imports"},
		{corpus.Japanese, "ﾒｰﾌﾟﾙｼﾛｯﾌﾟ", "Canada exports"}, // half width
		{corpus.Japanese, "シロップ", "Canada exports"},
		{corpus.Japanese, "さくら", "さくらまつり"},
		{corpus.Japanese, "東京の自動車", "自動車工場"},
		{corpus.Japanese, "車", "自動車工場"},
		{corpus.Japanese, "１９２８年", "Japan opened"},
		{corpus.English, "まつり", ""}, // Japanese script in an English question is no English word
	} {
		r := find(t, x, Query{Lang: test.lang, Text: test.text})
		got := ""
		if len(r.Sentences) > 0 {
			got = x.corpus.Sentences[r.Sentences[0].N].Text
		}
		if !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s %q: %q, want %q", test.lang, test.text, got, test.want)
		}
	}
}

// 日 alone stands in every sentence with 日本.
func TestOneKanji(t *testing.T) {
	x := temp(t)
	r := find(t, x, Query{Lang: corpus.Japanese, Text: "日"})
	var got []int
	for _, h := range r.Sentences {
		if h.Signals.Coverage > 0 {
			got = append(got, x.corpus.Sentences[h.N].Place)
		}
	}
	slices.Sort(got)
	if want := []int{1, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("日 stands in sentences %v, want %v", got, want)
	}
}

func TestOpposite(t *testing.T) {
	x := temp(t)
	r := find(t, x, Query{Lang: corpus.English, Text: "imports"})
	for _, h := range r.Sentences {
		want := 0.0
		if strings.HasPrefix(x.corpus.Sentences[h.N].Text, "Canada exports") {
			want = 1
		}
		if h.Signals.Opposite != want {
			t.Errorf("%q: opposite %v", x.corpus.Sentences[h.N].Text, h.Signals.Opposite)
		}
	}
}

func TestQuestions(t *testing.T) {
	x := temp(t)
	r := find(t, x, Query{Lang: corpus.English, Text: "what sweet things do they ship?"})
	if len(r.Questions) < 2 {
		t.Fatalf("questions: %v", r.Questions)
	}
	first, second := x.Question(r.Questions[0].N), x.Question(r.Questions[1].N)
	if first.Sentence == nil || first.Sentence.Place != 1 || second.NearMiss == nil || second.NearMiss.Misses != "entity" {
		t.Errorf("nearest %+v and %+v", first, second)
	}
	same := find(t, x, Query{Lang: corpus.English, Text: x.Question(0).Text}).Questions
	if len(same) == 0 || same[0].N != 0 || same[0].Score < .7 || same[0].Score > 1.0001 {
		t.Errorf("a labelled question finds itself at %v", same)
	}
	asked := find(t, x, Query{Lang: corpus.French, Text: "depuis quand est-il représenté ?"}).Questions
	if len(asked) == 0 || x.Question(asked[0].N).Fact == nil || x.Question(asked[0].N).Fact.ID != "embassy-opened" {
		t.Errorf("a fact's own ask: %v", asked)
	}
	for _, q := range []Query{
		{Lang: corpus.English, Text: "lumber imports"},
		{Lang: corpus.French, Text: "importations de bois"},
		{Lang: corpus.Japanese, Text: "木材の輸入"},
	} {
		asked := find(t, x, q).Questions
		if len(asked) == 0 || x.Question(asked[0].N).Fact == nil || x.Question(asked[0].N).Fact.ID != "lumber-imports" {
			t.Errorf("%s: a fact's label is no question for it: %v", q.Text, asked)
		}
	}
}

func TestDocuments(t *testing.T) {
	x := temp(t)
	for _, test := range []struct {
		documents []string
		sentences bool
		questions int
	}{
		{nil, true, 2},
		{[]string{"treaty"}, true, 2}, // without the near miss that belongs to no document
		{[]string{"seibu"}, false, 0},
		{[]string{"no such"}, false, 0},
		{[]string{}, false, 0},
	} {
		r := find(t, x, Query{Lang: corpus.English, Text: "sweet thing to ship, imports of lumber, joke", Documents: test.documents})
		want := test.questions
		if test.documents == nil {
			want++
		}
		misses := 0
		for _, h := range r.Questions {
			if q := x.Question(h.N); q.Lang == corpus.English && strings.Contains(q.Text, "sweet") {
				misses++
			}
		}
		if got := len(r.Sentences) > 0; got != test.sentences || misses != want {
			t.Errorf("%v: %d sentences, %d sweet questions", test.documents, len(r.Sentences), misses)
		}
		for _, h := range r.Sentences {
			if id := x.corpus.Sentences[h.N].Passage.Document.ID; test.documents != nil && !slices.Contains(test.documents, id) {
				t.Errorf("%v: a sentence of %s", test.documents, id)
			}
		}
	}
}

// many is a corpus with more passages than are weighed, so that Bleve finds them.
func many() *corpus.Corpus {
	c := &corpus.Corpus{Digest: "many"}
	for i := range 2 * passagesFound {
		d := &corpus.Document{ID: fmt.Sprintf("dir %d/file %d", i%2, i), Title: fmt.Sprintf("File %d", i), Lang: corpus.English}
		text := fmt.Sprintf("The harbour of village number%d is deep.", i)
		p := &corpus.Passage{N: i, Document: d, Text: text}
		s := &corpus.Sentence{N: i, Passage: p, Place: 1, Text: text}
		p.Sentences, d.Passages = []*corpus.Sentence{s}, []*corpus.Passage{p}
		c.Documents, c.Passages, c.Sentences = append(c.Documents, d), append(c.Passages, p), append(c.Sentences, s)
	}
	return c
}

func TestPlainCorpus(t *testing.T) {
	c := many()
	x, err := Temp(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, n := range []int{0, 7, 2*passagesFound - 1} {
		r := find(t, x, Query{Lang: corpus.English, Text: fmt.Sprintf("harbours of number%d", n)})
		if len(r.Sentences) == 0 || r.Sentences[0].N != n {
			t.Errorf("number%d: %v", n, r.Sentences)
		}
		if len(r.Questions) > 0 {
			t.Errorf("number%d: %v", n, r.Questions)
		}
	}
	one := c.Documents[11].ID
	r := find(t, x, Query{Lang: corpus.English, Text: "deep harbour", Documents: []string{one}, Limit: maxLimit})
	if len(r.Sentences) != 1 || r.Sentences[0].N != 11 {
		t.Errorf("only %q: %v", one, r.Sentences)
	}
	r = find(t, x, Query{Lang: corpus.Japanese, Text: "number42の港"})
	if len(r.Sentences) == 0 || r.Sentences[0].N != 42 {
		t.Errorf("a number in a Japanese question: %v", r.Sentences)
	}
}

func TestHostileQueries(t *testing.T) {
	x := temp(t)
	for _, text := range []string{
		"", " ", "\x00", "\xff\xfe", `"`, `title:"Canada" AND -x`, "*", "?*~2^3", "/.*/", "pen:canada", "((((", "Canada\\", "+-&|!(){}[]^\"~*?:\\/",
		strings.Repeat("a", 10_000), strings.Repeat("embassy ", 10_000), strings.Repeat("日本", 5_000), strings.Repeat("\u0301", 10_000),
		strings.Repeat("٣", 300), "ﷺ", "ﾞ", strings.Repeat("ｶﾞ", 100), "it is the of", "\u202eabc",
	} {
		for _, lang := range append(slices.Collect(langs()), "", "xx") {
			r := find(t, x, Query{Lang: lang, Text: text, Limit: 1 << 40})
			for _, h := range r.Sentences {
				if h.Score != h.Score || h.Signals.Coverage > 1.0001 {
					t.Errorf("%.20q: %+v", text, h)
				}
			}
			x.Complete(text, lang, 25)
			x.Concepts(lang, text)
		}
	}
	words := make([]string, 0, 500)
	for i := range 500 {
		words = append(words, fmt.Sprint("w", i))
	}
	r := find(t, x, Query{Lang: corpus.English, Text: "embassy " + strings.Join(words, " ")})
	if len(r.Sentences) == 0 {
		t.Error("a word among many is not found")
	}
}

func langs() func(func(corpus.Lang) bool) {
	return func(yield func(corpus.Lang) bool) {
		for _, l := range corpus.Langs() {
			if !yield(l) {
				return
			}
		}
	}
}

func TestSearchStopsWithItsContext(t *testing.T) {
	x := temp(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(ctx, Query{Lang: corpus.English, Text: "embassy"}); !errors.Is(err, context.Canceled) {
		t.Errorf("search: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "index")
	if err := Build(ctx, dir, x.corpus, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("build: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a cancelled build leaves %s: %v", dir, err)
	}
}

func TestBuildAndOpen(t *testing.T) {
	c := load(t)
	dir := filepath.Join(t.TempDir(), "index")
	last := 0
	if err := Build(t.Context(), dir, c, func(done, total int) { last = total - done }); err != nil || last != 0 {
		t.Fatal(err, last)
	}
	if err := Build(t.Context(), dir, c, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("build over an index: %v", err)
	}
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	for range 2 { // open twice at once, as two processes do
		x, err := Open(moved, c)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if r := find(t, x, Query{Lang: corpus.English, Text: "embassy"}); len(r.Questions) == 0 || len(r.Sentences) == 0 {
			t.Errorf("found %v", r)
		}
	}
}

func TestOpenDamaged(t *testing.T) {
	c := load(t)
	dir := filepath.Join(t.TempDir(), "index")
	if err := Build(t.Context(), dir, c, nil); err != nil {
		t.Fatal(err)
	}
	other := *c
	other.Digest = "other"
	if _, err := Open(dir, &other); !errors.Is(err, ErrDamaged) {
		t.Errorf("another corpus: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "nothing"), c); !errors.Is(err, ErrDamaged) {
		t.Errorf("no directory: %v", err)
	}
	var files []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"empty": {}, "half": whole[:len(whole)/2], "one byte": flipped(whole), "gone": nil} {
			if data == nil {
				err = os.Remove(file)
			} else {
				err = os.WriteFile(file, data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			if x, err := Open(dir, c); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s %s: %v", filepath.Base(file), name, err)
				if x != nil {
					x.Close()
				}
			}
			if err := os.WriteFile(file, whole, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	x, err := Open(dir, c)
	if err != nil {
		t.Fatal(err)
	}
	x.Close()
}

func flipped(whole []byte) []byte {
	data := slices.Clone(whole)
	data[len(data)*2/3] ^= 1
	return data
}

func TestTempLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	x, err := Temp(t.Context(), load(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if _, err := Temp(t.Context(), &corpus.Corpus{}); err == nil {
		t.Error("an empty corpus is indexed")
	}
	if x, err = Start(t.Context(), load(t)); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil { // perhaps before it is built
		t.Error(err)
	}
	if _, err := x.Search(t.Context(), Query{Lang: corpus.English, Text: "lumber"}); err == nil {
		t.Error("a closed index finds something")
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("after a failure: left %v, %v", left, err)
	}
}

func TestRead(t *testing.T) {
	x := temp(t)
	for _, l := range corpus.Langs() {
		for _, text := range []string{"", "the embassy of Japan sells lumber", "l'ambassade du Japon", "カナダから日本への輸出"} {
			tokens, concepts := x.Read(l, text)
			if !slices.Equal(tokens, Analyze(l, text)) || !slices.Equal(concepts, x.Concepts(l, text)) {
				t.Errorf("%s %q: read %v, %v", l, text, tokens, concepts)
			}
		}
	}
}

// TestStart searches an index that may still be being built.
func TestStart(t *testing.T) {
	x, err := Start(t.Context(), load(t))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(over, Query{Lang: corpus.English, Text: "lumber"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search: %v", err)
	}
	if r := find(t, x, Query{Lang: corpus.English, Text: "lumber"}); len(r.Sentences) == 0 || len(r.Questions) == 0 {
		t.Errorf("found %v", r)
	}
}

func TestConcepts(t *testing.T) {
	x := temp(t)
	for _, test := range []struct {
		lang       corpus.Lang
		text, want string
	}{
		{corpus.English, "Who ships to JAPAN, and what are Canada's exports?", "export:ships to japan:JAPAN canada:Canada's export:exports"},
		{corpus.English, "the maple councils, and maples", "council:maple councils"},
		{corpus.English, "Is 日本 an importer", "japan:日本 import:importer"},
		{corpus.French, "Qui vend à l’étranger et au Japon ? Le MC, l'ambassade", "japan:Japon council:MC embassy:ambassade"},
		{corpus.French, "le pays du soleil levant", "japan:pays du soleil levant"},
		{corpus.Japanese, "メープル評議会とMCは日本の参加国、日と加。", "council:メープル評議会 council:MC japan:日本 japan:日 canada:加"},
		{corpus.Japanese, "ｶﾅﾀﾞはカナダン人にNIHONの輸出入", "canada:ｶﾅﾀﾞ japan:NIHON export:輸出"},
		{corpus.Japanese, "The Maple   Country nihonjin", "canada:The Maple   Country"},
	} {
		var got []string
		for _, m := range x.Concepts(test.lang, test.text) {
			got = append(got, m.Concept.ID+":"+test.text[m.Start:m.End])
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s %q:\n got %s\nwant %s", test.lang, test.text, s, test.want)
		}
	}
}

func TestAnalyze(t *testing.T) {
	for _, test := range []struct {
		lang       corpus.Lang
		text, want string
	}{
		{corpus.English, "Japan’s Café-owners don't run 1,200 U.S. trains in the 1990s", "japan cafe owner (dont) run 1200 US train (in) (the) 1990"},
		{corpus.English, "the US and WHO told us who", "(the) US (and) WHO told (us) (who)"},
		{corpus.English, "WHO IS IT", "(who) (is) (it)"},
		{corpus.French, "L’État d'aujourd’hui : 600\u00a0000 œuvres créées", "(l) etat (d) (aujourd) (hui) 600000 oeuvr cre"},
		{corpus.Japanese, "日本のｶﾞｽ", "日 日本 本 本の (の) ガス"},
		{corpus.Japanese, "２０２１年 CPTPP", "2021 年 cptpp"},
		{corpus.Japanese, "カナダ", "カナ ナダ カナダ"},
		{corpus.Japanese, "か\u3099く", "がく"},
	} {
		var got []string
		for _, token := range Analyze(test.lang, test.text) {
			if token.Stop {
				token.Term = "(" + token.Term + ")"
			}
			got = append(got, token.Term)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s %q:\n got %s\nwant %s", test.lang, test.text, s, test.want)
		}
	}
}

func TestComplete(t *testing.T) {
	x := temp(t)
	for _, test := range []struct {
		lang         corpus.Lang
		prefix, want string
	}{
		{corpus.English, "", "Opening of Japan's embassy in Ottawa|Japan's lumber imports"},
		{corpus.English, "jap", "Japan's lumber imports|Opening of Japan's embassy in Ottawa"},
		{corpus.English, "  LUMBER  im", "Japan's lumber imports"},
		{corpus.English, "umber", "Japan's lumber imports"},
		{corpus.English, "japan import", "Japan's lumber imports"},
		{corpus.French, "reunion", "Réunions du Conseil de l'érable"},
		{corpus.French, "大使館", "Ouverture de l'ambassade du Japon à Ottawa"},
		{corpus.Japanese, "めーぷる", "メープル評議会の開催"},
		{corpus.Japanese, "ｵﾀﾜ", "オタワの日本大使館の開設"},
		{corpus.Japanese, "nihon", "オタワの日本大使館の開設|日本の木材輸入額"},
		{corpus.Japanese, "zzz", ""},
		{corpus.English, "\n", "Opening of Japan's embassy in Ottawa|Japan's lumber imports"},
	} {
		var got []string
		for _, c := range x.Complete(test.prefix, test.lang, 25) {
			got = append(got, c.Label)
		}
		if s := strings.Join(got, "|"); s != test.want {
			t.Errorf("%s %q:\n got %s\nwant %s", test.lang, test.prefix, s, test.want)
		}
	}
	if got := x.Complete("a", corpus.English, 1); len(got) != 1 {
		t.Errorf("one choice: %v", got)
	}
	if got := x.Complete("a", corpus.English, -1); len(got) != 0 {
		t.Errorf("no choice: %v", got)
	}
}

func TestVocabulary(t *testing.T) {
	x := temp(t)
	for word, want := range map[string]bool{"EMBASSY": true, "sweet": true, "embasy": false, "sirop": false} {
		if n := x.Known(corpus.English, word); (n > 0) != want {
			t.Errorf("%s is known %d times", word, n)
		}
	}
	n := 0
	for word, count := range x.Vocabulary(corpus.French) {
		if word == "" || count <= 0 {
			t.Errorf("%q stands %d times", word, count)
		}
		n++
	}
	if n < 20 || x.Known(corpus.French, "érable") == 0 {
		t.Errorf("%d French words", n)
	}
}

// closer counts what is open, and fails a use after Close.
type closer struct {
	closed atomic.Bool
	open   *atomic.Int64
}

func (c *closer) Close() error {
	if c.closed.Swap(true) {
		return errors.New("closed twice")
	}
	c.open.Add(-1)
	return nil
}

func TestLive(t *testing.T) {
	var open atomic.Int64
	fresh := func() *closer { open.Add(1); return &closer{open: &open} }
	live := NewLive(fresh())
	held, release := live.Acquire()
	if err := live.Swap(fresh()); err != nil || held.closed.Load() || open.Load() != 2 {
		t.Fatal("a value is closed while it is held", err)
	}
	release()
	release()
	if !held.closed.Load() || open.Load() != 1 {
		t.Fatal("the last release does not close")
	}
	if err := live.Close(); err != nil || open.Load() != 0 {
		t.Fatal(err, open.Load())
	}
	if v, release := live.Acquire(); v != nil {
		t.Error("a closed Live gives a value")
	} else {
		release()
	}
	if err := errors.Join(live.Close(), live.Swap(fresh())); err != nil || open.Load() != 0 {
		t.Error("after Close", err, open.Load())
	}
}

func TestLiveUnderLoad(t *testing.T) {
	c := load(t)
	fresh := func() *Index {
		x, err := Temp(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	live := NewLive(fresh())
	stop := make(chan struct{})
	var wait sync.WaitGroup
	var asked atomic.Int64
	for range 8 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				x, release := live.Acquire()
				r, err := x.Search(t.Context(), Query{Lang: corpus.English, Text: "lumber imports"})
				if err != nil || len(r.Sentences) == 0 || len(r.Questions) == 0 {
					t.Errorf("search during a swap: %v, %v", r, err)
				}
				release()
				asked.Add(1)
			}
		})
	}
	for range 25 {
		if err := live.Swap(fresh()); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wait.Wait()
	if err := live.Close(); err != nil || asked.Load() == 0 {
		t.Error(err, asked.Load())
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, text := range []string{"Japan’s U.S. 1,200", "l’État 600 000", "ｶﾞ日本のカナダ", "\u0301\u3099", "\xff日\xff", "ﷺ ①"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range corpus.Langs() {
			for _, token := range Analyze(lang, text) {
				if token.Start < 0 || token.Start >= token.End || token.End > len(text) || text[token.Start:token.End] != token.Surface {
					t.Fatalf("%s: %+v in %q", lang, token, text)
				}
				if token.Term == "" || len(token.Term) > maxTerm || strings.ContainsAny(token.Term, " \n\t") {
					t.Fatalf("%s: term %q in %q", lang, token.Term, text)
				}
				if utf8.ValidString(text) && !utf8.ValidString(token.Term) {
					t.Fatalf("%s: term %q in %q", lang, token.Term, text)
				}
			}
		}
	})
}

func FuzzConcepts(f *testing.F) {
	for _, text := range []string{"ships to JAPAN", "メープル評議会とMCは日本", "ｶﾅﾀﾞ", "the Maple\xff Country", "Is 日本 an importer", "İİ"} {
		f.Add(text)
	}
	x := temp(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range corpus.Langs() {
			end, start := 0, 0
			for _, m := range x.Concepts(lang, text) {
				if m.Start < start || m.Start >= m.End || m.End > len(text) || m.Start != start && m.Start < end {
					t.Fatalf("%s: %d to %d in %q", lang, m.Start, m.End, text)
				}
				start, end = m.Start, m.End
			}
		}
	})
}
