package discord

import (
	"reflect"
	"strings"
	"testing"

	"kaede/corpus"
)

func TestCustomID(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]customID{
		"k1:m:e:0:@canada-japan-relations,abcdef,ghijkl": {op: opMore, lang: corpus.English, args: []string{"@canada-japan-relations", "abcdef", "ghijkl"}},
		"k1:t:f:12:doc": {op: opTurn, lang: corpus.French, page: 12, args: []string{"doc"}},
		"k1:p:j:0:":     {op: opPost, lang: corpus.Japanese},
	} {
		if got := c.String(); got != want {
			t.Errorf("%+v is %q, want %q", c, got, want)
		}
		if back, err := parseCustomID(want); err != nil || !reflect.DeepEqual(back, c) {
			t.Errorf("%q is read as %+v, %v; want %+v", want, back, err, c)
		}
	}
	long := customID{op: opMore, lang: corpus.English, args: []string{strings.Repeat("x", 40), strings.Repeat("y", 40), strings.Repeat("z", 40)}}
	if back, err := parseCustomID(long.String()); err != nil || len(back.args) != 2 {
		t.Errorf("a long id is read as %+v, %v; want its first two arguments", back, err)
	}
	for _, bad := range []string{"", "k1", "k0:m:e:0:", "k1:?:e:0:", "k1:m:x:0:", "k1:m:e:-1:", "k1:m:e:x:", "k1:m:e:10000:", "k1:m:e:007:", strings.Repeat("k", 101)} {
		if c, err := parseCustomID(bad); err == nil {
			t.Errorf("%q is read as %+v", bad, c)
		}
	}
}

func TestKeysAreShort(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"canada-japan-relations", strings.Repeat("a/very/long/path/", 20), "with,comma", "with:colon", "~tilde", "日本の資料"} {
		if k := keyOf(id); len(k) > 40 || strings.ContainsAny(k, ",:") {
			t.Errorf("the key of %q is %q", id, k)
		}
	}
	if keyOf("a,b") == keyOf("a:b") {
		t.Error("two ids share a key")
	}
}

func FuzzParseCustomID(f *testing.F) {
	for _, s := range []string{"k1:m:e:0:a,b", "k1:p:j:0:", "k1:x:f:3:123", "", "::::", "k1:m:e:0:,,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCustomID(s)
		if err != nil {
			return
		}
		if got := c.String(); len(got) > maxCustomID || got != s {
			t.Errorf("%q is written back as %q", s, got)
		}
	})
}
