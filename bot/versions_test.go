package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"kaede/bot"
	"kaede/bot/answer"
	"kaede/corpus"
)

const builtWhen = "When was the lighthouse built?"

// harbour writes the small corpus into a directory of its own.
func harbour(t testing.TB) string {
	t.Helper()
	a, err := txtar.ParseFile("testdata/harbour.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// edit puts new for old in all files of a corpus; it must occur there.
func edit(t testing.TB, dir, old, new string) {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(data), old) {
			return err
		}
		found = true
		return os.WriteFile(file, []byte(strings.ReplaceAll(string(data), old, new)), 0o644)
	})
	if err != nil || !found {
		t.Fatalf("replace %q: found %t, %v", old, found, err)
	}
}

// journal keeps what is logged and tells of each line.
type journal struct {
	slog.Handler
	lines chan string
}

func newJournal() *journal { return &journal{slog.DiscardHandler, make(chan string, 1000)} }

func (j *journal) Enabled(context.Context, slog.Level) bool { return true }

func (j *journal) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool { line += fmt.Sprintf(" %s=%v", a.Key, a.Value); return true })
	select {
	case j.lines <- line:
	default: // a full journal loses lines rather than time
	}
	return nil
}

// wait gives the next line that holds text.
func (j *journal) wait(t testing.TB, text string) string {
	t.Helper()
	late := time.After(2 * time.Minute)
	for {
		select {
		case line := <-j.lines:
			if strings.Contains(line, text) {
				return line
			}
		case <-late:
			t.Fatalf("no line %q was logged", text)
		}
	}
}

// clock is two hours later each time it is read, so that no version is too young to be removed.
func clock() func() time.Time {
	var n atomic.Int64
	return func() time.Time {
		return time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).Add(time.Duration(2*n.Add(1)) * time.Hour)
	}
}

func open(t testing.TB, o bot.Options) *bot.Bot {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = clock()
	}
	b, err := bot.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// says is the short answer of a bot to a question.
func says(t testing.TB, b *bot.Bot, question string) string {
	t.Helper()
	return ask(t, b, bot.Question{Text: question}).Parts[0].Text
}

