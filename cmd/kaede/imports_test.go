package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the module's directory, seen from this package's.
const root = "../.."

// rooms says which of our own packages each package imports, and which of the large libraries. What only tests import is free:
// a test may look at its subject from any side.
var rooms = map[string][]string{
	"corpus":                  {"gopkg.in/yaml.v3"},
	"index":                   {"kaede/corpus", "github.com/blevesearch/bleve/v2"},
	"bot/answer":              {"kaede/corpus", "kaede/index"},
	"bot":                     {"kaede/corpus", "kaede/index", "kaede/bot/answer", "gopkg.in/yaml.v3"},
	"bot/discord":             {"kaede/bot", "kaede/bot/discord/gateway", "kaede/corpus", "github.com/bwmarrin/discordgo"},
	"bot/discord/gateway":     {"github.com/bwmarrin/discordgo"},
	"bot/discord/discordtest": {},
	"cmd/kaede":               {"kaede/bot", "kaede/bot/answer", "kaede/bot/discord", "kaede/corpus", "kaede/index", "gopkg.in/yaml.v3"},
}

// large are the libraries that belong to certain rooms.
var large = []string{"github.com/blevesearch/bleve/v2", "github.com/bwmarrin/discordgo", "gopkg.in/yaml.v3"}

// outward are the packages that may log.
func outward(room string) bool {
	return !strings.HasPrefix(room, "corpus") && room != "index" && room != "bot/answer"
}

// TestImports holds the house to its plan: who may import whom, and what only cmd/kaede may do.
func TestImports(t *testing.T) {
	found := make(map[string]bool)
	for file, syntax := range sources(t) {
		room := path.Dir(file)
		found[room] = true
		allowed, known := rooms[room]
		if !known {
			t.Errorf("%s: package %s has no line in rooms", file, room)
			continue
		}
		names := make(map[string]bool) // import paths
		for _, spec := range syntax.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			names[p] = true
			lib := p
			for _, l := range large {
				if strings.HasPrefix(p, l+"/") {
					lib = l
				}
			}
			ours := strings.HasPrefix(p, "kaede/") || slices.Contains(large, lib)
			if ours && !slices.Contains(allowed, lib) {
				t.Errorf("%s imports %s; %s may import %s", file, p, room, strings.Join(allowed, ", "))
			}
			if room != "cmd/kaede" && (p == "flag" || p == "os/signal" || strings.HasPrefix(p, "github.com/spf13/")) {
				t.Errorf("%s imports %s; only cmd/kaede reads flags and signals", file, p)
			}
			if p == "log/slog" && !outward(room) {
				t.Errorf("%s imports %s; it returns errors and does not log", file, p)
			}
			if p == "log" {
				t.Errorf("%s imports log; use log/slog", file)
			}
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				env := n.Sel.Name == "Getenv" || n.Sel.Name == "LookupEnv" || n.Sel.Name == "Environ" || n.Sel.Name == "ExpandEnv" || n.Sel.Name == "Args"
				if ok && x.Name == "os" && env && names["os"] && room != "cmd/kaede" {
					t.Errorf("%s uses os.%s; only cmd/kaede reads the environment and arguments", file, n.Sel.Name)
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s has func init", file)
				}
			}
			return true
		})
	}
	for room := range rooms {
		if !found[room] {
			t.Errorf("rooms has package %s, of which no file was found", room)
		}
	}
}

// TestLayout holds the top level to what it is to be, and each package to a page of documentation.
func TestLayout(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "bot", "cmd", "corpus", "index", "go.mod", "go.sum", "README.md", "LICENSE", "Dockerfile":
		default:
			if !strings.HasPrefix(e.Name(), ".") {
				t.Errorf("%s: the top level is fixed", e.Name())
			}
		}
	}
	documented := make(map[string]bool)
	for file, syntax := range sources(t) {
		documented[path.Dir(file)] = documented[path.Dir(file)] || syntax.Doc != nil
	}
	for _, room := range slices.Sorted(maps.Keys(documented)) {
		if !documented[room] {
			t.Errorf("package %s has no documentation", room)
		}
		for _, vague := range []string{"util", "utils", "common", "types", "models", "helpers", "internal"} {
			if slices.Contains(strings.Split(room, "/"), vague) {
				t.Errorf("package %s is named %s, which says nothing", room, vague)
			}
		}
	}
}

// sources parses every Go file of the module that is no test, by its path in the module.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := make(map[string]*ast.File)
	set := token.NewFileSet()
	fsys := os.DirFS(root)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		files[name], err = parser.ParseFile(set, name, data, parser.ParseComments)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
