package answer

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"testing"

	"kaede/corpus"
)

func TestNeeded(t *testing.T) {
	for expr, want := range map[string][][]string{
		`\b(when|wen)\b`:           {{"wen", "when"}},
		`\bhow (many|much)\b`:      {{"how many", "how much"}},
		`\bquel(le)? (but|age)`:    {{"quel but", "quel age", "quelle but", "quelle age"}},
		`[三3]番目|第?[三3]位`:           {{"三番目", "3番目", "三位", "3位"}},
		`\bexport\w*\b`:            {{"export"}},
		`(ab|a)+c?`:                {{"a"}},
		`^\W*(and )?(do|does) `:    {{"do ", "does "}},
		`what .{1,50}\bfor\W*$`:    {{"what "}, {"for"}},
		`(?i)when`:                 nil,
		`(when)?`:                  nil,
		`\d+`:                      {{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
		`when|.{3}`:                nil,
		`when|(who.+with)`:         {{"when", "with"}},
		`[x-z]{2,}a?`:              {{"x", "y", "z"}},
		`\bwho\b.{0,40}\bwith\W*$`: {{"with"}, {"who"}},
	} {
		tree, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got := needed(tree)
		for _, lists := range [...][][]string{got, want} {
			for _, words := range lists {
				slices.Sort(words)
			}
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Errorf("%s: needs %q, want %q", expr, got, want)
		}
	}
}

// TestPatterns tries every pattern on labelled questions, with and without looking for its words first.
func TestPatterns(t *testing.T) {
	patterns := []pattern{superlatives, listItem, into, jaSends, jaReceives, order, saying, turned, yearAfter, yearBefore}
	for _, l := range corpus.Langs() {
		for _, c := range kindCues[l] {
			patterns = append(patterns, c.pattern)
		}
		y, f, c, w := yesNo[l], leans[l], comparing[l], flowWords[l]
		patterns = append(patterns, y.begins, y.open, y.relay, f.begins, f.points, c.more, c.less, c.between)
		patterns = append(patterns, y.ends...)
		if l != corpus.Japanese {
			patterns = append(patterns, w.sends, w.receives, w.to, w.from)
		}
	}
	for _, o := range ordinals {
		patterns = append(patterns, o.pattern)
	}
	e := shippedEngine(t)
	matched := 0
	for _, p := range patterns {
		full := regexp.MustCompile(p.full().String())
		for n := 0; n < e.x.Questions(); n += 97 {
			text := fold(e.x.Question(n).Text)
			want := full.MatchString(text)
			if got := p.MatchString(text); got != want {
				t.Fatalf("%s matches %q: %v, want %v", full, text, got, want)
			}
			if want {
				matched++
			}
		}
	}
	if matched == 0 {
		t.Error("nothing matches anything")
	}
}
