package corpus

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of a corpus. They are ten times what a large corpus of texts needs, and keep a mistaken --corpus
// (a disk image, a home directory) from filling the memory.
const (
	MaxFileBytes = 16 << 20  // of one file; a book has one or two
	MaxBytes     = 256 << 20 // of all files
	MaxFiles     = 20_000
)

//go:embed content
var content embed.FS

// Shipped returns the corpus that ships in the binary.
func Shipped() fs.FS {
	sub, err := fs.Sub(content, "content")
	if err != nil {
		panic(err) // unreachable: the path is valid
	}
	return sub
}

// OpenDir opens a directory on disk as a corpus. No path and no symbolic link leads out of it. The
// directory stays open until the file system is garbage.
func OpenDir(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open corpus: %w", err)
	}
	return root.FS(), nil
}

// kind is what a file of a corpus holds.
type kind int

const (
	kept kind = iota // belongs to the corpus but is not read by Load
	documents
	translations
	facts
	lexicon
	asks
	nearMisses
	sourceList
	goldenList
	coverageList
)

type entry struct {
	path string
	kind kind
	lang Lang // of a translation
	size int64
}

// list finds the files of a corpus in the order of their names, and says which it refuses. It opens none.
func list(fsys fs.FS) (files []entry, plain bool, problems []Problem) {
	folders := []string{"documents", "facts", "lexicon", "asks", "near-misses"}
	plain = !slices.ContainsFunc(folders, func(f string) bool {
		info, err := fs.Stat(fsys, f)
		return err == nil && info.IsDir()
	})
	problem := func(file, format string, args ...any) {
		problems = append(problems, Problem{File: file, Message: fmt.Sprintf(format, args...)})
	}
	var total int64
	seen := 0
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			problems = append(problems, unreadable(p, err))
			return fs.SkipDir
		}
		if p == "." {
			return nil
		}
		if strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if seen++; seen > MaxFiles {
			problem(".", "holds more than %d files; is this the right directory?", MaxFiles)
			return fs.SkipAll
		}
		if d.IsDir() {
			if !plain && !slices.Contains(folders, p) {
				problem(p, "is no folder of a corpus; move its files into %s", strings.Join(folders, ", "))
				return fs.SkipDir
			}
			return nil
		}
		e := entry{path: p}
		var known bool
		if plain {
			known = slices.Contains([]string{".md", ".txt"}, path.Ext(p))
			e.kind = documents
		} else if e.kind, e.lang, known = classify(p); !known {
			problem(p, "is no file of a corpus; use documents/*.md, facts/*.yaml, lexicon/*.yaml, asks/*.jsonl, near-misses/*.jsonl, sources.yaml, golden.yaml or coverage.yaml, or remove it")
		}
		if !known && d.Type()&fs.ModeSymlink == 0 {
			return nil
		}
		info, err := fs.Stat(fsys, p) // follows links
		switch {
		case err != nil:
			problem(p, "cannot be read: %v; a link must lead to a file inside the corpus: put a copy in its place", reason(err))
		case info.IsDir():
			problem(p, "is a link to a directory; put a copy in its place")
		case !info.Mode().IsRegular():
			problem(p, "is %s and no regular file; remove it", special(info.Mode()))
		case !known:
		case info.Size() > MaxFileBytes:
			problem(p, "has %d bytes, more than the %d that one file may have; split it", info.Size(), MaxFileBytes)
		default:
			e.size = info.Size()
			if total += e.size; total > MaxBytes {
				problem(".", "holds more than %d bytes; is this the right directory?", MaxBytes)
				return fs.SkipAll
			}
			files = append(files, e)
		}
		return nil
	})
	if err != nil {
		problem(".", "cannot be read: %v", reason(err))
	}
	if len(problems) == 0 && !slices.ContainsFunc(files, func(e entry) bool { return e.kind == documents }) {
		problem(".", "holds no document; put .md or .txt files into it, or .md files into its folder documents")
	}
	return files, plain, problems
}

// special names what is no regular file.
func special(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// classify tells what a file of a structured corpus holds by its place and name.
func classify(p string) (k kind, l Lang, ok bool) {
	folder, name := path.Split(p)
	ext := path.Ext(name)
	base := strings.TrimSuffix(name, ext)
	switch folder + "*" + ext {
	case "documents/*.md":
		if lang, ok := known(strings.TrimPrefix(path.Ext(base), ".")); ok {
			return translations, lang, true
		}
		return documents, "", true
	case "facts/*.yaml":
		return facts, "", true
	case "lexicon/*.yaml":
		return lexicon, "", true
	case "asks/*.jsonl":
		return asks, "", true
	case "near-misses/*.jsonl":
		return nearMisses, "", true
	}
	switch p {
	case "sources.yaml":
		return sourceList, "", true
	case "golden.yaml":
		return goldenList, "", true
	case "coverage.yaml":
		return coverageList, "", true
	}
	return kept, "", p == "README.md" || folder == "" && strings.HasSuffix(p, ".schema.json")
}

// read returns the content of a listed file, within its bound even if it grew since.
func (e entry) read(fsys fs.FS) ([]byte, error) {
	f, err := fsys.Open(e.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, 0, e.size+512)
	for r := io.LimitReader(f, MaxFileBytes+1); ; {
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case len(data) > MaxFileBytes:
			return nil, fmt.Errorf("it grew beyond %d bytes while being read", MaxFileBytes)
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
		data = slices.Grow(data, 512)
	}
}

// reason is an error without the path, which the problem names already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// unreadable is the problem of a file that the system does not let Load read.
func unreadable(file string, err error) Problem {
	return Problem{File: file, Message: fmt.Sprintf("cannot be read: %v; mend its permissions or remove it", reason(err))}
}

// WriteDir copies the files of a corpus into the directory dir, which it makes. It copies what Load reads
// and what belongs beside it, nothing hidden, and checks only bounds and that each file can be read.
func WriteDir(fsys fs.FS, dir string) error {
	files, _, problems := list(fsys)
	if err := checked(problems); err != nil {
		return err
	}
	for _, e := range files {
		data, err := e.read(fsys)
		if err != nil {
			problems = append(problems, unreadable(e.path, err))
			continue
		}
		to := filepath.Join(dir, filepath.FromSlash(e.path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("copy corpus: %w", err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			return fmt.Errorf("copy corpus: %w", err)
		}
	}
	return checked(problems)
}