func TestRefresh(t *testing.T) {
	for _, kept := range []bool{true, false} {
		t.Run(fmt.Sprintf("kept=%t", kept), func(t *testing.T) {
			dir, data := harbour(t), ""
			if kept {
				data = filepath.Join(t.TempDir(), "data")
			}
			b := open(t, bot.Options{Corpus: dir, Data: data})
			first := b.Status()
			if got := says(t, b, builtWhen); got != "1874" || first.Durable != kept {
				t.Fatalf("%q, durable %t", got, first.Durable)
			}

			edit(t, dir, "1874", "1869")
			edit(t, dir, "The harbour was opened on May 3, 1881.\n", "")
			if err := os.Remove(filepath.Join(dir, "documents", "ferry.md")); err != nil {
				t.Fatal(err)
			}
			facts := filepath.Join(dir, "facts", "facts.yaml")
			text, err := os.ReadFile(facts)
			if err != nil {
				t.Fatal(err)
			}
			before, _, _ := strings.Cut(string(text), "- id: ferry-ticket")
			added := "- id: boats\n  topic: boats\n  subject: boats\n  relation: berth\n  label: {en: Boats, fr: Bateaux, ja: 船}\n  statement: {en: fishing boats, fr: bateaux de pêche, ja: 漁船}\n  evidence:\n    - {document: harbour, quote: berths for fishing boats, words: fishing boats}\n"
			if err := os.WriteFile(facts, []byte(before+added), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "documents", "inn.md"), []byte("---\nid: inn\ntitle: The inn\npublisher: Anyone\nlanguage: en\n---\nThe inn has nine rooms.\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			var stages []bot.Stage
			done, err := b.Refresh(t.Context(), bot.RefreshOptions{Progress: func(s bot.Stage, done, total int) {
				if !slices.Contains(stages, s) {
					stages = append(stages, s)
				}
				if done < 0 || total > 0 && done > total {
					t.Errorf("%s: %d of %d", s, done, total)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			want := corpus.Diff{
				Documents: corpus.Change{Added: []string{"inn"}, Changed: []string{"harbour"}, Removed: []string{"ferry"}},
				Passages:  corpus.Change{Added: []string{"inn#1"}, Changed: []string{"harbour#1"}, Removed: []string{"ferry#1"}},
				Facts:     corpus.Change{Added: []string{"boats"}, Changed: []string{"lighthouse-built", "lighthouse-engineer"}, Removed: []string{"ferry-ticket"}},
			}
			if got := fmt.Sprintf("%q", done.Diff); got != fmt.Sprintf("%q", want) {
				t.Errorf("changed:\n got %s\nwant %q", got, want)
			}
			wantStages := []bot.Stage{bot.Checking, bot.Indexing}
			if kept {
				wantStages = append(wantStages, bot.Publishing)
			}
			if !slices.Equal(stages, wantStages) {
				t.Errorf("stages %q, want %q", stages, wantStages)
			}
			if now := b.Status(); now.Version != done.Version || now.Version == first.Version || now.Digest == first.Digest {
				t.Errorf("it serves %s after %s; the refresh made %s", now.Version, first.Version, done.Version)
			}
			if got := says(t, b, builtWhen); got != "1869" {
				t.Errorf("after the refresh: %q", got)
			}
		})
	}
}

// TestRefreshBad holds that a corpus with problems changes nothing and that all its problems are told.
func TestRefreshBad(t *testing.T) {
	dir := harbour(t)
	b := open(t, bot.Options{Corpus: dir, Data: filepath.Join(t.TempDir(), "data")})
	before := b.Status()
	edit(t, dir, "quote: built in 1874", "quote: built in 1875")
	edit(t, dir, "relation: cost", "relation: price-of-everything")
	_, err := b.Refresh(t.Context(), bot.RefreshOptions{})
	var problems *corpus.CheckError
	if !errors.As(err, &problems) || len(problems.Problems) != 2 {
		t.Errorf("two problems: %v", err)
	}
	if _, err := b.Check(t.Context()); !errors.As(err, &problems) {
		t.Errorf("the check finds %v", err)
	}
	if now := b.Status(); now != before {
		t.Errorf("it serves %+v, want %+v", now, before)
	}
	if got := says(t, b, builtWhen); got != "1874" {
		t.Errorf("it says %q", got)
	}
	if versions, err := b.Versions(); err != nil || len(versions) != 1 {
		t.Errorf("%d versions, %v", len(versions), err)
	}
	if _, err := bot.Open(t.Context(), bot.Options{Corpus: dir, Log: slog.New(slog.DiscardHandler)}); !errors.As(err, &problems) {
		t.Errorf("opened anew: %v", err)
	}
}

func TestUse(t *testing.T) {
	dir, data := harbour(t), filepath.Join(t.TempDir(), "data")
	b := open(t, bot.Options{Corpus: dir, Data: data})
	first := b.Status().Version
	edit(t, dir, "1874", "1869")
	done, err := b.Refresh(t.Context(), bot.RefreshOptions{})
	if err != nil {
		t.Fatal(err)
	}
	versions, err := b.Versions()
	if err != nil || len(versions) != 2 || versions[0].Name != done.Version || versions[1].Name != first {
		t.Fatalf("versions %v, %v; want %s, %s", versions, err, done.Version, first)
	}
	if err := b.Use(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if got := says(t, b, builtWhen); got != "1874" || b.Status().Version != first {
		t.Errorf("rolled back, it says %q from %s", got, b.Status().Version)
	}
	if got := says(t, open(t, bot.Options{Corpus: dir, Data: data}), builtWhen); got != "1874" {
		t.Errorf("another bot on the same data says %q", got)
	}
	notFound(t, b.Use(t.Context(), "20010101T000000-none"), "20010101T000000-none")
	if b.Status().Version != first {
		t.Errorf("it serves %s", b.Status().Version)
	}
}

// TestWithoutData holds what a bot can do that keeps nothing.
func TestWithoutData(t *testing.T) {
	b := open(t, bot.Options{Corpus: harbour(t)})
	var e *bot.Error
	if _, err := b.Versions(); !errors.As(err, &e) || e.Code != bot.NoData {
		t.Errorf("versions: %v", err)
	}
	if err := b.Use(t.Context(), "any"); !errors.As(err, &e) || e.Code != bot.NoData || !strings.Contains(e.Say("en"), "--data") {
		t.Errorf("use: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Watch(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("watch: %v", err)
	}
}

// TestWatch lets a bot follow another one, as two processes on the same data do, and keep serving when the version does not open.
func TestWatch(t *testing.T) {
	dir, data := harbour(t), filepath.Join(t.TempDir(), "data")
	writer := open(t, bot.Options{Corpus: dir, Data: data})
	log := newJournal()
	reader := open(t, bot.Options{Corpus: dir, Data: data, Log: slog.New(log)})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- reader.Watch(ctx, time.Millisecond) }()

	edit(t, dir, "1874", "1869")
	done, err := writer.Refresh(t.Context(), bot.RefreshOptions{})
	if err != nil {
		t.Fatal(err)
	}
	log.wait(t, "serving corpus version="+done.Version)
	if got := says(t, reader, builtWhen); got != "1869" {
		t.Errorf("the follower says %q", got)
	}

	edit(t, dir, "1869", "1901")
	done, err = writer.Refresh(t.Context(), bot.RefreshOptions{})
	if err != nil {
		t.Fatal(err)
	}
	log.wait(t, "serving corpus version="+done.Version)

	broken := writer.Status().Version
	versions, err := writer.Versions()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Use(t.Context(), versions[1].Name); err != nil {
		t.Fatal(err)
	}
	log.wait(t, "serving corpus version="+versions[1].Name)
	facts := filepath.Join(data, "versions", broken, "corpus", "facts", "facts.yaml")
	whole, err := os.ReadFile(facts)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(facts, []byte("- id: !!!"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := corpus.OpenStore(data).Use(broken); err != nil {
		t.Fatal(err)
	}
	log.wait(t, "facts.yaml:1: ")
	if got := says(t, reader, builtWhen); got != "1869" {
		t.Errorf("with a broken version in use, the follower says %q", got)
	}

	// What kept a version from opening may pass, and each trouble is told.
	if err := os.WriteFile(facts, whole, 0o644); err != nil {
		t.Fatal(err)
	}
	log.wait(t, "serving corpus version="+broken)
	if err := os.WriteFile(filepath.Join(data, "CURRENT"), []byte("garbage\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	log.wait(t, "not the name of a version")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("watch ended with %v", err)
	}
}

// TestDamagedIndex holds that an index which cannot be read is built anew, and that the log says so.
func TestDamagedIndex(t *testing.T) {
	dir, data := harbour(t), filepath.Join(t.TempDir(), "data")
	b := open(t, bot.Options{Corpus: dir, Data: data})
	name := b.Status().Version
	for _, damage := range []struct {
		how string
		do  func(file string) error
	}{
		{"emptied", func(file string) error { return os.Truncate(file, 0) }},
		{"removed", os.Remove},
	} {
		t.Run(damage.how, func(t *testing.T) {
			err := filepath.WalkDir(filepath.Join(data, "versions", name, "index"), func(file string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				return damage.do(file)
			})
			if err != nil {
				t.Fatal(err)
			}
			log := newJournal()
			mended := open(t, bot.Options{Corpus: dir, Data: data, Log: slog.New(log)})
			if line := log.wait(t, "index is damaged"); !strings.Contains(line, name) {
				t.Errorf("logged %q", line)
			}
			if got := says(t, mended, builtWhen); got != "1874" {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// TestAlteredVersion holds that what was edited inside a version is not quoted.
func TestAlteredVersion(t *testing.T) {
	dir, data := harbour(t), filepath.Join(t.TempDir(), "data")
	name := open(t, bot.Options{Corpus: dir, Data: data}).Status().Version
	edit(t, filepath.Join(data, "versions", name, "corpus"), "1874", "1950")
	_, err := bot.Open(t.Context(), bot.Options{Corpus: dir, Data: data, Log: slog.New(slog.DiscardHandler)})
	var say *bot.Error
	var damage *corpus.DamageError
	if !errors.As(err, &say) || say.Code != bot.Unusable || !errors.As(err, &damage) || damage.Version != name {
		t.Errorf("it opens: %v", err)
	}
}

// TestRefreshMends holds that a refresh publishes whatever became of the version in use, and that nothing else does.
func TestRefreshMends(t *testing.T) {
	for how, damage := range map[string]func(data, name string) error{
		"no manifest": func(data, name string) error {
			return os.Remove(filepath.Join(data, "versions", name, "MANIFEST.json"))
		},
		"garbage in CURRENT": func(data, _ string) error {
			return os.WriteFile(filepath.Join(data, "CURRENT"), []byte("garbage"), 0o644)
		},
		"no CURRENT":   func(data, _ string) error { return os.Remove(filepath.Join(data, "CURRENT")) },
		"version gone": func(data, name string) error { return os.RemoveAll(filepath.Join(data, "versions", name)) },
		"broken facts": func(data, name string) error {
			return os.WriteFile(filepath.Join(data, "versions", name, "corpus", "facts", "facts.yaml"), []byte("- id: !!!"), 0o644)
		},
	} {
		t.Run(how, func(t *testing.T) {
			dir, data := harbour(t), filepath.Join(t.TempDir(), "data")
			o := bot.Options{Corpus: dir, Data: data, Log: slog.New(slog.DiscardHandler), Now: clock()}
			first, err := bot.Refresh(t.Context(), o, bot.RefreshOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := damage(data, first.Version); err != nil {
				t.Fatal(err)
			}
			var say *bot.Error
			if _, err := bot.Open(t.Context(), o); !errors.As(err, &say) || say.Code != bot.Unusable {
				t.Errorf("opened: %v", err)
			}
			var check *corpus.CheckError
			if errors.As(say, &check) && !strings.HasPrefix(check.Error(), filepath.Join(data, "versions", first.Version)) {
				t.Errorf("the problems are told of another directory: %v", check)
			}
			done, err := bot.Refresh(t.Context(), o, bot.RefreshOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := says(t, open(t, o), builtWhen); got != "1874" || len(done.Diff.Documents.Added) == 0 {
				t.Errorf("mended, it says %q; %+v", got, done.Diff)
			}
		})
	}
}

func TestClose(t *testing.T) {
	b, err := bot.Open(t.Context(), bot.Options{Corpus: harbour(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if _, err := b.Ask(t.Context(), bot.Question{Text: builtWhen}); !errors.Is(err, bot.ErrClosed) {
		t.Errorf("ask: %v", err)
	}
	if _, err := b.Fact("berths", "en"); !errors.Is(err, bot.ErrClosed) {
		t.Errorf("fact: %v", err)
	}
	if b.Status() != (bot.Status{}) || b.Sources() != nil || b.Facts("") != nil || b.Suggest("", "en", 3) != nil {
		t.Error("a closed bot still knows something")
	}
}

// raceDetected reports that the tests were built with -race.
func raceDetected() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// TestAskDuringRefreshes asks from eight goroutines while the corpus is refreshed twenty times: no question fails, and each is answered
// whole from one version.
func TestAskDuringRefreshes(t *testing.T) {
	questions, refreshes := int64(10_000), 20
	if raceDetected() {
		questions = 2_000 // a question takes ten times as long
	}
	dir := harbour(t)
	b := open(t, bot.Options{Corpus: dir, Data: filepath.Join(t.TempDir(), "data")})
	var asked atomic.Int64
	var refreshed atomic.Bool
	var years sync.Map // by version: the year that it answers
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for asked.Add(1) <= questions || !refreshed.Load() {
				r, err := b.Ask(t.Context(), bot.Question{Text: builtWhen})
				if err != nil || r.Parts[0].Outcome != answer.Answered {
					t.Errorf("a question failed: %+v, %v", r, err)
					return
				}
				p := r.Parts[0]
				if !strings.Contains(p.Evidence[0].Sentence.Text, "built in "+p.Text+" ") {
					t.Errorf("%q is not in its quote %q", p.Text, p.Evidence[0].Sentence.Text)
				}
				if year, seen := years.LoadOrStore(r.Version, p.Text); seen && year != p.Text {
					t.Errorf("version %s says %s and %s", r.Version, year, p.Text)
				}
			}
		})
	}
	year := 1874
	for range refreshes {
		edit(t, dir, fmt.Sprint(year), fmt.Sprint(year+1))
		year++
		done, err := b.Refresh(t.Context(), bot.RefreshOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := says(t, b, builtWhen); got != fmt.Sprint(year) {
			t.Errorf("version %s says %s, want %d", done.Version, got, year)
		}
	}
	refreshed.Store(true)
	wait.Wait()
	if n := asked.Load() - 8; n < questions {
		t.Errorf("%d questions asked, want %d", n, questions)
	}
	versions, err := b.Versions()
	if err != nil || len(versions) > 6 || len(versions) < 2 {
		t.Errorf("%d versions are kept, %v", len(versions), err)
	}
}
