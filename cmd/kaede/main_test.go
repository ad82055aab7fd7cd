package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kaede": main})
}

// TestScript uses the program as a person would. $TINY is a whole corpus of four sentences, about a ferry.
func TestScript(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the program a hundred times")
	}
	tiny, err := filepath.Abs("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TINY", tiny)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "terminal": terminal},
	})
}

// exits runs a program and demands its exit status: exits 3 kaede ask "...".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// terminal runs a program in a terminal so many columns wide, and plays a session with it:
//
//	terminal 80 session kaede
//
// Each line of the session is type "text", a Go string, or signal, which ends the terminal's programs by SIGTERM, or expect text, which
// waits until the program has shown that since the last expect. (The editor shows its prompt a moment before it takes Ctrl-C for a key: expect an echo first.) At the end the program must have exited with status 0. What it showed stands in the file screen.
func terminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: terminal COLUMNS session program [args...]")
	}
	columns, err := strconv.ParseUint(args[0], 10, 16)
	ts.Check(err)
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	c := exec.Command(path, args[3:]...)
	c.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "LANG", "NO_COLOR", "KAEDE_CORPUS", "TESTSCRIPT_COMMAND"} {
		if v := ts.Getenv(name); v != "" {
			c.Env = append(c.Env, name+"="+v)
		}
	}
	c.Env = append(c.Env, "TERM=xterm-256color")
	tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: uint16(columns)})
	ts.Check(err)
	defer tty.Close()
	ended := make(chan error, 1)
	shown := make(chan []byte)
	go func() {
		defer close(shown)
		for {
			part := make([]byte, 4096)
			n, err := tty.Read(part)
			if n > 0 {
				shown <- part[:n]
			}
			if err != nil {
				ended <- c.Wait()
				return
			}
		}
	}()
	patience := time.NewTimer(2 * time.Minute) // for a program that hangs
	defer patience.Stop()
	var screen, since bytes.Buffer
	defer func() { os.WriteFile(ts.MkAbs("screen"), screen.Bytes(), 0o600) }()
	read := func() bool {
		select {
		case part, ok := <-shown:
			screen.Write(part)
			since.Write(part)
			return ok
		case <-patience.C:
			c.Process.Kill()
			ts.Fatalf("no answer; shown:\n%s", screen.Bytes())
			return false
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n") {
		switch verb, text, _ := strings.Cut(line, " "); verb {
		case "type":
			keys, err := strconv.Unquote(text)
			ts.Check(err)
			_, err = tty.WriteString(keys)
			ts.Check(err)
		case "signal":
			ts.Check(syscall.Kill(-c.Process.Pid, syscall.SIGTERM))
		case "expect":
			for !bytes.Contains(since.Bytes(), []byte(text)) {
				if !read() {
					ts.Fatalf("ended without %q; shown:\n%s", text, screen.Bytes())
				}
			}
			_, rest, _ := bytes.Cut(since.Bytes(), []byte(text))
			rest = bytes.Clone(rest)
			since.Reset()
			since.Write(rest)
		default:
			ts.Fatalf("session: %q is neither type, signal nor expect", line)
		}
	}
	for read() {
	}
	ts.Check(<-ended)
}
