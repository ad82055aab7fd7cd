package discord

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"kaede/corpus"
)

// op is what a button does.
type op string

// The buttons. Their letters stand in messages for years: never give one another meaning.
const (
	opMore   op = "m" // more passages: sentences, by key, of documents
	opSource op = "s" // the source in full: a document, by key, at a sentence, by key
	opTurn   op = "t" // another page of it: a document, by key, and the page
	opFact   op = "f" // a fact, by key
	opFacts  op = "l" // another page of the list of facts: a topic, by key, and the page
	opList   op = "o" // another page of the list of sources
	opRemove op = "x" // remove the answer: who asked
	opPost   op = "p" // post the private answer that the button stands on
)

// customID is all that a button knows. Nothing is kept in memory, so any process answers any button of any age.
// In words: "k1:" op ":" language's first letter ":" page ":" arguments joined by commas.
type customID struct {
	op   op
	lang corpus.Lang
	page int
	args []string
}

const (
	idVersion   = "k1"
	maxCustomID = 100
	maxPage     = 9999
)

var errCustomID = errors.New("not a button of ours")

// String is the id as it stands on the button. Arguments that do not fit are left off, the last first.
func (c customID) String() string {
	letter := ""
	if c.lang != "" {
		letter = string(c.lang[:1])
	}
	s := strings.Join([]string{idVersion, string(c.op), letter, strconv.Itoa(c.page)}, ":") + ":"
	for i, a := range c.args {
		if i > 0 {
			a = "," + a
		}
		if len(s)+len(a) > maxCustomID {
			break
		}
		s += a
	}
	return s
}

// parseCustomID reads an id that a person's client sent, which may be anything.
func parseCustomID(s string) (customID, error) {
	parts := strings.SplitN(s, ":", 5)
	if len(s) > maxCustomID || len(parts) != 5 || parts[0] != idVersion {
		return customID{}, errCustomID
	}
	page, err := strconv.Atoi(parts[3])
	if err != nil || page < 0 || page > maxPage || strconv.Itoa(page) != parts[3] {
		return customID{}, errCustomID
	}
	c := customID{op: op(parts[1]), page: page}
	switch c.op {
	case opMore, opSource, opTurn, opFact, opFacts, opList, opRemove, opPost:
	default:
		return customID{}, errCustomID
	}
	for _, l := range corpus.Langs() {
		if string(l[:1]) == parts[2] {
			c.lang = l
		}
	}
	if c.lang == "" {
		return customID{}, errCustomID
	}
	if parts[4] != "" {
		c.args = strings.Split(parts[4], ",")
	}
	return c, nil
}

// keyOf is a short name for a long one, the same in every process and version: what is short and plain stands for itself.
func keyOf(s string) string {
	if len(s) <= 40 && !strings.ContainsAny(s, ",:~ ") && s == strings.ToValidUTF8(s, "") {
		return s
	}
	return "~" + digest(s, 12)
}

// sentenceKey names a sentence by what it says, so that it is found again wherever a later version has it.
func sentenceKey(s *corpus.Sentence) string { return digest(s.Text, 6) }

// digest is n characters of s's hash, 6 bits each.
func digest(s string, n int) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:n]
}
