package corpus

import (
	"errors"
	"io/fs"
	"os"
	"slices"
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
