package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"unicode"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// golden compares got with the last file of an archive in testdata, or rewrites that file.
func golden(t *testing.T, file, section, got string) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	last := len(a.Files) - 1
	if a.Files[last].Name != section {
		a.Files = append(a.Files, txtar.File{Name: section})
		last++
	}
	if string(a.Files[last].Data) == got {
		return
	}
	if !*update {
		t.Errorf("%s is now\n%s\nand was\n%s", section, got, a.Files[last].Data)
		return
	}
	a.Files[last].Data = []byte(got)
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// archive adds the files of an archive in testdata to into, but for the golden ones.
func archive(t testing.TB, file string, into fstest.MapFS) fstest.MapFS {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name != "PROBLEMS" && f.Name != "CORPUS" {
			into[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return into
}

func TestLoadGood(t *testing.T) {
	for _, file := range []string{"testdata/good.txtar", "testdata/plain.txtar"} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			c, err := Load(archive(t, file, fstest.MapFS{}))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file, "CORPUS", dump(c))
			for _, s := range c.Sentences {
				if got, ok := c.Sentence(s.ID()); !ok || got != s {
					t.Errorf("sentence %s is not found by its id", s.ID())
				}
			}
			doc := c.Documents[0].ID
			for _, id := range []string{"", "x", doc, doc + "/0", doc + "/9999", doc + "/x", "none/1"} {
				if s, ok := c.Sentence(id); ok {
					t.Errorf("%q finds the sentence %s", id, s.ID())
				}
			}
		})
	}
}

// dump writes down all that a corpus holds.
func dump(c *Corpus) string {
	var b strings.Builder
	texts := func(t Text) string {
		var s []string
		for _, l := range Langs() {
			if t[l] != "" {
				s = append(s, t[l])
			}
		}
		return strings.Join(s, " | ")
	}
	ids := func(ss []*Sentence) (ids []string) {
		for _, s := range ss {
			ids = append(ids, s.ID())
		}
		return ids
	}
	for _, s := range c.Sources {
		fmt.Fprintf(&b, "source %+v\n", *s)
	}
	for _, d := range c.Documents {
		fmt.Fprintf(&b, "document %s: %q by %q in %s, %s, %v %v %d %s %s %q %q %s %v\n", d.ID, d.Title, d.Publisher, d.Lang, d.URL,
			d.Published, d.Retrieved, d.FiguresTo, d.Side, d.Kind, d.Licence, d.Note, d.File, d.Translations)
		for _, p := range d.Passages {
			fmt.Fprintf(&b, "passage %d (%s | %s)\n", p.N, p.Heading, texts(p.Headings))
			for _, s := range p.Sentences {
				fmt.Fprintf(&b, "\t%d %s @%d %q", s.N, s.ID(), s.Start, s.Text)
				if s.Translation != nil {
					fmt.Fprintf(&b, " = %s", texts(s.Translation))
				}
				if s.Broken {
					b.WriteString(" (broken)")
				}
				for _, source := range s.Sources {
					b.WriteString(" ^" + source.ID)
				}
				b.WriteByte('\n')
			}
		}
	}
	for _, f := range c.Facts {
		fmt.Fprintf(&b, "fact %d %s: %s, %s %s %s, %s, %+v, %s, %v, %v\n", f.N, f.ID, f.Topic, f.Subject, f.Relation, f.Object, texts(f.Label), f.Value, texts(f.Answer), f.AsOf, f.Asks)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "\t%s %q %q\n", e.Sentence.ID(), e.Quote, e.Words)
		}
		fmt.Fprintf(&b, "\tside %q, review by %v, from %v to %v, with %v, over", f.Side, f.ReviewBy, f.From, f.To, f.Participants)
		for _, old := range f.Supersedes {
			b.WriteString(" " + old.ID)
		}
		fmt.Fprintf(&b, " %v\n", ids(f.SupersedesSentences))
	}
	for _, k := range c.Concepts {
		fmt.Fprintf(&b, "concept %+v\n", *k)
	}
	for _, a := range c.Asks {
		fmt.Fprintf(&b, "ask %s %q %s\n", a.Lang, a.Text, a.Sentence.ID())
	}
	for _, m := range c.NearMisses {
		fmt.Fprintf(&b, "near miss %s %q %s %t %t\n", m.Lang, m.Text, m.Misses, m.Document != nil, m.Near != nil)
	}
	for _, g := range c.Golden {
		fmt.Fprintf(&b, "golden %s %q after %q: %q, all of %q, %t, refuse %t\n", g.Lang, g.Question, g.History, g.Answer, g.All, g.Document != nil, g.Refuse)
	}
	for _, v := range c.Coverage {
		fmt.Fprintf(&b, "covered %s: %v %q\n", v.ID, ids(v.Sentences), v.LeftOut)
	}
	return b.String()
}

