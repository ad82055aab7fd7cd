package discord

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// special are the characters that mean something anywhere in Discord's markdown.
const special = "\\*_~|`[]<"

// clean drops what does not show and could mislead: control, bidirectional and zero-width characters, fillers. Line breaks
// and tabs become spaces, so that the text stays on its line; broken UTF-8 is dropped.
func clean(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Cf), r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0', r == '\u2800':
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// Invitations unfold even where no scheme makes them a link.
var invitation = regexp.MustCompile(`(?i)(discord(?:app)?)\.(gg|com)`)

// lineStart is what makes a heading, a list or a quote at the beginning of a line.
var lineStart = regexp.MustCompile(`^(\s*)([#>+-]|\d+([.)]))`)

// escape makes text that others wrote show as it stands, on one line: no markdown, no link, no mention, no code, nothing hidden.
func escape(s string) string { return escapePart(clean(s), true) }

// escapePart escapes clean text; first says that it begins a line.
func escapePart(s string, first bool) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune(special, r):
			b.WriteByte('\\')
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' {
			b.WriteRune('\u200b') // keeps @everyone from lighting up; allowed_mentions keeps it from ringing
		}
	}
	out := invitation.ReplaceAllString(b.String(), `$1\.$2`)
	if !first {
		return out
	}
	return lineStart.ReplaceAllStringFunc(out, func(s string) string {
		return s[:len(s)-1] + `\` + s[len(s)-1:]
	})
}

// unescape undoes escape.
func unescape(s string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		switch {
		case r == '\\' && !escaped:
			escaped = true
			continue
		case r == '\u200b':
		default:
			b.WriteRune(r)
		}
		escaped = false
	}
	return b.String()
}

// width is how long Discord finds s at most: it counts code points, its clients UTF-16 units.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// clip shortens text to n, with an ellipsis, at a word's end where there is one nearby.
func clip(s string, n int) string {
	if width(s) <= n {
		return s
	}
	cut, at := 0, 0
	for i, r := range s {
		if r > 0xffff {
			at++
		}
		if at++; at > n-1 {
			cut = i
			break
		}
	}
	if space := strings.LastIndexByte(s[:cut], ' '); space > cut-30 && space > cut/2 {
		cut = space
	}
	return strings.TrimRight(s[:cut], " ") + "…"
}

// clipEscaped shortens escaped text without leaving half an escape.
func clipEscaped(s string, n int) string {
	if width(s) <= n {
		return s
	}
	s = strings.TrimSuffix(clip(s, n), "…")
	if slashes := len(s) - len(strings.TrimRight(s, `\`)); slashes%2 == 1 {
		s = s[:len(s)-1]
	}
	return s + "…"
}
