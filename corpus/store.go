package corpus

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// ErrNoVersion is returned where a store has no version, or none of that name.
var ErrNoVersion = errors.New("no such version")

// Store keeps versions of a corpus in a directory:
//
//	CURRENT                  the name of the version in use and a newline; replaced by rename
//	LOCK                     held by whoever publishes, switches or prunes
//	versions/NAME/           a whole version; appears by rename and never changes
//	versions/NAME/corpus/    its documents, facts and lexicon
//	versions/NAME/index/     the index built from them
//	versions/NAME/MANIFEST.json
//	held/NAME                held shared by every process that reads the version
//	staging/NAME/            a version being made; its maker holds staging/NAME.lock
//
// A name is the time in UTC and the beginning of the corpus's digest, so that names sort by age.
//
// All methods may be called from many goroutines and from several processes at once. A process that dies at
// any point leaves the version in use as it was; what it left in staging goes with the next Stage or Prune.
type Store struct {
	dir  string
	step func(string) // told before each step of a change; tests die there. Nil otherwise
}

// Version is one version of a store.
type Version struct {
	Name    string
	Created time.Time
	Digest  string // of the corpus; empty if Damaged
	Current bool   // CURRENT names it
	Damaged bool   // its manifest cannot be read, so it cannot be used
}

// DamageError lists the files of a version that are not what its manifest says.
type DamageError struct {
	Version string
	Files   []string // paths inside the version
}

// Error names the files.
func (e *DamageError) Error() string {
	return fmt.Sprintf("version %s is damaged: %s", e.Version, strings.Join(e.Files, ", "))
}

const (
	manifestName     = "MANIFEST.json"
	manifestFormat   = 1
	maxManifestBytes = 64 << 20 // MaxFiles files and an index, at a few hundred bytes each
	maxNameBytes     = 256      // of CURRENT, which holds 33
	lockPatience     = 10 * time.Second
	youngest         = time.Hour // no version younger than this is pruned
	timeForm         = "20060102T150405.000Z"
)

// manifest says what a version holds. It is written last.
type manifest struct {
	Format  int            `json:"format"`
	Created time.Time      `json:"created"`
	Corpus  string         `json:"corpus"` // Corpus.Digest
	Files   []manifestFile `json:"files"`  // all others, in the order of their paths
}

type manifestFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

var versionName = regexp.MustCompile(`^\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{12}$`)

// OpenStore opens the store in dir. Nothing need be there: what changes the store makes what it needs.
func OpenStore(dir string) *Store { return &Store{dir: dir} }

func (s *Store) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

func (s *Store) at(step string) {
	if s.step != nil {
		s.step(step)
	}
}

// lock waits for the right to change what is published, and makes the store's directories.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	for _, sub := range []string{"versions", "staging", "held"} {
		if err := os.MkdirAll(s.path(sub), 0o755); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	l := flock.New(s.path("LOCK"))
	if _, err := l.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		l.Close()
		return nil, fmt.Errorf("lock store (does another process hold it?): %w", err)
	}
	return func() { l.Close() }, nil
}

// Stage makes a version and publishes it without using it. fill writes the corpus under dir/corpus and the
// index under dir/index, and returns that corpus as it loads from there; it may take long, and other processes may
// use and stage versions meanwhile. Nothing is left if anything fails or ctx ends.
func (s *Store) Stage(ctx context.Context, now time.Time, fill func(dir string) (*Corpus, error)) (Version, error) {
	v, err := s.stage(ctx, now, fill)
	if err != nil {
		return Version{}, fmt.Errorf("stage version: %w", err)
	}
	return v, nil
}

func (s *Store) stage(ctx context.Context, now time.Time, fill func(dir string) (*Corpus, error)) (Version, error) {
	dir, discard, err := s.makeStaging(ctx)
	if err != nil {
		return Version{}, err
	}
	defer discard()

	s.at("fill")
	c, err := fill(dir)
	if err != nil {
		return Version{}, err
	}
	s.at("manifest")
	m := manifest{Format: manifestFormat, Created: now.UTC(), Corpus: c.Digest}
	if m.Files, err = digestAndSync(ctx, dir); err != nil {
		return Version{}, err
	}
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return Version{}, err
	}
	if err := writeSynced(filepath.Join(dir, manifestName), append(data, '\n')); err != nil {
		return Version{}, err
	}
	if err := syncDirs(dir); err != nil {
		return Version{}, err
	}
	s.at("lock")
	unlock, err := s.lock(ctx)
	if err != nil {
		return Version{}, err
	}
	defer unlock()
	if err := ctx.Err(); err != nil {
		return Version{}, err
	}
	v := Version{Created: now.UTC().Truncate(time.Millisecond), Digest: c.Digest}
	for {
		v.Name = v.Created.Format(timeForm) + "-" + v.Digest[:12]
		if _, err := os.Lstat(s.path("versions", v.Name)); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return Version{}, err
		}
		v.Created = v.Created.Add(time.Millisecond)
	}
	s.at("publish")
	if err := os.Rename(dir, s.path("versions", v.Name)); err != nil {
		return Version{}, err
	}
	s.at("sync")
	return v, syncDir(s.path("versions"))
}

