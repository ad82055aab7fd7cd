package corpus

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestSkeletons loads the skeletons together: each is right as it stands.
func TestSkeletons(t *testing.T) {
	fsys := fstest.MapFS{}
	places := map[string]string{"document": "documents/my-document.md", "fact": "facts/my.yaml", "concept": "lexicon/my.yaml"}
	for _, kind := range Kinds() {
		text, ok := Skeleton(kind, "")
		if !ok || !strings.Contains(text, "my-"+kind) {
			t.Fatalf("%s: %t %q", kind, ok, text)
		}
		if place := places[kind]; place != "" {
			fsys[place] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	c, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Fact("my-fact"); !ok {
		t.Error("the fact is missing")
	}

	// A brief and its source.
	document, _ := Skeleton("document", "harbour")
	document = regexp.MustCompile(`(?m)^(?:side|kind): .*\n`).ReplaceAllString(document, "")
	document = strings.Replace(document, "# brief: true", "brief: true", 1)
	document = document[:strings.Index(document, "## A heading")] + "It opened in 1929. [^my-source]\n"
	source, _ := Skeleton("source", "")
	fsys = fstest.MapFS{"documents/harbour.md": {Data: []byte(document)}, "sources.yaml": {Data: []byte(source)}}
	c, err = Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := c.Sentence("harbour/1"); !ok || len(s.Sources) != 1 {
		t.Errorf("the brief's sentence is %+v", s)
	}
	if _, ok := Skeleton("whale", ""); ok {
		t.Error("there is a skeleton of a whale")
	}
}

// TestReadmeExamples loads what content/README.md shows: the code blocks that begin with the name of their file.
func TestReadmeExamples(t *testing.T) {
	readme, err := os.ReadFile("content/README.md")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, m := range regexp.MustCompile("(?ms)^`([a-z./-]+)`\n\n```\\w*\n(.*?)^```$").FindAllStringSubmatch(string(readme), -1) {
		fsys[m[1]] = &fstest.MapFile{Data: []byte(m[2])}
	}
	c, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Documents) != 1 || len(c.Documents[0].Translations) != 1 || len(c.Facts) != 1 || len(c.Sources) == 0 || len(c.Concepts) == 0 || len(c.Golden) == 0 {
		t.Errorf("the examples lack something: %s", dump(c))
	}
}
