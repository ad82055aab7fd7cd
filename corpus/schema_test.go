package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// schemaFiles are the JSON Schemas beside the shipped corpus, with which an editor completes and checks its YAML files: what each is of, and
// the files that it is for.
var schemaFiles = []struct {
	name, files string
	entry       object
}{
	{"facts.schema.json", "facts/*.yaml", object{"fact", "Fact", "- {%s}", func(r *reader, data []byte) { r.facts(data) }}},
	{"lexicon.schema.json", "lexicon/*.yaml", object{"concept", "Concept", "- {%s}", func(r *reader, data []byte) { r.concepts(data) }}},
	{"sources.schema.json", "sources.yaml", object{"source", "Source", "- {%s}", func(r *reader, data []byte) { r.sources(data) }}},
	{"golden.schema.json", "golden.yaml", object{"golden question", "Golden", "- {%s}", func(r *reader, data []byte) { r.golden(data) }}},
	{"document.schema.json", "", object{"front matter", "Document", "{%s}", func(r *reader, data []byte) { r.header(string(data), true) }}},
}

// object is a mapping of the format. Its keys, which of them are required and their closed sets of values are what its reader says of
// a wrong one; their types and descriptions are those of the fields of a Go type.
type object struct {
	what   string // what messages call it
	goType string
	form   string // YAML, with the mapping's content left out
	read   func(*reader, []byte)
}

func (o object) problems(content string) string {
	r := &reader{}
	o.read(r, fmt.Appendf(nil, o.form, content))
	var b strings.Builder
	for _, p := range r.problems {
		b.WriteString(p.Message + "\n")
	}
	return b.String()
}

// said gives what a message about the object says at the group of a pattern, for each such message.
func (o object) said(content, pattern string) (found []string) {
	for _, m := range regexp.MustCompile(`(?m)^`+o.what+`: `+pattern+`$`).FindAllStringSubmatch(o.problems(content), -1) {
		found = append(found, m[1])
	}
	return found
}

// goField is a field of a Go type with its comment.
type goField struct{ typ, comment string }

// goTypes reads the fields of the struct types in the files, by type and by key.
func goTypes(t *testing.T, files ...string) map[string]map[string]goField {
	t.Helper()
	found := map[string]map[string]goField{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				fields := map[string]goField{}
				for _, field := range s.Fields.List {
					comment := strings.Join(strings.Fields(field.Doc.Text()+" "+field.Comment.Text()), " ")
					for _, name := range field.Names {
						fields[keyOf(name.Name)] = goField{types.ExprString(field.Type), comment}
					}
				}
				found[spec.Name.Name] = fields
			}
			return true
		})
	}
	return found
}

// keyOf gives the key under which a field stands in a file.
func keyOf(field string) string {
	switch field {
	case "SupersedesSentences":
		return "supersedes_sentence"
	case "ID", "URL":
		return strings.ToLower(field)
	}
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(field, "${1}_${2}"))
}

// schema is a JSON Schema or a part of one.
type schema = map[string]any

// plainText is what the reader takes as it is written.
func plainText() schema { return schema{"type": []string{"string", "number", "boolean"}} }

// perLang is a mapping of the three languages.
func perLang(of func() schema, required bool) schema {
	s := schema{"type": "object", "additionalProperties": false, "properties": schema{"en": of(), "fr": of(), "ja": of()}}
	if required {
		s["required"] = []string{"en", "fr", "ja"}
	}
	return s
}

// listOf is a list that is not empty.
func listOf(items schema) schema { return schema{"type": "array", "minItems": 1, "items": items} }

// ofType gives the schema of a value of a Go type, where that is no struct.
func ofType(typ string) schema {
	switch typ {
	case "string", "*Document":
		return plainText()
	case "Lang":
		return schema{"type": "string"}
	case "Date":
		return schema{"type": []string{"string", "integer"}, "pattern": `^\d{4}(-\d\d(-\d\d)?)?$`}
	case "int":
		return schema{"type": "integer", "minimum": 1}
	case "float64":
		return schema{"type": "number"}
	case "bool":
		return schema{"type": "boolean"}
	case "Text":
		return perLang(plainText, true)
	case "[]Text":
		return listOf(perLang(plainText, true))
	case "map[Lang][]string":
		return perLang(func() schema { return listOf(plainText()) }, false)
	case "[]string", "[]*Fact", "[]*Sentence":
		return schema{"anyOf": []schema{plainText(), listOf(plainText())}}
	}
	return nil
}

