package answer

import (
	"regexp"
	"strings"
)

// greeting finds a message that is nothing but a greeting, thanks or a word of praise or blame.
var greeting = regexp.MustCompile(`^(?:(?:hi|hello|hey|yo|hiya|howdy|sup|good (?:morning|evening|afternoon|night|bot)|morning|evening|thanks?|thank you|thx|ty|cheers|bye|goodbye|ok|okay|cool|nice|great|wow|lol|lmao|haha+|help|ping|test|bad bot|stupid bot|good job|well done|` +
	`bonjour|bonsoir|salut|coucou|allo|merci|merci beaucoup|au revoir|a plus|super|aide|` +
	`こんにちは|こんばんは|おはよう(?:ございます)?|やあ|どうも|ありがとう(?:ございます|ございました)?|さようなら|バイバイ|すごい|ヘルプ|はじめまして|おやすみ(?:なさい)?|` +
	`kaede|かえで|楓|カエデ|there|everyone|all|so much|very much|a lot|a tous|bot|さん|ちゃん)[\s,.!?。、！？~〜ー]*)+$`)

// order finds an order to change the rules, to repeat something, to play someone else or to ping people.
var order = compile(`\b(ignore|forget|disregard|override|bypass)\b.{0,40}\b(previous|prior|above|all|your|earlier|every)\b.{0,30}\b(instructions?|rules?|prompts?|guidelines|training|directives?)\b|` +
	`\b(system|hidden|initial|secret) (prompt|instructions?|message)\b|\byou are now\b|\bpretend (to be|you)\b|\bact as\b|\brole-?play\b|\bjailbreak|\bdeveloper mode\b|\b(bot|api|discord) token\b|\brepeat (after me|this|the following|back)\b|` +
	`\bsay (this|the following|exactly|something|it back)\b|\b(print|reveal|show|leak|output|display)\b.{0,30}\b(prompt|instructions|token|password|secrets?|config)\b|` +
	`\b(oublie|ignore|oubliez|ignorez)\b.{0,40}\b(consignes|instructions|regles|directives)\b|\brepete (apres moi|exactement|ceci)\b|\bfais comme si\b|\btu es maintenant\b|\b(affiche|montre|revele)\b.{0,30}\b(prompt|consignes|instructions|jeton)\b|` +
	`(指示|命令|ルール|制約).{0,12}(無視|忘れ)|システムプロンプト|(繰り返し|復唱)(て|なさい)|になりきって|のふりをして|トークンを(教|見|表示)`)

var ping = regexp.MustCompile(`@(everyone|here)\b|<@&?\d+>`)

// social reports talk that asks nothing of the corpus: a greeting, an order, a ping to spread, or no words at all.
func social(raw, folded string) bool {
	if strings.Trim(folded, " ?!.,;:…。！？、~-#") == "" || greeting.MatchString(folded) || order.MatchString(folded) {
		return true
	}
	if m := ping.FindAllString(raw, 3); len(m) > 0 && saying.MatchString(folded) {
		return true
	}
	return saying.MatchString(folded) && strings.ContainsAny(raw, "*|~`")
}

var saying = compile(`^\W*(kaede\W+)?(please )?(say|repeat|write|post|announce|ping|shout|tell (everyone|the channel)|dis|ecris|repete|publie|annonce)\b|\b(say|repeat) (this|it|that|line)\b|\bping\b|って(言|い)って`)

// isChat reports that the labelled questions nearest to a message are talk: chit-chat and orders.
func (e *Engine) isChat(s *scene) bool {
	talk := 0.0
	for _, n := range s.neighbours {
		if n.near && n.document == nil {
			if m := e.x.Question(n.number).NearMiss; m.Misses == "chit-chat" || m.Misses == "injection" {
				talk += n.alike * n.alike
			}
		}
	}
	return s.total > 0 && talk > .6*s.total && s.nearFor(nil).alike > .35
}
