package index

import (
	"path/filepath"
	"testing"

	"kaede/corpus"
)

// shipped gives the corpus that ships.
func shipped(b *testing.B) *corpus.Corpus {
	c, err := corpus.Load(corpus.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkBuild(b *testing.B) {
	c := shipped(b)
	for b.Loop() {
		if err := Build(b.Context(), filepath.Join(b.TempDir(), "index"), c, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	c := shipped(b)
	dir := filepath.Join(b.TempDir(), "index")
	if err := Build(b.Context(), dir, c, nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x, err := Open(dir, c)
		if err != nil {
			b.Fatal(err)
		}
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTemp(b *testing.B) {
	c := shipped(b)
	for b.Loop() {
		x, err := Temp(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// asked are questions as people type them.
var asked = []struct {
	lang corpus.Lang
	text string
}{
	{corpus.English, "When did Japan open its diplomatic mission in Ottawa?"},
	{corpus.English, "how much do Canadian companies sell to Japan every year"},
	{corpus.French, "Depuis quand le Canada a-t-il une ambassade au Japon ?"},
	{corpus.Japanese, "カナダから日本への輸出額はいくらですか。"},
}

func BenchmarkSearch(b *testing.B) {
	c := shipped(b)
	x, err := Temp(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	for _, q := range asked {
		b.Run(string(q.lang), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Search(b.Context(), Query{Lang: q.lang, Text: q.text}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkConcepts(b *testing.B) {
	x := newForward(shipped(b))
	for _, q := range asked {
		b.Run(string(q.lang), func(b *testing.B) {
			for b.Loop() {
				x.Concepts(q.lang, q.text)
			}
		})
	}
}

func BenchmarkComplete(b *testing.B) {
	x := newForward(shipped(b))
	for _, prefix := range []string{"", "tra", "かなだ", "nowhere to be found"} {
		b.Run(prefix, func(b *testing.B) {
			for b.Loop() {
				x.Complete(prefix, corpus.English, 25)
			}
		})
	}
}
