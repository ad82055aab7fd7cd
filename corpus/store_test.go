package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be the other process of the store's tests.
func TestMain(m *testing.M) {
	if job := os.Getenv("KAEDE_TEST_STORE"); job != "" {
		if err := child(job, os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is what another process does to the store in dir.
func child(job, dir string, args []string) error {
	s := OpenStore(dir)
	switch job {
	case "die": // refresh and prune, killed before the step args[0]
		s.step = func(step string) {
			if step == args[0] {
				syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}
		v, err := s.Stage(context.Background(), day(2), filler("second"))
		if err != nil {
			return err
		}
		if err := s.Use(v.Name); err != nil {
			return err
		}
		_, err = s.Prune(day(9), 0)
		return err
	case "refresh": // args[0] names the process
		for i := range 5 {
			v, err := s.Stage(context.Background(), day(2), filler(fmt.Sprint(args[0], i)))
			if err != nil {
				return err
			}
			if err := s.Use(v.Name); err != nil {
				return err
			}
		}
		return nil
	case "hold": // until standard input ends
		release, err := s.Hold(args[0])
		if err != nil {
			return err
		}
		defer release()
		fmt.Println("held")
		_, err = os.Stdin.Read(make([]byte, 1))
		if err != nil && err.Error() != "EOF" {
			return err
		}
		return nil
	}
	return fmt.Errorf("unknown job %q", job)
}

func process(t *testing.T, job string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), "KAEDE_TEST_STORE="+job)
	return cmd
}

func day(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }

// filler fills a version with one document and something like an index.
func filler(text string) func(string) (*Corpus, error) {
	return func(dir string) (*Corpus, error) {
		for _, f := range [][2]string{{"corpus/note.txt", text + ".\n"}, {"index/store/data", text}} {
			name := filepath.Join(dir, f[0])
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return nil, err
			}
			if err := os.WriteFile(name, []byte(f[1]), 0o644); err != nil {
				return nil, err
			}
		}
		return LoadDir(filepath.Join(dir, "corpus"))
	}
}

func openStore(t *testing.T) *Store {
	t.Helper()
	return OpenStore(filepath.Join(t.TempDir(), "data"))
}

// publish stages and uses a version.
func publish(t *testing.T, s *Store, now time.Time, text string) Version {
	t.Helper()
	v, err := s.Stage(t.Context(), now, filler(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Use(v.Name); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStore(t *testing.T) {
	s := openStore(t)
	if _, err := s.Current(); !errors.Is(err, ErrNoVersion) {
		t.Fatalf("Current of an empty store: %v, want ErrNoVersion", err)
	}
	a := publish(t, s, day(1), "first")
	b := publish(t, s, day(2), "second")
	same := publish(t, s, day(2), "second") // at the same moment
	if same.Name <= b.Name {
		t.Errorf("name %s does not follow %s", same.Name, b.Name)
	}
	if !strings.HasPrefix(b.Name, "20260102T120000.000Z-"+b.Digest[:12]) {
		t.Errorf("name %s is not the time and the digest %s", b.Name, b.Digest)
	}
	dir, err := s.Dir(a.Name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := LoadDir(filepath.Join(dir, "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Digest != a.Digest || c.Sentences[0].Text != "first." {
		t.Errorf("the version holds %q with digest %s, want first. with %s", c.Sentences[0].Text, c.Digest, a.Digest)
	}

	if err := s.Use(a.Name); err != nil { // rollback
		t.Fatal(err)
	}
	cur, err := s.Current()
	if err != nil {
		t.Fatal(err)
	}
	a.Current = true
	if cur != a {
		t.Errorf("current is %+v, want %+v", cur, a)
	}
	vs, err := s.Versions()
	if err != nil {
		t.Fatal(err)
	}
	if want := []Version{same, b, a}; !slices.Equal(vs, want) {
		t.Errorf("versions are %+v, want %+v", vs, want)
	}
	for _, v := range vs {
		if err := s.Verify(t.Context(), v.Name); err != nil {
			t.Error(err)
		}
	}
}

func TestStoreRefusesNames(t *testing.T) {
	s := openStore(t)
	v := publish(t, s, day(1), "first")
	for _, name := range []string{"", ".", "..", "../versions/" + v.Name, v.Name + "/", v.Name + "\n", "20260101T120000.000Z-000000000000", strings.ToUpper(v.Name)} {
		if err := s.Use(name); !errors.Is(err, ErrNoVersion) {
			t.Errorf("Use(%q): %v, want ErrNoVersion", name, err)
		}
		if _, err := s.Dir(name); !errors.Is(err, ErrNoVersion) {
			t.Errorf("Dir(%q): %v, want ErrNoVersion", name, err)
		}
		if _, err := s.Hold(name); !errors.Is(err, ErrNoVersion) {
			t.Errorf("Hold(%q): %v, want ErrNoVersion", name, err)
		}
		if err := s.Verify(t.Context(), name); !errors.Is(err, ErrNoVersion) {
			t.Errorf("Verify(%q): %v, want ErrNoVersion", name, err)
		}
	}
	if cur, err := s.Current(); err != nil || cur.Name != v.Name {
		t.Errorf("current is %s, %v; want %s", cur.Name, err, v.Name)
	}
}

func TestStoreGarbageInCurrent(t *testing.T) {
	s := openStore(t)
	v := publish(t, s, day(1), "first")
	for _, garbage := range []string{"", "\n", "../../etc/passwd\n", "\x00\xff", strings.Repeat("x", 1<<20)} {
		if err := os.WriteFile(s.path("CURRENT"), []byte(garbage), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := s.Current()
		if err == nil || errors.Is(err, ErrNoVersion) || !strings.Contains(err.Error(), "not the name of a version") || len(err.Error()) > 2000 {
			t.Errorf("CURRENT holding %.20q: %.200v; want an error that says so", garbage, err)
		}
		if _, err := s.Prune(day(9), 0); err == nil {
			t.Error("Prune removed versions although none is known to be in use")
		}
		if vs, err := s.Versions(); err != nil || len(vs) != 1 {
			t.Errorf("versions: %v, %v; want them listed all the same", vs, err)
		}
	}
	if err := s.Use(v.Name); err != nil {
		t.Fatal(err)
	}
	if cur, err := s.Current(); err != nil || cur.Name != v.Name {
		t.Errorf("current is %s, %v; want %s", cur.Name, err, v.Name)
	}
}

// TestStoreLosesCurrent holds that a store with versions is never taken for an empty one.
func TestStoreLosesCurrent(t *testing.T) {
	for name, lose := range map[string]func(*Store, Version) error{
		"CURRENT":     func(s *Store, _ Version) error { return os.Remove(s.path("CURRENT")) },
		"the version": func(s *Store, v Version) error { return os.RemoveAll(s.path("versions", v.Name)) },
	} {
		s := openStore(t)
		v := publish(t, s, day(1), "first")
		if err := lose(s, v); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Current(); err == nil || errors.Is(err, ErrNoVersion) {
			t.Errorf("without %s: %v; want an error that says so", name, err)
		}
	}
}

// TestStoreReads holds that looking changes nothing.
func TestStoreReads(t *testing.T) {
	s := OpenStore(t.TempDir())
	if _, err := s.Current(); !errors.Is(err, ErrNoVersion) {
		t.Error(err)
	}
	if vs, err := s.Versions(); err != nil || len(vs) > 0 {
		t.Errorf("versions: %v, %v", vs, err)
	}
	if made, err := os.ReadDir(s.dir); err != nil || len(made) > 0 {
		t.Errorf("it made %v, %v", made, err)
	}
}

func TestStageLeavesNothing(t *testing.T) {
	s := openStore(t)
	v := publish(t, s, day(1), "first")
	boom := errors.New("boom")
	ended, cancel := context.WithCancel(t.Context())
	var check *CheckError
	for name, test := range map[string]struct {
		ctx  context.Context
		fill func(string) (*Corpus, error)
		want func(error) bool
	}{
		"fill fails":   {t.Context(), func(dir string) (*Corpus, error) { filler("x")(dir); return nil, boom }, func(err error) bool { return errors.Is(err, boom) }},
		"bad corpus":   {t.Context(), filler("\xff"), func(err error) bool { return errors.As(err, &check) }},
		"context ends": {ended, func(dir string) (*Corpus, error) { cancel(); return filler("x")(dir) }, func(err error) bool { return errors.Is(err, context.Canceled) }},
		"a link in it": {t.Context(), func(dir string) (*Corpus, error) {
			c, _ := filler("x")(dir)
			return c, os.Symlink("/", filepath.Join(dir, "index/root"))
		}, func(err error) bool { return err != nil }},
		"fill panicking": {t.Context(), func(string) (*Corpus, error) { panic(boom) }, nil},
	} {
		func() {
			defer func() {
				if p := recover(); p != nil && p != boom {
					panic(p)
				}
			}()
			if _, err := s.Stage(test.ctx, day(2), test.fill); !test.want(err) {
				t.Errorf("%s: got %v", name, err)
			}
		}()
		if left, err := os.ReadDir(s.path("staging")); err != nil || len(left) > 0 {
			t.Errorf("%s: staging holds %v, %v", name, left, err)
		}
		if vs, err := s.Versions(); err != nil || len(vs) != 1 || vs[0].Name != v.Name {
			t.Errorf("%s: versions are %v, %v", name, vs, err)
		}
	}
}

// TestStoreDies kills a process before each step of a refresh.
func TestStoreDies(t *testing.T) {
	steps := []string{"staging", "hold staging", "fill", "manifest", "lock", "publish", "sync",
		"write CURRENT", "replace CURRENT", "sync CURRENT", "take away", "delete"}
	for i, step := range steps {
		t.Run(step, func(t *testing.T) {
			s := openStore(t)
			first := publish(t, s, day(1), "first")
			err := process(t, "die", s.dir, step).Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the process was not killed before %q: %v", step, err)
			}
			cur, err := s.Current()
			if err != nil {
				t.Fatal(err)
			}
			used := i >= slices.Index(steps, "sync CURRENT")
			if (cur.Name == first.Name) == used {
				t.Errorf("version %s is in use, the old one being %s", cur.Name, first.Name)
			}
			vs, err := s.Versions()
			if err != nil {
				t.Fatal(err)
			}
			want := 1
			if i >= slices.Index(steps, "sync") && step != "delete" {
				want = 2
			}
			if len(vs) != want {
				t.Errorf("%d versions, want %d", len(vs), want)
			}
			for _, v := range vs {
				if err := s.Verify(t.Context(), v.Name); err != nil {
					t.Error(err)
				}
			}
			// The next refresh goes through and clears up.
			third := publish(t, s, day(3), "third")
			if cur, err := s.Current(); err != nil || cur.Name != third.Name {
				t.Errorf("current is %s, %v; want %s", cur.Name, err, third.Name)
			}
			if left, err := os.ReadDir(s.path("staging")); err != nil || len(left) > 0 {
				t.Errorf("staging still holds %v, %v", left, err)
			}
		})
	}
}

// TestStoreShared has four processes refresh while four goroutines read.
func TestStoreShared(t *testing.T) {
	s := openStore(t)
	publish(t, s, day(1), "first")
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for reads := 0; ; reads++ {
				select {
				case <-done:
					return
				default:
				}
				v, err := s.Current()
				if err != nil {
					t.Error(err)
					return
				}
				release, err := s.Hold(v.Name)
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Verify(t.Context(), v.Name); err != nil {
					t.Error(err)
				}
				release()
			}
		})
	}
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			if out, err := process(t, "refresh", s.dir, string(rune('a'+i))).CombinedOutput(); err != nil {
				t.Errorf("refresh: %v\n%s", err, out)
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	vs, err := s.Versions()
	if err != nil {
		t.Fatal(err)
	}
	if len(vs) != 21 {
		t.Errorf("%d versions, want 21", len(vs))
	}
	for _, v := range vs {
		if err := s.Verify(t.Context(), v.Name); err != nil {
			t.Error(err)
		}
	}
}

func TestPrune(t *testing.T) {
	s := openStore(t)
	var vs []Version
	for i := 1; i <= 6; i++ {
		vs = append(vs, publish(t, s, day(i), fmt.Sprint(i)))
	}
	if err := s.Use(vs[4].Name); err != nil { // rolled back by one
		t.Fatal(err)
	}
	prune := func(now time.Time, keep int, want ...Version) {
		t.Helper()
		removed, err := s.Prune(now, keep)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, v := range want {
			names = append(names, v.Name)
		}
		if !slices.Equal(removed, names) {
			t.Errorf("removed %v, want %v", removed, names)
		}
	}
	prune(day(4).Add(time.Minute), 0, vs[2], vs[1], vs[0]) // the fourth is a minute old
	prune(day(9), 1)                                       // the fourth is the one before the current

	holder := process(t, "hold", s.dir, vs[3].Name)
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	prune(day(9), 0) // another process holds the fourth
	in.Close()
	if err := holder.Wait(); err != nil {
		t.Fatal(err)
	}
	release, err := s.Hold(vs[3].Name)
	if err != nil {
		t.Fatal(err)
	}
	prune(day(9), 0) // this process holds the fourth
	release()
	prune(day(9), 0, vs[3])
	if _, err := s.Hold(vs[3].Name); !errors.Is(err, ErrNoVersion) {
		t.Errorf("holding what is gone: %v, want ErrNoVersion", err)
	}
	if left, err := os.ReadDir(s.path("held")); err != nil || len(left) > 0 {
		t.Errorf("held holds %v, %v; want nothing", left, err)
	}
	left, err := s.Versions()
	if err != nil {
		t.Fatal(err)
	}
	vs[4].Current = true
	if want := []Version{vs[5], vs[4]}; !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
}

func TestVerifyNamesDamage(t *testing.T) {
	s := openStore(t)
	v := publish(t, s, day(1), "first")
	dir, err := s.Dir(v.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"index/store/data", "index/new"} {
		if err := os.WriteFile(filepath.Join(dir, f), []byte("forst"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var damage *DamageError
	if err := s.Verify(t.Context(), v.Name); !errors.As(err, &damage) || !slices.Equal(damage.Files, []string{"index/store/data", "index/new"}) {
		t.Errorf("got %v, want both files named", err)
	}

	// A manifest that would lead out of the version, one of another format, and none.
	data, err := json.Marshal(manifest{Format: manifestFormat, Files: []manifestFile{{Path: "../../CURRENT"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{string(data), `{"format": 99}`, "{", ""} {
		if err := os.WriteFile(filepath.Join(dir, manifestName), []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(t.Context(), v.Name); err == nil {
			t.Errorf("manifest %q passes", bad)
		}
	}
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil {
		t.Fatal(err)
	}
	if err := s.Use(v.Name); !errors.As(err, &damage) {
		t.Errorf("Use without a manifest: %v, want a DamageError", err)
	}
	if vs, err := s.Versions(); err != nil || len(vs) != 1 || !vs[0].Damaged {
		t.Errorf("versions are %+v, %v; want one, damaged", vs, err)
	}
}
