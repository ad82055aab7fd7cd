package bot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"kaede/bot/answer"
	"kaede/corpus"
	"kaede/index"
)

// Options say where the corpus is. The zero value serves the embedded corpus from a temporary index.
type Options struct {
	Corpus string           // directory to read; empty: the embedded corpus
	Data   string           // directory of versions; empty: none, nothing is kept
	Log    *slog.Logger     // nil: slog.Default()
	Now    func() time.Time // nil: time.Now
}

// Bot answers from the live version of a corpus.
type Bot struct {
	options Options
	store   *corpus.Store // nil where nothing is kept
	live    *index.Live[*version]

	changing sync.Mutex // held by what changes the version in use
}

// version is one version of the corpus, being served.
type version struct {
	*answer.Engine
	name    string
	release func() // lets other processes prune it
}

// Close closes the engine, once nothing reads it any more.
func (v *version) Close() error {
	err := v.Engine.Close()
	v.release()
	return err
}

// Stage is a step of a refresh, for showing progress.
type Stage string

// The stages of a refresh, in order.
const (
	Checking   Stage = "check"
	Indexing   Stage = "index"
	Testing    Stage = "golden" // asking the golden questions
	Publishing Stage = "publish"
)

// Progress is told how far a stage is; total is 0 where it is not known. It must not block.
type Progress func(stage Stage, done, total int)

// keep is how many versions before the current one a refresh leaves for rollback.
const keep = 5

// Open opens the version in use of Options.Data, or publishes Options.Corpus there first if there is no version at all. Without
// Data it indexes Options.Corpus in a temporary directory, and the first question waits for the end of that. Problems in the corpus
// are a *corpus.CheckError; a version in use that cannot be served is an *Error with code Unusable.
func Open(ctx context.Context, o Options) (*Bot, error) {
	b := prepare(o)
	v, err := b.first(ctx)
	if err != nil {
		return nil, err
	}
	b.live = index.NewLive(v)
	return b, nil
}

// prepare gives a bot that serves nothing yet.
func prepare(o Options) *Bot {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Bot{options: o}
	if o.Data != "" {
		b.store = corpus.OpenStore(o.Data)
	}
	return b
}

func (b *Bot) first(ctx context.Context) (*version, error) {
	if b.store == nil {
		c, err := b.load()
		if err != nil {
			return nil, err
		}
		x, err := index.Start(ctx, c) // no question comes before the engine is ready too
		if err != nil {
			return nil, err
		}
		return &version{answer.New(x), shortDigest(c), func() {}}, nil
	}
	if _, err := b.store.Current(); errors.Is(err, corpus.ErrNoVersion) {
		return b.publish(ctx, noProgress, func(*version) error { return nil })
	}
	v, err := b.current(ctx)
	if err != nil && ctx.Err() == nil {
		err = &Error{Code: Unusable, Detail: err}
	}
	return v, err
}

// current opens the version in use.
func (b *Bot) current(ctx context.Context) (*version, error) {
	current, err := b.store.Current()
	if err != nil {
		return nil, err
	}
	return b.open(ctx, current.Name)
}

func shortDigest(c *corpus.Corpus) string { return c.Digest[:min(12, len(c.Digest))] }

// source is the corpus that a refresh reads.
func (b *Bot) source() (fs.FS, error) {
	if b.options.Corpus == "" {
		return corpus.Shipped(), nil
	}
	return corpus.OpenDir(b.options.Corpus)
}

func (b *Bot) load() (*corpus.Corpus, error) {
	if b.options.Corpus == "" {
		return corpus.Load(corpus.Shipped())
	}
	return corpus.LoadDir(b.options.Corpus)
}

// publish stages the source, and makes it the version in use unless approve objects.
func (b *Bot) publish(ctx context.Context, progress Progress, approve func(*version) error) (v *version, err error) {
	defer func() {
		if err != nil && v != nil {
			err = errors.Join(err, v.Close())
			v = nil
		}
	}()
	staged, err := b.store.Stage(ctx, b.options.Now(), func(dir string) (*corpus.Corpus, error) {
		progress(Checking, 0, 0)
		c, err := b.copy(filepath.Join(dir, "corpus"))
		if err != nil {
			return nil, err
		}
		built := filepath.Join(dir, "index")
		if err := index.Build(ctx, built, c, func(done, total int) { progress(Indexing, done, total) }); err != nil {
			return nil, err
		}
		x, err := index.Open(built, c)
		if err != nil {
			return nil, err
		}
		v = &version{answer.New(x), shortDigest(c), func() {}}
		return c, approve(v)
	})
	if err != nil {
		return v, err
	}
	progress(Publishing, 0, 0)
	release, err := b.store.Hold(staged.Name)
	if err != nil {
		return v, err
	}
	v.name, v.release = staged.Name, release // what was tested is what is served: its index stays open when its directory is renamed
	return v, b.store.Use(staged.Name)
}

