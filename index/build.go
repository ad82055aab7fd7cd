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
const formatVersion = "1"

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

// Build writes the index of c into dir, which must not exist, and tells progress, if not nil, how many of its parts are
// written. On error or a cancelled context, dir is removed.
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
	total, done := x.placeCount(), 0
	if total == 0 {
		return errors.New("the corpus is empty")
	}
	// Segments are moved into place by rename, so they are built on the same file system.
	b, err := bleve.NewBuilder(filepath.Join(dir, bleveDir), m, map[string]any{"buildPathPrefix": dir, "batchSize": batch})
	if err != nil {
		return err
	}
	// A builder that is given up holds nothing but files in dir: it need not be closed.
	for id, data := range x.places() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.Index(id, data); err != nil {
			return err
		}
		if done++; progress != nil && (done%1000 == 0 || done == total) {
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

// Bleve holds two kinds of documents, each with fields of its own: p12 is Passages[12], f3 Facts[3]. Terms are analysed before
// they get there and joined by blanks, so that texts and questions are surely analysed alike.
//
//	pen, pfr, pja   terms of a passage with its title and heading, by language
//	fen, ffr, fja   terms of a fact's label and answer
//	pc, fc          ids of concepts, the wider ones too
//	d               place of the document, or of the several that state a fact, in Corpus.Documents
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
	for _, kind := range []string{"p", "f"} {
		for _, lang := range corpus.Langs() {
			add(kind+string(lang), "terms")
		}
		add(kind+"c", "terms")
	}
	add("d", "terms")
	all.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	m.DefaultMapping = all
	return m, nil
}

// placeCount is how many documents Bleve is to hold.
func (x *Index) placeCount() int { return len(x.corpus.Passages) + len(x.corpus.Facts) }

// places gives what Bleve is to hold.
func (x *Index) places() func(yield func(string, map[string]any) bool) {
	return func(yield func(string, map[string]any) bool) {
		for i, p := range x.corpus.Passages {
			data := map[string]any{"d": x.place(p.Document)}
			for _, s := range x.texts {
				lo, hi := x.unitsOf(i)
				setTerms(data, "p"+string(s.lang), s, s.tokens[s.bounds[lo]:s.bounds[hi]])
			}
			var concepts []uint32
			for _, s := range p.Sentences {
				concepts = append(concepts, x.sentenceConcepts.of(s.N)...)
			}
			x.setConcepts(data, "pc", concepts)
			if !yield("p"+strconv.Itoa(i), data) {
				return
			}
		}
		for n, f := range x.corpus.Facts {
			var places []string
			for _, e := range f.Evidence {
				places = append(places, x.place(e.Sentence.Passage.Document))
			}
			data := map[string]any{"d": strings.Join(places, " ")}
			for _, s := range x.asked.spaces {
				setTerms(data, "f"+string(s.lang), s, s.unit(x.questions+n))
			}
			x.setConcepts(data, "fc", x.asked.concepts.of(x.questions+n))
			if !yield("f"+strconv.Itoa(n), data) {
				return
			}
		}
	}
}

// place gives the term that stands for a document: its id may hold blanks.
func (x *Index) place(d *corpus.Document) string { return strconv.Itoa(x.documents[d.ID]) }

func setTerms(data map[string]any, field string, s *space, tokens []uint32) {
	if len(tokens) == 0 {
		return
	}
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(s.names[s.info[t&^capital].term])
		b.WriteByte(' ')
	}
	data[field] = b.String()
}

func (x *Index) setConcepts(data map[string]any, field string, concepts []uint32) {
	if len(concepts) == 0 {
		return
	}
	ids := make([]string, len(concepts))
	for i, c := range concepts {
		ids[i] = x.lexicon.concepts[c].ID
	}
	slices.Sort(ids)
	data[field] = strings.Join(slices.Compact(ids), " ")
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
	if want := x.placeCount(); err != nil || n != uint64(want) {
		return errors.Join(fmt.Errorf("%w: %d places where %d are due", ErrDamaged, n, want), err, b.Close())
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
