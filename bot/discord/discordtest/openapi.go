package discordtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A Spec is Discord's own description of its HTTP API. Its schemas are compiled when first needed and kept, so many
// Discords should share one; all may use it at once. A nil Spec accepts everything.
type Spec struct {
	mu       sync.Mutex
	doc      object
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // nil for an operation without that schema
}

// FindSpec reads shared/discord/openapi.json from the nearest directory above the working directory that has it. If none has
// it, both results are nil.
func FindSpec() (*Spec, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		raw, err := os.ReadFile(filepath.Join(dir, "shared", "discord", "openapi.json"))
		if err == nil {
			return newSpec(raw)
		}
		if filepath.Dir(dir) == dir {
			return nil, nil
		}
		dir = filepath.Dir(dir)
	}
}

func newSpec(raw []byte) (*Spec, error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	doc, ok := parsed.(object)
	if !ok {
		return nil, fmt.Errorf("the document is no object")
	}
	widen(doc)
	correctErrors(doc)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("spec.json", doc); err != nil {
		return nil, err
	}
	return &Spec{doc: doc, compiler: c, schemas: make(map[string]*jsonschema.Schema)}, nil
}

// widen lets default_member_permissions be a string of digits in requests, as Discord's documentation has it.
func widen(node any) {
	switch node := node.(type) {
	case []any:
		for _, one := range node {
			widen(one)
		}
	case object:
		if p, ok := node["default_member_permissions"].(object); ok {
			node["default_member_permissions"] = object{"anyOf": []any{p, object{"type": "string", "pattern": "^[0-9]+$"}}}
		}
		for _, one := range node {
			widen(one)
		}
	}
}

// correctErrors lets the codes inside an error's tree be words, which the document takes for numbers.
func correctErrors(doc object) {
	schemas := doc["components"].(object)["schemas"].(object)
	schemas["InnerErrors"].(object)["properties"].(object)["_errors"].(object)["items"] = object{"type": "object",
		"required": []any{"code", "message"}, "properties": object{"code": object{"type": "string"}, "message": object{"type": "string"}}}
}

// schema returns the compiled schema at a pointer into the document, nil if there is none.
func (s *Spec) schema(keys ...string) (*jsonschema.Schema, error) {
	var at any = s.doc
	pointer := "spec.json#"
	for _, key := range keys {
		next, ok := at.(object)[key]
		if !ok {
			return nil, nil
		}
		if ref, ok := next.(object)["$ref"].(string); ok && key != "schema" {
			// A response may stand elsewhere in the document.
			return s.schema(append(strings.Split(strings.TrimPrefix(ref, "#/"), "/"), keys[len(keys)-3:]...)...)
		}
		pointer += "/" + strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
		at = next
	}
	if done, ok := s.schemas[pointer]; ok {
		return done, nil
	}
	compiled, err := s.compiler.Compile(pointer)
	s.schemas[pointer] = compiled
	return compiled, err
}

// check validates raw against the schema at keys.
func (s *Spec) check(raw []byte, keys ...string) error {
	s.mu.Lock()
	sch, err := s.schema(keys...)
	s.mu.Unlock()
	if err != nil || sch == nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return sch.Validate(value)
}

// operation splits a route into the document's keys.
func operation(route string) (path, method string) {
	method, path, _ = strings.Cut(route, " ")
	return path, strings.ToLower(method)
}

func (s *Spec) has(path, method string) bool {
	ops, _ := s.doc["paths"].(object)[path].(object)
	return ops[method] != nil
}

// checkRequest returns what the document does not allow in a request's body.
func (s *Spec) checkRequest(c *call) error {
	path, method := operation(c.Route)
	if s == nil || !s.has(path, method) {
		return nil
	}
	return s.check(c.Body, "paths", path, method, "requestBody", "content", "application/json", "schema")
}

// checkAnswer reports an answer of the fake that the document does not allow.
func (s *Spec) checkAnswer(d *Discord, c *call, status int, raw []byte) {
	path, method := operation(c.Route)
	if s == nil || !s.has(path, method) || len(raw) == 0 || status >= 500 {
		return
	}
	for _, key := range []string{fmt.Sprint(status), fmt.Sprintf("%dXX", status/100)} {
		ops := s.doc["paths"].(object)[path].(object)[method].(object)["responses"].(object)
		if ops[key] == nil {
			continue
		}
		if err := s.check(raw, "paths", path, method, "responses", key, "content", "application/json", "schema"); err != nil {
			d.breach("the fake's own answer to %s is not Discord's: %v\n  %.800s", c.Route, err, raw)
		}
		return
	}
	d.breach("the fake's own answer to %s has status %d, which Discord's has not", c.Route, status)
}