// TestLoadBad has a corpus for each rule, and all the problems that it must be told.
func TestLoadBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no bad corpora: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			c, err := Load(archive(t, file, archive(t, "testdata/good.txtar", fstest.MapFS{})))
			var check *CheckError
			if !errors.As(err, &check) {
				t.Fatalf("got %v, want a CheckError", err)
			}
			if c != nil {
				t.Error("half a corpus was loaded")
			}
			golden(t, file, "PROBLEMS", err.Error()+"\n")
		})
	}
}

// TestLoadBytes has what an archive of texts cannot hold.
func TestLoadBytes(t *testing.T) {
	for name, test := range map[string]struct {
		fsys fstest.MapFS
		want string
	}{
		"nothing":       {fstest.MapFS{}, ".:1: holds no document"},
		"only a folder": {fstest.MapFS{"documents": {Mode: fs.ModeDir}}, ".:1: holds no document"},
		"only hidden":   {fstest.MapFS{".a.md": {Data: []byte("Text.")}}, ".:1: holds no document"},
		"only others":   {fstest.MapFS{"a.pdf": {Data: []byte("Text.")}}, ".:1: holds no document"},
		"not UTF-8":     {fstest.MapFS{"a.md": {Data: []byte("One.\nTw\xffo.")}}, "a.md:2: is not UTF-8 text (byte 8 of the file is 0xff)"},
		"Shift JIS":     {fstest.MapFS{"a.txt": {Data: []byte("\x83\x4a\x83\x69")}}, "a.txt:1: is not UTF-8 text (byte 1 of the file is 0x83)"},
		"a zero byte":   {fstest.MapFS{"a.txt": {Data: []byte("One\x00.")}}, "a.txt:1: is not UTF-8 text (byte 4 of the file is 0x00)"},
		"empty":         {fstest.MapFS{"a.txt": {}}, "a.txt:1: has no text"},
		"only space":    {fstest.MapFS{"a.txt": {Data: []byte("\n \u00a0\n")}}, "a.txt:1: has no text"},
		"same id":       {fstest.MapFS{"a.txt": {Data: []byte("One.")}, "a.md": {Data: []byte("Two.")}}, "a.txt:1: document a is already given at a.md:1"},
		"a device":      {fstest.MapFS{"a.txt": {Mode: fs.ModeDevice}}, "a.txt:1: is a device"},
		"many keys":     {fstest.MapFS{"documents/a.md": {Data: []byte("---\n" + manyKeys(65) + "---\nText.")}}, "documents/a.md:2: front matter has 65 keys"},
		"a bomb":        {fstest.MapFS{"documents/a.md": {Data: []byte("---\nid: &a [x, x]\ntitle: [*a, *a]\n---\n")}}, "documents/a.md:2: uses a YAML anchor"},
		"no end":        {fstest.MapFS{"a.md": {Data: []byte("---\nid: ferry\n\nThe ferry sails.\n")}}, `a.md:1: begins with "---" like front matter, which no second line "---" ends`},
		"bad YAML":      {yamlLines("- id: x\n  topic: y\n  label: a: b\n  x: y\n"), "facts/a.yaml:3: is not YAML: mapping values"},
		"bad indent":    {yamlLines("- id: x\n\n\n  topic: y\n topic: z\n- id: y\n"), "facts/a.yaml:5: is not YAML: "},
		"open quote":    {yamlLines("- id: x\n  topic: y\n  label: \"a\n- id: y\n"), "facts/a.yaml:3: is not YAML: "},
		"many anchors":  {yamlLines("- id: &a [&b x, *b, *b]\n- id: *a\n"), "facts/a.yaml:1: uses a YAML anchor or alias (& or *); write the value out, and quote a text that begins with & or *\nfacts/a.yaml:2: uses"},
		"empty list":    {yamlLines("- {id: x, evidence: []}"), `"evidence" is an empty list`},
		"a number":      {fstest.MapFS{"documents/a.md": {Data: []byte("---\nid: a\ntitle: A\npublisher: 5.0\nlanguage: en\n---\nText.")}}, `documents/a.md:4: front matter: "publisher" is a number; quote it if it is meant as a text`},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Load(test.fsys)
			if err == nil || !strings.Contains(err.Error(), test.want) || c != nil {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	crlf := fstest.MapFS{"a.md": {Data: []byte("\ufeff# Title\r\n\r\nOne\r\nline. Two.\r\n")}}
	c, err := Load(crlf)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Passages[0].Text; got != "One line. Two." || c.Documents[0].Title != "Title" {
		t.Errorf("a file from Windows gives %q, %q", c.Documents[0].Title, got)
	}
}

// yamlLines is a corpus with one file of facts.
func yamlLines(text string) fstest.MapFS {
	return fstest.MapFS{"documents/a.md": {Data: []byte("---\nid: a\ntitle: A\npublisher: P\nlanguage: en\n---\nText.")}, "facts/a.yaml": {Data: []byte(text)}}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: x\n", i)
	}
	return b.String()
}

// TestLoadDir has what only a real directory holds.
func TestLoadDir(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.md")
	write := func(name, text string) error { return os.WriteFile(name, []byte(text), 0o644) }
	if err := write(outside, "Secret."); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		make func(dir string) error
		want string // empty: it loads
	}{
		"2 GiB": {func(dir string) error {
			return errors.Join(write(dir+"/big.md", ""), os.Truncate(dir+"/big.md", 2<<30))
		}, "big.md:1: has 2147483648 bytes"},
		"256 MiB in all": {func(dir string) error {
			var errs []error
			for i := range 17 {
				name := fmt.Sprintf("%s/%02d.md", dir, i)
				errs = append(errs, write(name, ""), os.Truncate(name, MaxFileBytes))
			}
			return errors.Join(errs...)
		}, ".:1: holds more than 268435456 bytes"},
		"a FIFO":           {func(dir string) error { return syscall.Mkfifo(dir+"/pipe.md", 0o600) }, "pipe.md:1: is a named pipe"},
		"a FIFO elsewhere": {func(dir string) error { return syscall.Mkfifo(dir+"/pipe", 0o600) }, ""},
		"a link out":       {func(dir string) error { return os.Symlink(outside, dir+"/link.md") }, "link.md:1: cannot be read: path escapes"},
		"a folder out":     {func(dir string) error { return os.Symlink(filepath.Dir(outside), dir+"/link") }, "link:1: cannot be read: path escapes"},
		"a link to none":   {func(dir string) error { return os.Symlink("none", dir+"/link.md") }, "link.md:1: cannot be read: no such file"},
		"a link inside":    {func(dir string) error { return os.Symlink("ok.md", dir+"/link.md") }, ""},
		"a link to folder": {func(dir string) error {
			return errors.Join(os.Mkdir(dir+"/sub", 0o755), os.Symlink("sub", dir+"/link"))
		}, "link:1: is a link to a directory"},
		"a link to FIFO": {func(dir string) error {
			return errors.Join(syscall.Mkfifo(dir+"/pipe", 0o600), os.Symlink("pipe", dir+"/link.md"))
		}, "link.md:1: is a named pipe"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := errors.Join(write(dir+"/ok.md", "All is well."), test.make(dir)); err != nil {
				t.Fatal(err)
			}
			fsys, err := OpenDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Load(fsys)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %s", err, test.want)
			}
			if copied := WriteDir(fsys, t.TempDir()); (copied == nil) != (err == nil) {
				t.Errorf("WriteDir says %v, Load %v", copied, err)
			}
		})
	}
	for _, dir := range []string{outside, outside + "/none"} {
		if _, err := OpenDir(dir); err == nil {
			t.Errorf("%s opens as a directory", dir)
		}
	}
	var check *CheckError
	fsys, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(fsys); !errors.As(err, &check) || len(check.Problems) != 1 {
		t.Errorf("an empty directory: %v", err)
	}
}