// extra are the keys that are no field of their type, with the type of their value.
var extra = map[string]goField{
	"front matter: language":   {"Lang", "language of the text: en, fr or ja"},
	"golden question: lang":    {"Lang", "language of the question: en, fr or ja"},
	"concept: en":              {"list", "its names and synonyms in English, the preferred one first"},
	"concept: fr":              {"list", "its names and synonyms in French, the preferred one first"},
	"concept: ja":              {"list", "its names and synonyms in Japanese, the preferred one first; rōmaji too"},
	"fact: list":               {"[]Text", "an enumeration whose every item is stated"},
	"fact: date":               {"Date", "a year, a year and month, or a day"},
	"fact: definition":         {"Text", "what something is or what an abbreviation stands for"},
	"fact: reason":             {"Text", "why, for what purpose or to what effect"},
	"fact: statement":          {"Text", "anything else that is stated"},
	"fact: evidence: document": {"string", "id of the document"},
	"fact: evidence: sentence": {"int", "the sentence's place in its document, where the quote occurs more than once"},
	"fact: name: en":           {"string", "the name in English"},
	"fact: name: fr":           {"string", "the name in French"},
	"fact: name: ja":           {"string", "the name in Japanese"},
}

// schema gives the JSON Schema of the object.
func (o object) schema(t *testing.T, known map[string]map[string]goField) schema {
	t.Helper()
	keys := o.said("zzz: zzz", `unknown key "zzz"; use one of (.*)`)
	if len(keys) != 1 {
		t.Fatalf("the reader of a %s does not list its keys: %s", o.what, o.problems("zzz: zzz"))
	}
	properties := schema{}
	for _, key := range strings.Split(keys[0], ", ") {
		properties[key] = o.property(t, known, key)
	}
	s := schema{"type": "object", "additionalProperties": false, "properties": properties}
	required := o.said("", `"(\w+)" is missing; add it`)
	if len(required) > 0 {
		slices.Sort(required)
		s["required"] = slices.Compact(required)
	}
	if kinds := o.said("", `has no value; add one of (.*)`); len(kinds) == 1 {
		var one []schema
		for _, kind := range strings.Split(kinds[0], ", ") {
			one = append(one, schema{"required": []string{kind}})
		}
		s["oneOf"] = one
	}
	return s
}

func (o object) property(t *testing.T, known map[string]map[string]goField, key string) schema {
	t.Helper()
	field, ok := known[o.goType][key]
	if more, isExtra := extra[o.what+": "+key]; isExtra {
		field, ok = more, true
	}
	in := object{o.what + ": " + key, strings.ToUpper(key[:1]) + key[1:], "", o.read}
	var s schema
	switch {
	case in.goType == "Evidence" || in.goType == "Points":
		in.goType = map[string]string{"Evidence": "Evidence", "Points": "Point"}[in.goType]
		in.form = fmt.Sprintf(o.form, key+": [{%s}, {}]")
		s = listOf(in.schema(t, known))
	case known[in.goType] != nil && !ok: // a kind of value
		in.form = fmt.Sprintf(o.form, key+": {%s}")
		s = in.schema(t, known)
	case ok && field.typ == "list":
		s = listOf(plainText())
	case ok:
		s = ofType(field.typ)
	}
	if s == nil {
		t.Fatalf("%s: key %q has no type in Go", o.what, key)
	}
	if len(o.said(key+": zzz", `"`+key+`" is a text; (write a list): \[one, two\]`)) > 0 && s["anyOf"] != nil {
		s = listOf(plainText())
	}
	if allowed := o.said(key+": zzz", `"`+key+`" is "zzz"; use one of (.*)`); len(allowed) == 1 && field.typ != "bool" {
		s = schema{"enum": strings.Split(allowed[0], ", ")}
	}
	if o.said(key+": Z Z", `"`+key+`" is "Z Z"; (use small letters) .*`) != nil {
		s = schema{"type": []string{"string", "integer", "boolean"}, "pattern": slug.String()} // an id may be "true"
	}
	if field.comment != "" {
		s["description"] = field.comment
	}
	return s
}

