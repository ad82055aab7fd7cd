package answer

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"kaede/corpus"
)

// asking finds that a piece of a message asks something.
var asking = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`(?i)\?|^\W*(and |so |ok |please |in |on |at |for |since |by |to |from |with |under )*(how|what|when|where|which|who|why|whose|whom|name|list|tell me|explain|give|can you|could you|do|does|did|is|are|was|were)\b`),
	corpus.French:   regexp.MustCompile(`(?i)\?|^\W*(et |alors |dis |en |à |a |dans |depuis |de |avec |pour |sur )*(combien|quand|quel|quelle|quels|quelles|qui|que|quoi|pourquoi|comment|où|est-ce|nomme|cite|donne|explique|dis-moi)\b`),
	corpus.Japanese: regexp.MustCompile(`[?？]|(か|教えて.*|ください|下さい|は|の|って)[。\s]*$`),
}

// joint finds where a second question begins within a sentence.
var joint = map[corpus.Lang]*regexp.Regexp{
	corpus.English:  regexp.MustCompile(`(?i)(?:,|;)?\s+(?:and|&|plus|also)\s+(?:(?:also|roughly|about|then|in|since)\s+)?((?:at |in |on |since |for |from |by |to |with )?(?:how|what|when|where|who|why|which|whose)\b)|,\s+((?:how (?:often|many|much|long|big)|when (?:do|does|did|is|are|was|were|has|have)|where (?:do|does|did|is|are|was)|what (?:do|does|did|is|are|was|were)|who (?:is|are|was|were|did))\b)`),
	corpus.French:   regexp.MustCompile(`(?i)(?:,|;)?\s+et\s+((?:à |a |en |dans |depuis |de |avec |pour |sur )?(?:combien|quand|quel|quelle|quels|quelles|qui|pourquoi|comment|où)\b)`),
	corpus.Japanese: regexp.MustCompile(`(?:で|、|し)、?((?:何|いつ|どこ|誰|いくら|いくつ|どの|どれ|なぜ)\S{3,})$`),
}

// told finds a clause in which people say who they are before they ask, and the question: "I'm a student from Kyoto, is there any funding?"
var told = map[corpus.Lang]*regexp.Regexp{
	corpus.English: regexp.MustCompile(`(?i)^\W*((?:(?:hi|hey|hello|so|ok|okay)\W+)*(?:i|i['’]?m|i['’]?ve|we|we['’]?re|my|as an?|being an?)\b[^,;?!]{3,120})[,;]\s+` +
		`((?:(?:so|and|but)\s+)*(?:do|does|did|is|are|was|were|has|have|can|could|will|would|should|how|what|when|where|which|who|why|what['’]?s)\b.{6,})$`),
	corpus.French: regexp.MustCompile(`(?i)^\W*((?:(?:salut|bonjour|alors)\W+)*(?:je|j['’]|nous|mon|ma|mes|en tant que)[^,;?!]{3,120})[,;]\s+` +
		`((?:(?:alors|et|mais)\s+)*(?:est-ce|quel|quelle|quels|quelles|combien|quand|où|qui|que|qu['’]|quoi|comment|pourquoi|y a-t-il|peut-on)(?:\P{L}).{6,})$`),
	corpus.Japanese: regexp.MustCompile(`^([^、。？?]{2,60}(?:です|ます|だ|のです|んです)(?:が|けど|けれど|けれども))、?(.{4,})$`),
}

// ends finds the end of a sentence of a message: a mark and a blank, or a Japanese mark.
var ends = regexp.MustCompile(`[.!?…]+["»”)]?\s+|[。！？?]+\s*|\n+`)

// question is one question of a message, and what was said around it.
type question struct {
	text    string
	context string
}

// split cuts a message into its questions, at most MaxParts, with what is said around them as their context. A message
// that asks nothing is one question.
func split(l corpus.Lang, text string) []question {
	var asks, said []string
	last := 0
	pieces := func(end int) {
		p := strings.TrimSpace(text[last:end])
		if p == "" || !strings.ContainsFunc(p, func(r rune) bool { return r > ' ' && !strings.ContainsRune(".!?…。！？\"»”)", r) }) {
			return
		}
		if n := len(said) - 1; n >= 0 && askedOfClaims[l].alone.MatchString(p) { // it asks of what was said
			asks, said = append(asks, said[n]+" "+p), said[:n]
		} else if asking[l].MatchString(p) {
			asks = append(asks, p)
		} else {
			said = append(said, p)
		}
	}
	for _, m := range ends.FindAllStringIndex(text, -1) {
		if abbreviated(text[last:m[1]], text[m[1]:]) {
			continue
		}
		pieces(m[1])
		last = m[1]
	}
	pieces(len(text))
	if len(asks) == 0 && told[l].MatchString(text) {
		asks, said = []string{text}, nil
	}
	if len(asks) == 0 {
		return []question{{text: text}}
	}
	context := strings.Join(said, " ")
	var out []question
	for _, a := range asks {
		around := context
		if m := told[l].FindStringSubmatch(a); m != nil {
			around, a = strings.TrimSpace(context+" "+m[1]), m[2]
		}
		for _, p := range splitJoint(l, a) {
			if len(out) < MaxParts {
				out = append(out, question{p, around})
			}
		}
	}
	return out
}

// abbreviated reports a full stop that ends no sentence, such as "No. ", "no. 1" or "U.S. ", given what follows it.
func abbreviated(s, next string) bool {
	s = strings.TrimSpace(s)
	if !strings.HasSuffix(s, ".") {
		return false
	}
	word := s[strings.LastIndexByte(s, ' ')+1 : len(s)-1]
	return utf8.RuneCountInString(word) <= 2 && word != "" && word[0] >= 'A' && word[0] <= 'Z' || strings.Contains(word, ".") || word == "vs" || word == "approx" ||
		word == "no" && next != "" && next[0] >= '0' && next[0] <= '9'
}

// splitJoint cuts a sentence that asks two things: "how many ... and how many ...".
func splitJoint(l corpus.Lang, text string) []string {
	var out []string
	last := 0
	for _, m := range joint[l].FindAllStringSubmatchIndex(text, -1) {
		begin := m[2]
		if begin < 0 {
			begin = m[4]
		}
		if m[0]-last < 8 || len(text)-begin < 8 || !asking[l].MatchString(text[last:m[0]]) {
			continue
		}
		out = append(out, strings.TrimSpace(text[last:m[0]])+"?")
		last = begin
	}
	return append(out, strings.TrimSpace(text[last:]))
}