// TestLoadGrowing has a file that is longer when read than when listed.
func TestLoadGrowing(t *testing.T) {
	e := entry{path: "a.md", size: 1}
	fsys := fstest.MapFS{"a.md": {Data: bytes.Repeat([]byte("x"), MaxFileBytes+1)}}
	if _, err := e.read(fsys); err == nil {
		t.Error("a file beyond the bound is read")
	}
	fsys["a.md"].Data = fsys["a.md"].Data[1:]
	if data, err := e.read(fsys); err != nil || len(data) != MaxFileBytes {
		t.Errorf("a file of the greatest size: %d bytes, %v", len(data), err)
	}
}

func TestLoadManyFiles(t *testing.T) {
	fsys := fstest.MapFS{}
	for i := range MaxFiles + 1 {
		fsys[fmt.Sprintf("%d.txt", i)] = &fstest.MapFile{Data: []byte("x")}
	}
	if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), "holds more than 20000 files") {
		t.Errorf("got %.200v", err)
	}
}

func TestWriteDir(t *testing.T) {
	dir := t.TempDir()
	fsys := archive(t, "testdata/good.txtar", fstest.MapFS{})
	want, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteDir(fsys, dir); err != nil {
		t.Fatal(err)
	}
	copied, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(copied)
	if err != nil {
		t.Fatal(err)
	}
	if got.Digest != want.Digest || dump(got) != dump(want) {
		t.Error("the copy is another corpus")
	}
	if _, err := os.Stat(dir + "/.hidden"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a hidden file was copied")
	}
	fsys["documents/rapport.md"].Data = append(fsys["documents/rapport.md"].Data, "Encore.\n"...)
	changed, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if changed.Digest == want.Digest {
		t.Error("another text has the same digest")
	}
}

