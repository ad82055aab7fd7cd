package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the settings into the README")

// TestReadmeSettings holds the README's table to the settings that there are; -update renews it.
func TestReadmeSettings(t *testing.T) {
	const name, begin, end = root + "/README.md", "<!-- settings -->\n", "<!-- /settings -->"
	readme, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("there is no README.md")
	}
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(readme, []byte(begin))
	table, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		t.Fatalf("README.md has no settings between %q and %q", begin, end)
	}
	if string(table) == settingsTable() {
		return
	}
	if !*update {
		t.Fatalf("README.md does not show the settings as they are; run go test ./cmd/kaede -run ReadmeSettings -update\nwant:\n%s", settingsTable())
	}
	now := string(before) + begin + settingsTable() + end + string(after)
	if err := os.WriteFile(name, []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

// settingsTable is the README's table.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("| Flag | Environment | kaede.yaml | Default | What it does |\n|---|---|---|---|---|\n")
	b.WriteString("| `--config FILE` | `KAEDE_CONFIG` | | `kaede.yaml` if there | read settings from FILE |\n")
	for _, s := range settings() {
		def := "none"
		if s.def != "" {
			def = "`" + s.def + "`"
		}
		file := s.name + ": " + s.hint
		if s.list {
			file = s.name + ": [" + s.hint + ", ...]"
		}
		fmt.Fprintf(&b, "| `--%s %s` | `%s` | `%s` | %s | %s |\n", s.name, s.hint, s.env, file, def, strings.ReplaceAll(s.usage, "`", ""))
	}
	return b.String()
}

// TestSettings holds each setting to one name in all its places.
func TestSettings(t *testing.T) {
	for _, s := range settings() {
		if want := "KAEDE_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_")); s.env != want {
			t.Errorf("%s is %s in the environment, want %s", s.name, s.env, want)
		}
		if !strings.Contains(s.usage, "`"+s.hint+"`") {
			t.Errorf("%s: %q does not say what %s is", s.name, s.usage, s.hint)
		}
		if !strings.Contains(settingsTable(), "`--"+s.name+" ") {
			t.Errorf("the table lacks %s", s.name)
		}
		if s.def == "" {
			continue
		}
		var c config
		if err := s.set(&c, []string{s.def}); err != nil {
			t.Errorf("%s: its default: %v", s.name, err)
		}
	}
}

// FuzzParseFile feeds anything to the reader of kaede.yaml: no panic, and only settings that there are.
func FuzzParseFile(f *testing.F) {
	f.Add([]byte("lang: fr\nsource: [a, b]\n"))
	f.Add([]byte("lang: &a fr\ndata: *a\n"))
	f.Add([]byte("---\n---\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parseFile("kaede.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "kaede.yaml:") {
				t.Errorf("error without its place: %v", err)
			}
			return
		}
		for name, values := range file.values {
			if len(values) == 0 || !strings.HasPrefix(file.places[name], "kaede.yaml:") || !bytes.Contains(data, []byte(name)) {
				t.Errorf("%s is %q at %q", name, values, file.places[name])
			}
		}
	})
}
