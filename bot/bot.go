package bot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
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

// Open opens the version in use of Options.Data, or publishes Options.Corpus there first if there is none. Without Data it
// indexes Options.Corpus in a temporary directory, and the first question waits for the end of that. Problems in the corpus are a
// *corpus.CheckError.
func Open(ctx context.Context, o Options) (*Bot, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Bot{options: o}
	v, err := b.first(ctx)
	if err != nil {
		return nil, err
	}
	b.live = index.NewLive(v)
	return b, nil
}

func (b *Bot) first(ctx context.Context) (*version, error) {
	if b.options.Data == "" {
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
	var err error
	if b.store, err = corpus.OpenStore(b.options.Data); err != nil {
		return nil, err
	}
	current, err := b.store.Current()
	if errors.Is(err, corpus.ErrNoVersion) {
		c, err := b.load()
		if err != nil {
			return nil, err
		}
		if current, err = b.publish(ctx, c, nil, nil); err != nil {
			return nil, err
		}
		return b.open(ctx, current.Name)
	}
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
	fsys, err := b.source()
	if err != nil {
		return nil, err
	}
	return corpus.Load(fsys)
}

// publish stages c, which was loaded from the source, and makes it the version in use unless approve, if not nil, objects.
func (b *Bot) publish(ctx context.Context, c *corpus.Corpus, progress Progress, approve func(*version) error) (corpus.Version, error) {
	fsys, err := b.source()
	if err != nil {
		return corpus.Version{}, err
	}
	staged, err := b.stage(ctx, fsys, c, progress, approve)
	if err != nil {
		return corpus.Version{}, err
	}
	if progress != nil {
		progress(Publishing, 0, 0)
	}
	if err := b.store.Use(staged.Name); err != nil {
		return corpus.Version{}, err
	}
	return staged, nil
}

// errChanged reports that the source was edited between its check and its copy.
var errChanged = errors.New("the corpus changed while it was read; try again")

func (b *Bot) stage(ctx context.Context, fsys fs.FS, c *corpus.Corpus, progress Progress, approve func(*version) error) (corpus.Version, error) {
	return b.store.Stage(ctx, b.options.Now(), func(dir string) error {
		text := filepath.Join(dir, "corpus")
		if err := corpus.WriteDir(fsys, text); err != nil {
			return err
		}
		copied, err := corpus.OpenDir(text)
		if err != nil {
			return err
		}
		again, err := corpus.Load(copied)
		if err != nil {
			return err
		}
		if c != nil && again.Digest != c.Digest {
			return errChanged
		}
		built := filepath.Join(dir, "index")
		err = index.Build(ctx, built, again, func(done, total int) {
			if progress != nil {
				progress(Indexing, done, total)
			}
		})
		if err != nil || approve == nil {
			return err
		}
		x, err := index.Open(built, again)
		if err != nil {
			return err
		}
		v := &version{answer.New(x), shortDigest(again), func() {}}
		return errors.Join(approve(v), v.Close())
	})
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
	fsys, err := corpus.OpenDir(filepath.Join(dir, "corpus"))
	if err != nil {
		return nil, err
	}
	c, err := corpus.Load(fsys)
	if err != nil {
		return nil, err
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

// Refresh reads the source again, checks it, builds it aside, publishes it and serves it. On any error the version in use
// stays. A source that did not change is published too, so that a refresh always leaves a sound version. A golden question of the
// source that the version in use answers rightly and the new one does not is an *Error with code GoldenLost, unless forced.
func (b *Bot) Refresh(ctx context.Context, o RefreshOptions) (Refreshed, error) {
	progress := o.Progress
	b.changing.Lock()
	defer b.changing.Unlock()
	if progress != nil {
		progress(Checking, 0, 0)
	}
	c, err := b.load()
	if err != nil {
		return Refreshed{}, err
	}
	old, release, err := b.acquire()
	if err != nil {
		return Refreshed{}, err
	}
	defer release()
	done := Refreshed{Diff: corpus.Compare(old.Corpus(), c)}
	approve := func(v *version) (err error) {
		if done.Won, done.Lost, err = compare(ctx, old, v, progress); err == nil && len(done.Lost) > 0 && !o.Force {
			err = lostError(done.Lost)
		}
		return err
	}
	var v *version
	if b.store == nil {
		if progress != nil {
			progress(Indexing, 0, 0)
		}
		x, err := index.Temp(ctx, c)
		if err != nil {
			return Refreshed{}, err
		}
		v = &version{answer.New(x), shortDigest(c), func() {}}
		if err := approve(v); err != nil {
			return Refreshed{}, errors.Join(err, v.Close())
		}
	} else {
		published, err := b.publish(ctx, c, progress, approve)
		if err != nil {
			return Refreshed{}, err
		}
		if v, err = b.open(ctx, published.Name); err != nil {
			return Refreshed{}, err
		}
	}
	release() // so that serve closes it, if nobody else reads it
	if err := b.serve(v); err != nil {
		return Refreshed{}, err
	}
	if b.store != nil {
		if gone, err := b.store.Prune(b.options.Now(), keep); err != nil {
			b.options.Log.Warn("old versions stay", "err", err)
		} else if len(gone) > 0 {
			b.options.Log.Info("removed old versions", "versions", gone)
		}
	}
	done.Version = v.name
	return done, nil
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

// Watch serves whatever version other processes put in use, looking once in every interval, until ctx ends. A version that does not open
// is logged once and the old one stays.
func (b *Bot) Watch(ctx context.Context, every time.Duration) error {
	if b.store == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	refused := ""
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if name, err := b.catchUp(ctx, refused); err != nil && name != refused {
			refused = name
			b.options.Log.Error("the version in use does not open; the one before keeps serving", "version", name, "err", err)
		}
	}
}

// catchUp serves the store's current version if it is another one than is served, unless it is refused.
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