// makeStaging makes an empty directory that no other process sweeps away before discard is called.
func (s *Store) makeStaging(ctx context.Context) (dir string, discard func(), err error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return "", nil, err
	}
	defer unlock() // sweep must not come between the two steps below
	if err := s.sweep(); err != nil {
		return "", nil, err
	}
	s.at("staging")
	dir, err = os.MkdirTemp(s.path("staging"), "new-")
	if err != nil {
		return "", nil, err
	}
	s.at("hold staging")
	l := flock.New(dir + ".lock")
	discard = func() {
		os.RemoveAll(dir)
		os.Remove(dir + ".lock")
		l.Close()
	}
	if ok, err := l.TryLock(); err != nil || !ok {
		discard()
		return "", nil, cmp.Or(err, errors.New("lock staging directory: it is taken"))
	}
	return dir, discard, nil
}

// sweep removes what dead processes left in staging. The caller holds LOCK.
func (s *Store) sweep() error {
	entries, err := os.ReadDir(s.path("staging"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".lock")
		l := flock.New(s.path("staging", name+".lock"))
		if ok, err := l.TryLock(); err != nil || !ok {
			l.Close()
			continue // its maker lives
		}
		err := os.RemoveAll(s.path("staging", name))
		os.Remove(l.Path())
		l.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// Use makes the version the one in use, an older one as well as a newer one.
func (s *Store) Use(name string) error {
	if err := s.use(name); err != nil {
		return fmt.Errorf("use version: %w", err)
	}
	return nil
}

func (s *Store) use(name string) error {
	unlock, err := s.lock(context.Background())
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := s.manifest(name); err != nil {
		return err
	}
	s.at("write CURRENT")
	if err := writeSynced(s.path("CURRENT.new"), []byte(name+"\n")); err != nil {
		return err
	}
	s.at("replace CURRENT")
	if err := os.Rename(s.path("CURRENT.new"), s.path("CURRENT")); err != nil {
		return err
	}
	s.at("sync CURRENT")
	return syncDir(s.dir)
}

// Current returns the version in use, or ErrNoVersion where there is no version at all and none was ever used.
func (s *Store) Current() (Version, error) {
	name, err := s.currentName()
	if err != nil {
		return Version{}, fmt.Errorf("read current version: %w", err)
	}
	v, err := s.version(name)
	if errors.Is(err, ErrNoVersion) {
		err = fmt.Errorf("%s names %s, which is not there", s.path("CURRENT"), name)
	}
	if err != nil {
		return Version{}, fmt.Errorf("read current version: %w", err)
	}
	v.Current = true
	return v, nil
}

func (s *Store) currentName() (string, error) {
	f, err := os.Open(s.path("CURRENT"))
	if errors.Is(err, fs.ErrNotExist) {
		if vs, err := s.names(); err != nil || len(vs) > 0 {
			return "", cmp.Or(err, fmt.Errorf("%s is missing, which names the one of the store's versions that is in use", s.path("CURRENT")))
		}
		return "", ErrNoVersion
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxNameBytes))
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(string(data), "\n")
	if !versionName.MatchString(name) {
		return "", fmt.Errorf("%s holds %q, which is not the name of a version", s.path("CURRENT"), name)
	}
	return name, nil
}

// Versions returns the versions of the store, newest first. That CURRENT is unreadable does not keep it from
// listing them: one of them is then to be used again.
func (s *Store) Versions() ([]Version, error) {
	names, err := s.names()
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	current, _ := s.currentName()
	var vs []Version
	for _, name := range slices.Backward(names) {
		v, err := s.version(name)
		if errors.Is(err, ErrNoVersion) {
			continue // pruned meanwhile
		}
		if err != nil {
			v = Version{Name: name, Damaged: true}
			v.Created, _ = time.Parse(timeForm, name[:len(timeForm)])
		}
		v.Current = name == current
		vs = append(vs, v)
	}
	return vs, nil
}

// names returns the names of the versions that are there, the oldest first.
func (s *Store) names() ([]string, error) {
	entries, err := os.ReadDir(s.path("versions"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if versionName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

func (s *Store) version(name string) (Version, error) {
	m, err := s.manifest(name)
	if err != nil {
		return Version{}, err
	}
	created, err := time.Parse(timeForm, name[:len(timeForm)])
	return Version{Name: name, Created: created, Digest: m.Corpus}, err
}

// manifest reads the manifest of a version: ErrNoVersion if there is no such version.
func (s *Store) manifest(name string) (manifest, error) {
	var m manifest
	dir, err := s.Dir(name)
	if err != nil {
		return m, err
	}
	f, err := os.Open(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, cmp.Or(s.exists(name), error(&DamageError{name, []string{manifestName}}))
	}
	if err != nil {
		return m, err
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxManifestBytes)).Decode(&m); err != nil {
		return m, fmt.Errorf("%w (%v)", &DamageError{name, []string{manifestName}}, err)
	}
	if m.Format != manifestFormat {
		return m, fmt.Errorf("version %s has format %d and this program reads format %d; stage it again", name, m.Format, manifestFormat)
	}
	return m, nil
}

// exists returns ErrNoVersion unless the directory of the version is there.
func (s *Store) exists(name string) error {
	_, err := os.Stat(s.path("versions", name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNoVersion, name)
	}
	return err
}

// Dir returns the directory of a version, or ErrNoVersion.
func (s *Store) Dir(name string) (string, error) {
	if !versionName.MatchString(name) {
		return "", fmt.Errorf("%w: %q is not the name of a version", ErrNoVersion, name)
	}
	if err := s.exists(name); err != nil {
		return "", err
	}
	return s.path("versions", name), nil
}

// Hold keeps the version from being pruned, by this and by other processes, until release is called.
// ErrNoVersion if it is gone already.
func (s *Store) Hold(name string) (release func(), err error) {
	if _, err := s.Dir(name); err != nil {
		return nil, fmt.Errorf("hold version: %w", err)
	}
	if err := os.MkdirAll(s.path("held"), 0o755); err != nil { // a copy of the store may lack it
		return nil, fmt.Errorf("hold version: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	l := flock.New(s.path("held", name))
	if _, err := l.TryRLockContext(ctx, 5*time.Millisecond); err != nil {
		l.Close()
		return nil, fmt.Errorf("hold version %s: %w", name, err)
	}
	// Whoever prunes looks for holders first: what is there now stays.
	if err := s.exists(name); err != nil {
		os.Remove(l.Path())
		l.Close()
		return nil, fmt.Errorf("hold version: %w", err)
	}
	return func() { l.Close() }, nil
}

// Verify reads the whole version: a *DamageError names the files that are not what its manifest says.
func (s *Store) Verify(ctx context.Context, name string) error {
	m, err := s.manifest(name)
	if err != nil {
		return fmt.Errorf("verify version: %w", err)
	}
	damage := &DamageError{Version: name}
	known := map[string]bool{manifestName: true}
	for _, want := range m.Files {
		known[want.Path] = true
		if err := ctx.Err(); err != nil {
			return err
		}
		if !filepath.IsLocal(want.Path) {
			damage.Files = append(damage.Files, manifestName)
			continue
		}
		got, err := digestFile(filepath.Join(s.path("versions", name), filepath.FromSlash(want.Path)), nil)
		if err != nil || got.Size != want.Size || got.SHA256 != want.SHA256 {
			damage.Files = append(damage.Files, want.Path)
		}
	}
	err = fs.WalkDir(os.DirFS(s.path("versions", name)), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !known[p] {
			damage.Files = append(damage.Files, p)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("verify version: %w", err)
	}
	if len(damage.Files) > 0 {
		return damage
	}
	return nil
}

// Prune removes old versions and returns their names. It keeps the one in use and the keep versions next
// older than it, whatever is newer than it, whatever is younger than an hour at now, and whatever somebody
// holds. Without a version in use it removes none.
func (s *Store) Prune(now time.Time, keep int) ([]string, error) {
	unlock, err := s.lock(context.Background())
	if err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	defer unlock()
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	current, err := s.currentName()
	if err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	versions, err := s.Versions()
	if err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	var removed []string
	older := 0
	for _, v := range versions {
		if v.Name >= current {
			continue
		}
		if older++; older <= keep || now.Sub(v.Created) < youngest {
			continue
		}
		ok, err := s.remove(v.Name)
		if err != nil {
			return removed, fmt.Errorf("prune %s: %w", v.Name, err)
		}
		if ok {
			removed = append(removed, v.Name)
		}
	}
	return removed, nil
}

// remove takes a version away in one step, unless it is held, and then deletes it. The caller holds LOCK.
func (s *Store) remove(name string) (bool, error) {
	l := flock.New(s.path("held", name))
	defer l.Close()
	if ok, err := l.TryLock(); err != nil || !ok {
		return false, err
	}
	s.at("take away")
	if err := os.Rename(s.path("versions", name), s.path("staging", name)); err != nil {
		return false, err
	}
	s.at("delete")
	if err := os.RemoveAll(s.path("staging", name)); err != nil {
		return true, err
	}
	// Names do not come back, so that no later holder can miss a lock on the removed file.
	return true, os.Remove(l.Path())
}

// digestAndSync returns what dir holds, having written it through to the disk.
func digestAndSync(ctx context.Context, dir string) ([]manifestFile, error) {
	var files []manifestFile
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err := cmp.Or(err, ctx.Err()); err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file", p)
		}
		f, err := digestFile(filepath.Join(dir, filepath.FromSlash(p)), (*os.File).Sync)
		f.Path = p
		files = append(files, f)
		return err
	})
	return files, err
}

// digestFile reads a file, and then does something with it if asked.
func digestFile(name string, then func(*os.File) error) (manifestFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return manifestFile{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err == nil && then != nil {
		err = then(f)
	}
	return manifestFile{Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// writeSynced writes a file through to the disk.
func writeSynced(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return cmp.Or(err, f.Close())
}

// syncDirs writes the entries of dir and of the directories below it through to the disk.
func syncDirs(dir string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(p)
	})
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return cmp.Or(f.Sync(), f.Close())
}
