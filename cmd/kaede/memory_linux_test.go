package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"kaede/corpus"
)

// What is let go of leaves memory, and is there when it is read again.
func TestLetGo(t *testing.T) {
	read := func() (all []byte) {
		err := fs.WalkDir(corpus.Shipped(), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(corpus.Shipped(), name)
			all = append(all, data...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	resident := func() (kB int) {
		program, err := os.Readlink("/proc/self/exe")
		if err != nil {
			t.Skip(err)
		}
		maps, err := os.ReadFile("/proc/self/smaps")
		if err != nil {
			t.Skip(err)
		}
		of := false
		for line := range strings.Lines(string(maps)) {
			if strings.Contains(line, "-") && strings.Contains(line, " r") {
				of = strings.Contains(line, " r--p ") && strings.HasSuffix(line, " "+program+"\n")
			}
			var n int
			if _, err := fmt.Sscanf(line, "Rss: %d kB", &n); err == nil && of {
				kB += n
			}
		}
		return kB
	}
	corpusRead := read()
	before := resident()
	letGo()
	after := resident()
	if before < len(corpusRead)/1024 || after > before-len(corpusRead)/1024/2 {
		t.Errorf("of the program's constants %d kB are in memory, and %d kB after some were let go", before, after)
	}
	if !bytes.Equal(read(), corpusRead) {
		t.Error("the corpus is another one")
	}
}
