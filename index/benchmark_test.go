package index

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/search"

	"kaede/corpus"
)

var (
	benchmarks = flag.String("benchmarks", "", "folder of retrieval benchmarks to run")
	sets       = flag.String("sets", "squad-dev,squad-train,piaf-fr,jaquad-dev,jsquad-valid", "their names, with commas between")
	plain      = flag.Bool("plain", false, "measure Bleve's own analyzer too")
)

// TestBenchmarks prints quality, latency, build time and memory on the retrieval benchmarks, and with -plain what Bleve alone
// reaches there. French and Japanese are also shown on the half of the questions that no weight was fitted to.
//
//	go test ./index -run TestBenchmarks -v -timeout 30m -plain -benchmarks DIR -sets squad-dev,squad-train
func TestBenchmarks(t *testing.T) {
	if *benchmarks == "" {
		t.Skip("no -benchmarks")
	}
	for _, set := range strings.Split(*sets, ",") {
		c, questions, err := ReadBenchmark(filepath.Join(*benchmarks, set))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "index")
		start := time.Now()
		if err := Build(t.Context(), dir, c, nil); err != nil {
			t.Fatal(err)
		}
		build := time.Since(start)
		start = time.Now()
		x, err := Open(dir, c)
		if err != nil {
			t.Fatal(err)
		}
		open := time.Since(start)
		t.Logf("%s (%s), %d sentences: build %v, open %v", set, c.Documents[0].Lang, len(c.Sentences), build, open)
		measure := func(name string, questions []BenchmarkQuestion) {
			report, err := RunBenchmark(t.Context(), x, questions)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s:\n%v\n%s", name, report, resident())
		}
		measure("all questions", questions)
		held := heldOut(questions)
		if c.Documents[0].Lang != corpus.English {
			measure("held out", held)
		}
		if *plain {
			t.Logf("plain Bleve, all questions: %v", plainBleve(t, c, questions))
			if c.Documents[0].Lang != corpus.English {
				t.Logf("plain Bleve, held out: %v", plainBleve(t, c, held))
			}
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func heldOut(questions []BenchmarkQuestion) []BenchmarkQuestion {
	var held []BenchmarkQuestion
	for i, q := range questions {
		if !oddTenth(i, len(questions)) {
			held = append(held, q)
		}
	}
	return held
}

// plainBleve measures a match query over the sentences, with the analyzer that Bleve has for the language.
func plainBleve(t *testing.T, c *corpus.Corpus, questions []BenchmarkQuestion) Quality {
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = map[corpus.Lang]string{
		corpus.English: en.AnalyzerName, corpus.French: fr.AnalyzerName, corpus.Japanese: cjk.AnalyzerName,
	}[c.Documents[0].Lang]
	dir := filepath.Join(t.TempDir(), "plain")
	b, err := bleve.NewBuilder(dir, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Sentences {
		if err := b.Index(strconv.Itoa(s.N), map[string]string{"text": s.Text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := bleve.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	var quality Quality
	for _, q := range questions {
		if !q.Sample {
			continue
		}
		match := bleve.NewMatchQuery(q.Text)
		match.SetField("text")
		result, err := x.Search(bleve.NewSearchRequestOptions(match, 100, 0, false))
		if err != nil {
			t.Fatal(err)
		}
		quality.add(1 + slices.IndexFunc(result.Hits, func(h *search.DocumentMatch) bool {
			n, err := strconv.Atoi(h.ID)
			return err == nil && slices.Contains(q.Gold, n)
		}))
	}
	return quality
}

// resident tells the memory of the process where the system does.
func resident() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "memory not known"
	}
	var parts []string
	for _, line := range strings.Split(string(status), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && slices.Contains([]string{"VmHWM", "VmRSS", "RssAnon"}, name) {
			parts = append(parts, fmt.Sprintf("%s %s", name, strings.TrimSpace(value)))
		}
	}
	return strings.Join(parts, ", ")
}