func TestCompare(t *testing.T) {
	load := func(edit func(file string) string) *Corpus {
		t.Helper()
		fsys := archive(t, "testdata/good.txtar", fstest.MapFS{})
		for name, f := range fsys {
			if f.Data = []byte(edit(name + "\n" + string(f.Data))[len(name)+1:]); len(f.Data) == 0 {
				delete(fsys, name)
			}
		}
		c, err := Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	same := func(s string) string { return s }
	old := load(same)
	if d := Compare(old, load(same)); !d.IsZero() {
		t.Errorf("the same corpus differs: %+v", d)
	}
	all := Compare(nil, old)
	if len(all.Documents.Added) != 3 || len(all.Passages.Added) != len(old.Passages) || len(all.Facts.Added) != len(old.Facts) {
		t.Errorf("against nothing: %+v", all)
	}
	back := Compare(old, &Corpus{})
	if !slices.Equal(back.Documents.Removed, all.Documents.Added) || !slices.Equal(back.Passages.Removed, all.Passages.Added) ||
		!slices.Equal(back.Facts.Removed, all.Facts.Added) {
		t.Errorf("nothing against it: %+v", back)
	}
	new := load(strings.NewReplacer(
		"meets each year, because", "meets each year because", // changes a passage
		"Le bureau compte", "Au début.\n\nLe bureau compte", // adds one before another
		"publisher: Le Bureau", "publisher: Un bureau",
		"par an", "chaque année", // changes a fact's answer
		"id: jec\n", "id: joint-committee\n",
		"supersedes: [leader]", "supersedes: [yearly]",
		"words: C$15 million}\n  review", "words: C$15 million}\n  supersedes_sentence: notes/1\n  review",
		"  supersedes_sentence: notes/2\n", "",
		"[^office][^gazette]", "[^gazette]",
	).Replace)
	want := Diff{
		Documents: Change{Changed: []string{"brief", "notes", "rapport"}},
		Passages:  Change{Added: []string{"rapport#1"}, Changed: []string{"notes#2"}},
		Facts:     Change{Added: []string{"joint-committee"}, Changed: []string{"sales-series", "lee", "why-yearly", "yearly"}, Removed: []string{"jec"}},
	}
	if got := Compare(old, new); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	notes := load(strings.NewReplacer("Il était dirigé", "C’était dirigé").Replace)
	if got := Compare(old, notes); !slices.Equal(got.Documents.Changed, []string{"notes"}) || !got.Passages.IsZero() {
		t.Errorf("another translation: %+v", got)
	}
}

// FuzzLoad loads whatever an archive holds: no panic, either a corpus or problems, and the same again.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys, err := txtar.FS(txtar.Parse(data))
		if err != nil {
			t.Skip() // names that no directory can have
		}
		c, err := Load(fsys)
		again, errAgain := Load(fsys)
		if (c == nil) == (err == nil) {
			t.Fatalf("corpus %v with error %v", c, err)
		}
		if err != nil {
			if errAgain == nil || err.Error() != errAgain.Error() {
				t.Fatalf("%v\nand the second time\n%v", err, errAgain)
			}
			return
		}
		if c.Digest != again.Digest || dump(c) != dump(again) {
			t.Fatal("the second corpus is another one")
		}
		for i, s := range c.Sentences {
			if s.N != i || s.Text == "" || s.Passage.Text[s.Start:s.Start+len(s.Text)] != s.Text {
				t.Fatalf("sentence %d is %+v", i, s)
			}
		}
		for _, fact := range c.Facts {
			for _, e := range fact.Evidence {
				if !strings.Contains(e.Sentence.Text, e.Quote) || !strings.Contains(e.Quote, e.Words) {
					t.Fatalf("fact %s rests on %+v", fact.ID, e)
				}
			}
		}
		if d := Compare(c, again); !d.IsZero() {
			t.Fatalf("it differs from itself: %+v", d)
		}
	})
}

