package corpus

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestCoverage holds the corpus to the collected facts: each is stated by a sentence that rests on one of its sources, or is left out for a reason.
func TestCoverage(t *testing.T) {
	data, err := os.ReadFile("../../shared/corpus/factsheet.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("a bare clone has no fact sheet")
	}
	if err != nil {
		t.Fatal(err)
	}
	type source struct{ Title, URL string }
	var sheet []struct {
		ID          string
		Source      source
		Also        []source `yaml:"also_seen_in"`
		Disagreeing []source `yaml:"disagreeing_sources"`
	}
	if err := yaml.Unmarshal(data, &sheet); err != nil {
		t.Fatal(err)
	}
	c, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]Coverage{}
	for _, v := range c.Coverage {
		covered[v.ID] = v
	}
	missing := 0
	for _, fact := range sheet {
		v, ok := covered[fact.ID]
		delete(covered, fact.ID)
		if !ok {
			t.Errorf("%s: coverage.yaml does not say what became of it", fact.ID)
			missing++
			continue
		}
		rests := func(s *Sentence) bool {
			return !s.Passage.Document.Brief || slices.ContainsFunc(slices.Concat([]source{fact.Source}, fact.Also, fact.Disagreeing), func(from source) bool {
				return slices.ContainsFunc(s.Sources, func(x *Source) bool { return from.URL != "" && x.URL == from.URL || x.Title == from.Title })
			})
		}
		if v.LeftOut == "" && !slices.ContainsFunc(v.Sentences, rests) {
			t.Errorf("%s: none of its sentences rests on one of its sources: %q", fact.ID, v.Sentences[0].Text)
		}
	}
	for id := range covered {
		t.Errorf("%s: is in coverage.yaml and not in the fact sheet", id)
	}
	t.Logf("%d of %d collected facts are accounted for", len(sheet)-missing, len(sheet))
}

// TestThreeLanguages holds that what ships can be read in each language, and is as large as it is meant to be.
func TestThreeLanguages(t *testing.T) {
	c, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Sentences {
		for _, l := range []Lang{French, Japanese} {
			if s.Translation[l] == "" {
				t.Errorf("%s has no translation into %s", s.ID(), l)
			}
		}
	}
	if len(c.Facts) < 450 {
		t.Errorf("%d facts, want at least 450", len(c.Facts))
	}
	for _, d := range c.Documents {
		if !slices.ContainsFunc(c.Facts, func(f *Fact) bool { return f.Evidence[0].Sentence.Passage.Document == d }) {
			t.Errorf("no fact rests on %s", d.ID)
		}
	}
}

// TestGolden holds the golden questions of what ships to their number, and to being our own.
func TestGolden(t *testing.T) {
	c, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	normal := func(s string) string {
		return strings.ToLower(strings.Trim(strings.Join(strings.Fields(s), " "), " ?？。."))
	}
	asked := map[string]bool{}
	all, refused := map[Lang]int{}, map[Lang]int{}
	for _, g := range c.Golden {
		if len(g.History) == 0 && asked[normal(g.Question)] {
			t.Errorf("%q is asked twice", g.Question)
		}
		asked[normal(g.Question)] = true
		all[g.Lang]++
		if g.Refuse {
			refused[g.Lang]++
		}
	}
	if len(c.Golden) < 200 {
		t.Errorf("%d questions, want at least 200", len(c.Golden))
	}
	for _, l := range Langs() {
		if all[l] < 50 || refused[l] < 5 {
			t.Errorf("%s: %d questions, %d of them to be refused", l, all[l], refused[l])
		}
	}
	f, err := os.Open("../../shared/questions/dev.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("a bare clone has no other questions")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := json.NewDecoder(f); lines.More(); {
		var other struct{ Question string }
		if err := lines.Decode(&other); err != nil {
			t.Fatal(err)
		}
		if len(strings.Fields(other.Question)) > 0 && asked[normal(other.Question)] {
			t.Errorf("%q is not our own", other.Question)
		}
	}
}