// TestSchemas holds the schemas to the readers and the types, and what ships to the schemas; -update renews them.
func TestSchemas(t *testing.T) {
	known := goTypes(t, "corpus.go", "fact.go")
	for _, file := range schemaFiles {
		s := file.entry.schema(t, known)
		if file.files != "" {
			s = schema{"type": "array", "items": s}
		}
		s["$schema"] = "http://json-schema.org/draft-07/schema#"
		s["title"] = "Kaede: " + file.entry.what
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		name := "content/" + file.name
		if *update {
			if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%s is not current; run go test ./corpus -run Schemas -update", name)
		}
		checkSchema(t, file.name, file.files, Shipped())
		checkSchema(t, file.name, file.files, archive(t, "testdata/good.txtar", fstest.MapFS{}))
	}
}

// checkSchema validates the files of a corpus that match a pattern; of documents, their front matter.
func checkSchema(t *testing.T, name, pattern string, fsys fs.FS) {
	t.Helper()
	compiled := jsonschema.NewCompiler().MustCompile("content/" + name)
	front := pattern == ""
	if front {
		pattern = "documents/*.md"
	}
	files, err := fs.Glob(fsys, pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			t.Fatal(err)
		}
		if front {
			header, _, _, _ := frontMatter(string(data))
			if strings.Contains(header, "translates:") {
				continue
			}
			data = []byte(header)
		}
		var node yaml.Node
		if err := yaml.Unmarshal(data, &node); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		datesAsTexts(&node)
		var v any
		if err := node.Decode(&v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(instance); err != nil {
			t.Errorf("%s is valid and yet against %s: %v", file, name, err)
		}
	}
}

// datesAsTexts reads dates as editors do, which follow YAML 1.2.
func datesAsTexts(n *yaml.Node) {
	if n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		datesAsTexts(c)
	}
}

// TestSchemasRefuse has what the schemas must not let through, by what is wrong with it.
func TestSchemasRefuse(t *testing.T) {
	const fact = `{"id":"a","topic":"b","subject":"c","relation":"d","label":{"en":"A","fr":"B","ja":"C"},"evidence":[{"document":"e","quote":"f","words":"f"}]`
	for name, test := range map[string]struct{ schema, value string }{
		"unknown key":    {"facts", fact + `,"date":1929,"colour":"red"}`},
		"no value":       {"facts", fact + `}`},
		"two values":     {"facts", fact + `,"date":1929,"reason":{"en":"A","fr":"B","ja":"C"}}`},
		"no unit":        {"facts", fact + `,"quantity":{"number":1}}`},
		"no point":       {"facts", fact + `,"series":{"unit":"x","points":[{"at":2019}]}}`},
		"no Japanese":    {"facts", fact + `,"reason":{"en":"A","fr":"B"}}`},
		"wrong side":     {"facts", fact + `,"date":1929,"side":"moon"}`},
		"wrong date":     {"facts", fact + `,"date":"21 May 1929"}`},
		"wrong id":       {"sources", `{"id":"A B","title":"t","publisher":"p","seen":2026,"kind":"press","side":"japan"}`},
		"nothing at all": {"lexicon", `{}`},
		"history alone":  {"golden", `{"lang":"en","question":"q","history":"h","refuse":true}`},
	} {
		compiled := jsonschema.NewCompiler().MustCompile("content/" + test.schema + ".schema.json")
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader("[" + test.value + "]"))
		if err != nil {
			t.Fatal(err)
		}
		if compiled.Validate(instance) == nil {
			t.Errorf("%s: let through", name)
		}
	}
}