// TestShipped lints what ships, and holds the source text to its digest.
func TestShipped(t *testing.T) {
	c, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	doc, ok := c.Document("canada-japan-relations")
	if !ok {
		t.Fatal("the source text is missing")
	}
	var texts []string
	var last *Sentence
	for _, p := range doc.Passages {
		for _, s := range p.Sentences {
			texts = append(texts, s.Text)
			last = s
		}
	}
	if len(texts) != 58 {
		t.Errorf("%d sentences, want 58", len(texts))
	}
	sum := sha256.Sum256([]byte(strings.Join(texts, "\n")))
	if got, want := hex.EncodeToString(sum[:]), "ecc4b501102fdeeb36d8dcdd4c08d1d2ef153c9204d86795dfadf8fd30dab5bb"; got != want {
		t.Errorf("digest of the sentences is %s, want %s", got, want)
	}
	if !last.Broken {
		t.Error("the last sentence, which ends in a colon, is not marked as broken off")
	}

	seed, err := os.ReadFile("../../shared/corpus/seed.txt")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("no ../shared beside this copy; the digest above holds the text all the same")
	}
	if err != nil {
		t.Fatal(err)
	}
	rest := string(seed)
	for _, text := range texts {
		i := strings.Index(rest, text)
		if i < 0 || strings.TrimFunc(rest[:i], unicode.IsSpace) != "" {
			t.Fatalf("the source text does not go on with %q", text)
		}
		rest = rest[i+len(text):]
	}
	if strings.TrimSpace(rest) != "" {
		t.Errorf("the source text goes on with %q", rest)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Shipped()); err != nil {
			b.Fatal(err)
		}
	}
}
