package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode"
)

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
		return // a bare clone; the digest above holds the text
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
