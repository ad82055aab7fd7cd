package discord

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Canada-Japan relations (2023), #1": "Canada-Japan relations (2023), #1",
		"**bold** _it_ ~~no~~ ||hid||":      `\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|hid\|\|`,
		"# heading":                         `\# heading`,
		"-# small":                          `\-# small`,
		"- item":                            `\- item`,
		"> quote":                           `\> quote`,
		"12. item":                          `12\. item`,
		"1) rule of law":                    `1\) rule of law`,
		"12.5 %":                            `12\.5 %`,
		"@everyone <@123> <#1> <:x:1>":      "@\u200beveryone \\<@\u200b123> \\<#1> \\<:x:1>",
		"[a](https://b.example)":            `\[a\](https\://b.example)`,
		"discord.gg/abc Discord.com/invite": `discord\.gg/abc Discord\.com/invite`,
		"`code` ```block```":                "\\`code\\` \\`\\`\\`block\\`\\`\\`",
		"a\u202eb\u200bc\u2066d\ufeffe":     "abcde",
		"two\nlines\r\n\tand a tab\u2028x":  "two lines   and a tab x",
		"\\already":                         `\\already`,
		"\xff\xfebad":                       "bad",
		"日本とカナダ\u3164の関係":                   "日本とカナダの関係",
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

// alive finds what would do something in Discord: a mark without a backslash, or a link.
var alive = regexp.MustCompile("(^|[^\\\\])(\\\\\\\\)*([*_~|`\\[\\]<]|://)|(?i)discord(app)?\\.(gg|com)|@[^\u200b…]")

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"plain", "**b**", "\\*", "# h", "<@1>", "a\u202eb", "https://x", "日本", "```", "\\\\\\", "discord.gg", "discord\\.gg", "@everyone"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := escape(s)
		if m := alive.FindString(got + " "); m != "" {
			t.Errorf("escape(%q) = %q has %q", s, got, m)
		}
		if strings.ContainsAny(got, "\n\r") || !utf8.ValidString(got) {
			t.Errorf("escape(%q) = %q is not one line of UTF-8", s, got)
		}
		if back := unescape(got); back != clean(s) {
			t.Errorf("unescape(escape(%q)) = %q, want %q", s, back, clean(s))
		}
		for _, n := range []int{1, 5, 40} {
			short := clipEscaped(got, n)
			if width(short) > max(n, 1) {
				t.Errorf("clipEscaped(%q, %d) = %q is %d long", got, n, short, width(short))
			}
			if m := alive.FindString(short + " "); m != "" {
				t.Errorf("clipEscaped(%q, %d) = %q has %q", got, n, short, m)
			}
		}
	})
}
