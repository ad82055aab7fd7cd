package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"

	"kaede/corpus"
)

// formatVersion is raised with every change of what Build writes: an index of another format is damaged.
const formatVersion = "2"

// manifest says from what an index was built.
type manifest struct {
	Format string `json:"format"`
	Digest string `json:"digest"` // of the corpus
	// CRC-32C of each of Bleve's files by name: Bleve itself notices little damage before it reads nonsense.
	Files map[string]uint32 `json:"files"`
}

const (
	manifestFile = "manifest.json"
	bleveDir     = "bleve"
)

// batch bounds how many of Bleve's documents are gathered in memory for one segment.
const batch = 2_048

// Build writes the index of c into dir, which must not exist, and tells progress, if not nil, how many of its passages
// are written. On error or a cancelled context, dir is removed.
func Build(ctx context.Context, dir string, c *corpus.Corpus, progress func(done, total int)) error {
	return build(ctx, dir, newForward(c), progress)
}

func build(ctx context.Context, dir string, x *Index, progress func(done, total int)) (err error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("build index: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("build index: %w", err), os.RemoveAll(dir))
		}
	}()
	m, err := bleveMapping()
	if err != nil {
		return err
	}
	total := len(x.corpus.Passages)
	if total == 0 {
		return errors.New("the corpus is empty")
	}
	// Segments are moved into place by rename, so they are built on the same file system.
	b, err := bleve.NewBuilder(filepath.Join(dir, bleveDir), m, map[string]any{"buildPathPrefix": dir, "batchSize": batch})
	if err != nil {
		return err
	}
	// A builder that is given up holds nothing but files in dir: it need not be closed.
	for i := range total {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.Index(strconv.Itoa(i), x.fields(i)); err != nil {
			return err
		}
		if done := i + 1; progress != nil && (done%1000 == 0 || done == total) {
			progress(done, total)
		}
	}
	if err := b.Close(); err != nil {
		return err
	}
	files, err := checksums(filepath.Join(dir, bleveDir))
	if err != nil {
		return err
	}
	text, err := json.Marshal(manifest{formatVersion, x.corpus.Digest, files})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestFile), text, 0o644)
}

// Bleve's documents are the passages, by their place in Corpus.Passages. Terms are analysed before they get there and joined by
// blanks, so that texts and questions are surely analysed alike.
//
//	en, fr, ja   terms of a passage with its title and heading, by language
//	c            ids of concepts, the wider ones too
//	d            place of the document in Corpus.Documents
func bleveMapping() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	if err := m.AddCustomAnalyzer("terms", map[string]any{"type": custom.Name, "tokenizer": whitespace.Name}); err != nil {
		return nil, err
	}
	all := bleve.NewDocumentStaticMapping()
	add := func(name, analyzer string) {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = analyzer, false, false, false, false
		all.AddFieldMappingsAt(name, f)
	}
	for _, lang := range corpus.Langs() {
		add(string(lang), "terms")
	}
	add("c", "terms")
	add("d", "terms")
	all.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	m.DefaultMapping = all
	return m, nil
}

// fields gives what Bleve is to hold of passage i. A document is named by its place, since its id may hold blanks.
func (x *Index) fields(i int) map[string]any {
	p := x.corpus.Passages[i]
	data := map[string]any{"d": strconv.Itoa(x.documents[p.Document.ID])}
	lo, hi := x.unitsOf(i)
	for _, s := range x.texts {
		var terms strings.Builder
		for _, t := range s.tokens[s.bounds[lo]:s.bounds[hi]] {
			terms.WriteString(s.terms.at(s.info[t&^capital].term))
			terms.WriteByte(' ')
		}
		data[string(s.lang)] = terms.String()
	}
	var concepts []string
	for _, s := range p.Sentences {
		for _, c := range x.sentenceConcepts.of(s.N) {
			concepts = append(concepts, x.lexicon.concepts[c].ID)
		}
	}
	slices.Sort(concepts)
	data["c"] = strings.Join(slices.Compact(concepts), " ")
	return data
}

// ErrDamaged says that an index directory cannot be read, or was not built from the corpus at hand by this program. Its
// corpus can be indexed anew.
var ErrDamaged = errors.New("index is damaged or of another corpus")

// Open opens the index in dir, which Build made from c, for reading. Several processes may have it open. The error is
// ErrDamaged where building it anew would help.
func Open(dir string, c *corpus.Corpus) (*Index, error) {
	if err := checkManifest(dir, c); err != nil {
		return nil, fmt.Errorf("open index %s: %w", dir, err)
	}
	x := newForward(c)
	if err := x.open(dir); err != nil {
		return nil, fmt.Errorf("open index %s: %w", dir, err)
	}
	close(x.ready)
	return x, nil
}

func checkManifest(dir string, c *corpus.Corpus) error {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	var m manifest
	if err != nil || json.Unmarshal(text, &m) != nil {
		return fmt.Errorf("%w: no readable %s", ErrDamaged, manifestFile)
	}
	if m.Format != formatVersion || m.Digest != c.Digest {
		return fmt.Errorf("%w: built from corpus %.12s in format %s", ErrDamaged, m.Digest, m.Format)
	}
	files, err := checksums(filepath.Join(dir, bleveDir))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !maps.Equal(files, m.Files) {
		return fmt.Errorf("%w: files are not as they were written", ErrDamaged)
	}
	return nil
}

// checksums gives the checksum of each file below dir.
func checksums(dir string) (map[string]uint32, error) {
	sums := map[string]uint32{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		defer f.Close()
		sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
		if _, err := io.Copy(sum, f); err != nil {
			return err
		}
		sums[name] = sum.Sum32()
		return nil
	})
	return sums, err
}

// open opens Bleve's part.
func (x *Index) open(dir string) error {
	b, err := bleve.OpenUsing(filepath.Join(dir, bleveDir), map[string]any{"read_only": true})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	n, err := b.DocCount()
	if want := len(x.corpus.Passages); err != nil || n != uint64(want) {
		return errors.Join(fmt.Errorf("%w: %d passages where %d are due", ErrDamaged, n, want), err, b.Close())
	}
	x.bleve = b
	return nil
}

// Temp builds the index of c in a temporary directory and opens it; Close removes it.
func Temp(ctx context.Context, c *corpus.Corpus) (*Index, error) {
	x, err := Start(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := x.wait(ctx); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// Start is Temp for those in a hurry: it returns while Bleve's part is still being built. The first search waits for it, and
// gives its error; Close ends it.
func Start(ctx context.Context, c *corpus.Corpus) (*Index, error) {
	parent, err := os.MkdirTemp("", "kaede-index-")
	if err != nil {
		return nil, fmt.Errorf("make temporary index: %w", err)
	}
	x := newForward(c)
	x.temp = parent
	ctx, x.stop = context.WithCancel(context.WithoutCancel(ctx)) // the index outlives the call
	go func() {
		defer close(x.ready)
		dir := filepath.Join(parent, "index")
		if x.failed = build(ctx, dir, x, nil); x.failed != nil {
			return
		}
		if err := x.open(dir); err != nil {
			x.failed = fmt.Errorf("open temporary index: %w", err)
		}
	}()
	return x, nil
}

// wait waits for Bleve's part.
func (x *Index) wait(ctx context.Context) error {
	select {
	case <-x.ready:
		return x.failed
	case <-ctx.Done():
		return ctx.Err()
	}
}
