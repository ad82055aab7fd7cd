package bot

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// TestWords holds that every sentence is there in every locale, with the same placeholders.
func TestWords(t *testing.T) {
	files := make(map[string]map[string]string)
	for _, l := range locales {
		data, err := wordFiles.ReadFile(path.Join("words", l+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		words := make(map[string]string)
		if err := yaml.Unmarshal(data, &words); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		files[l] = words
	}
	entries, err := wordFiles.ReadDir("words")
	if err != nil || len(entries) != len(locales) {
		t.Errorf("%d files for %d locales (%v)", len(entries), len(locales), err)
	}
	placeholders := func(s string) []string {
		found := placeholder.FindAllString(s, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	first := files[locales[0]]
	for _, l := range locales {
		words := files[l]
		for _, id := range slices.Sorted(maps.Keys(first)) {
			switch s, ok := words[id]; {
			case !ok:
				t.Errorf("%s lacks %s", l, id)
			case strings.TrimSpace(s) == "":
				t.Errorf("%s: %s says nothing", l, id)
			case !slices.Equal(placeholders(s), placeholders(first[id])):
				t.Errorf("%s: %s has %q, but %q in %s", l, id, placeholders(s), placeholders(first[id]), locales[0])
			}
		}
		for id := range words {
			if _, ok := first[id]; !ok {
				t.Errorf("%s has %s, which %s lacks", l, id, locales[0])
			}
		}
	}
}

func TestSay(t *testing.T) {
	data := map[string]any{"Name": "maple"}
	seen := make(map[string]bool)
	for _, l := range []string{"en-US", "fr", "ja"} {
		s := Say(l, "error_not_found", data)
		if !strings.Contains(s, "maple") || strings.Contains(s, "{{") || seen[s] {
			t.Errorf("%s: %q", l, s)
		}
		seen[s] = true
	}
	for _, l := range []string{"en", "en-GB", "de", ""} {
		if s := Say(l, "error_not_found", data); s != Say("en-US", "error_not_found", data) {
			t.Errorf("%q: %q", l, s)
		}
	}
	if s := Say("fr", "no_such_sentence", nil); s != "no_such_sentence" {
		t.Errorf("an unknown sentence: %q", s)
	}
}