// copy copies the source into dir and loads it from there, so that what was checked is what is kept. Its problems are told as the
// source's.
func (b *Bot) copy(dir string) (*corpus.Corpus, error) {
	fsys, err := b.source()
	if err != nil {
		return nil, err
	}
	if err = corpus.WriteDir(fsys, dir); err == nil {
		var c *corpus.Corpus
		if c, err = corpus.LoadDir(dir); err == nil {
			return c, nil
		}
	}
	var check *corpus.CheckError
	if errors.As(err, &check) {
		check.Dir = b.options.Corpus
	}
	return nil, err
}

// open opens a version of the store for serving. A damaged index is built anew from the version's own documents.
func (b *Bot) open(ctx context.Context, name string) (*version, error) {
	release, err := b.store.Hold(name)
	if err != nil {
		return nil, err
	}
	v, err := b.openHeld(ctx, name, release)
	if err != nil {
		release()
		return nil, fmt.Errorf("open version %s: %w", name, err)
	}
	return v, nil
}

func (b *Bot) openHeld(ctx context.Context, name string, release func()) (*version, error) {
	dir, err := b.store.Dir(name)
	if err != nil {
		return nil, err
	}
	c, err := corpus.LoadDir(filepath.Join(dir, "corpus"))
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(name, "-"+shortDigest(c)) {
		return nil, &corpus.DamageError{Version: name, Files: []string{"corpus"}} // somebody edited it: it is not what was checked
	}
	x, err := index.Open(filepath.Join(dir, "index"), c)
	if errors.Is(err, index.ErrDamaged) {
		b.options.Log.Warn("index is damaged; building it anew from the version's documents", "version", name, "err", err)
		x, err = index.Temp(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	return &version{answer.New(x), name, release}, nil
}

// Close stops serving. Questions under way must have ended or end with an error.
func (b *Bot) Close() error { return b.live.Close() }

// Check reads the source of the corpus again and changes nothing. Its problems are a *corpus.CheckError.
func (b *Bot) Check(ctx context.Context) (*corpus.Corpus, error) { return b.load() }

// Refreshed is what a refresh did.
type Refreshed struct {
	Version string
	Diff    corpus.Diff
	Won     []corpus.Golden // golden questions that are answered rightly now and were not before
	Lost    []corpus.Golden // those that were and are not; none unless it was forced
}

// RefreshOptions say how to refresh. The zero value is the careful way.
type RefreshOptions struct {
	Progress Progress // may be nil
	Force    bool     // publish although golden questions are lost
}

func noProgress(Stage, int, int) {}

// Refresh reads the source again, checks it, builds it aside, publishes it and serves it. On any error the version in use
// stays. A source that did not change is published too, so that a refresh always leaves a sound version. A golden question of the
// source that the version in use answers rightly and the new one does not is an *Error with code GoldenLost, unless forced.
func (b *Bot) Refresh(ctx context.Context, o RefreshOptions) (Refreshed, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	old, release, err := b.acquire()
	if err != nil {
		return Refreshed{}, err
	}
	defer release()
	v, done, err := b.renew(ctx, old, o)
	if err != nil {
		return Refreshed{}, err
	}
	release() // so that serve closes it, if nobody else reads it
	if err := b.serve(v); err != nil {
		return Refreshed{}, err
	}
	b.prune()
	return done, nil
}

// Refresh is Bot.Refresh where nothing is being served, so that it also mends a store whose version in use does not open: that one
// then counts as none. Without Data it is an *Error with code NoData.
func Refresh(ctx context.Context, o Options, how RefreshOptions) (Refreshed, error) {
	b := prepare(o)
	if b.store == nil {
		return Refreshed{}, &Error{Code: NoData}
	}
	old, err := b.current(ctx)
	if err == nil {
		defer old.Close()
	} else if !errors.Is(err, corpus.ErrNoVersion) {
		b.options.Log.Warn("the version in use does not open; the new one is compared with none", "err", err)
	}
	v, done, err := b.renew(ctx, old, how)
	if err != nil {
		return Refreshed{}, err
	}
	b.prune()
	return done, v.Close()
}

// renew makes a version of the source and, where versions are kept, publishes it. It compares it with old, which may be nil.
func (b *Bot) renew(ctx context.Context, old *version, o RefreshOptions) (*version, Refreshed, error) {
	progress := o.Progress
	if progress == nil {
		progress = noProgress
	}
	var done Refreshed
	approve := func(v *version) (err error) {
		if old == nil {
			done.Diff = corpus.Compare(nil, v.Corpus())
			return nil
		}
		done.Diff = corpus.Compare(old.Corpus(), v.Corpus())
		if done.Won, done.Lost, err = compare(ctx, old, v, progress); err == nil && len(done.Lost) > 0 && !o.Force {
			err = lostError(done.Lost)
		}
		return err
	}
	renew := b.publish
	if b.store == nil {
		renew = b.temporary
	}
	v, err := renew(ctx, progress, approve)
	if err != nil {
		return nil, Refreshed{}, err
	}
	done.Version = v.name
	return v, done, nil
}

// temporary indexes the source in a temporary directory unless approve objects.
func (b *Bot) temporary(ctx context.Context, progress Progress, approve func(*version) error) (*version, error) {
	progress(Checking, 0, 0)
	c, err := b.load()
	if err != nil {
		return nil, err
	}
	progress(Indexing, 0, 0)
	x, err := index.Temp(ctx, c)
	if err != nil {
		return nil, err
	}
	v := &version{answer.New(x), shortDigest(c), func() {}}
	if err := approve(v); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// prune removes old versions, where versions are kept.
func (b *Bot) prune() {
	if b.store == nil {
		return
	}
	if gone, err := b.store.Prune(b.options.Now(), keep); err != nil {
		b.options.Log.Warn("old versions stay", "err", err)
	} else if len(gone) > 0 {
		b.options.Log.Info("removed old versions", "versions", gone)
	}
}

// serve makes v the live version. The old one closes once its last reader is done.
func (b *Bot) serve(v *version) error {
	if err := b.live.Swap(v); err != nil {
		return fmt.Errorf("close the version before %s: %w", v.name, err)
	}
	b.options.Log.Info("serving corpus", "version", v.name)
	return nil
}

// Versions lists the versions that are kept, newest first. Without a store it is an *Error with code NoData.
func (b *Bot) Versions() ([]corpus.Version, error) {
	if b.store == nil {
		return nil, &Error{Code: NoData}
	}
	return b.store.Versions()
}

// Use serves another version that is kept, and makes it the one in use for every process.
func (b *Bot) Use(ctx context.Context, name string) error {
	if b.store == nil {
		return &Error{Code: NoData}
	}
	b.changing.Lock()
	defer b.changing.Unlock()
	if _, release, err := b.acquire(); err != nil {
		return err
	} else {
		release()
	}
	v, err := b.open(ctx, name)
	if errors.Is(err, corpus.ErrNoVersion) {
		return &Error{Code: NotFound, Detail: err, Data: map[string]any{"Name": name}}
	}
	if err != nil {
		return err
	}
	if err := b.store.Use(name); err != nil {
		v.Close()
		return err
	}
	return b.serve(v)
}

// retryEvery is after how many looks Watch tries a version again that did not open.
const retryEvery = 15

// Watch serves whatever version other processes put in use, looking once in every interval, until ctx ends. While none can be served
// the old one stays; each reason is logged once, and a version that did not open is tried again now and then.
func (b *Bot) Watch(ctx context.Context, every time.Duration) error {
	if b.store == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	refused, told := "", ""
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if n%retryEvery == 0 {
			refused = ""
		}
		name, err := b.catchUp(ctx, refused)
		switch {
		case err != nil && err.Error() != told:
			told = err.Error()
			b.options.Log.Error("the version in use cannot be served; the one before keeps serving", "err", err)
		case err == nil && name != refused:
			told = ""
		}
		if err != nil {
			refused = name
		}
	}
}

// catchUp serves the store's current version if it is another one than is served, unless it is refused. It returns that version's name,
// empty if it is not known.
func (b *Bot) catchUp(ctx context.Context, refused string) (string, error) {
	b.changing.Lock()
	defer b.changing.Unlock()
	current, err := b.store.Current()
	if err != nil {
		return "", err
	}
	serving, release, err := b.acquire()
	if err != nil {
		return "", err
	}
	same := serving.name == current.Name
	release()
	if same || current.Name == refused {
		return current.Name, nil
	}
	v, err := b.open(ctx, current.Name)
	if err != nil {
		return current.Name, err
	}
	return current.Name, b.serve(v)
}
