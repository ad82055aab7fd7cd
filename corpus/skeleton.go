package corpus

import (
	"embed"
	"path"
	"strings"
)

//go:embed skeletons
var skeletons embed.FS

// Kinds are the kinds of things of which there is a skeleton.
func Kinds() []string { return []string{"document", "fact", "concept", "source"} }

// Skeleton gives a file to begin with: a commented example of a kind, with the given id unless that is empty. ok is false for a kind that
// there is not.
func Skeleton(kind, id string) (text string, ok bool) {
	for _, ext := range []string{".md", ".yaml"} {
		if data, err := skeletons.ReadFile(path.Join("skeletons", kind+ext)); err == nil {
			text = string(data)
			if id != "" {
				text = strings.ReplaceAll(text, "my-"+kind, id)
			}
			return text, true
		}
	}
	return "", false
}
