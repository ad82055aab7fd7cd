package answer

import (
	"regexp"
	"slices"
	"strings"

	"kaede/corpus"
)

// greeting finds a message that is nothing but a greeting, thanks or a word of praise or blame.
var greeting = regexp.MustCompile(`^(?:(?:hi|hello|hey|yo|hiya|howdy|sup|good (?:morning|evening|afternoon|night|bot)|morning|evening|thanks?|thank you|thx|ty|cheers|bye|goodbye|ok|okay|cool|nice|great|wow|lol|lmao|haha+|help|ping|test|bad bot|stupid bot|good job|well done|` +
	`bonjour|bonsoir|salut|coucou|allo|merci|merci beaucoup|au revoir|a plus|super|aide|` +
	`こんにちは|こんばんは|おはよう(?:ございます)?|やあ|どうも|ありがとう(?:ございます|ございました)?|さようなら|バイバイ|すごい|ヘルプ|はじめまして|おやすみ(?:なさい)?|` +
	`kaede|かえで|楓|カエデ|there|everyone|all|so much|very much|a lot|a tous|bot|さん|ちゃん)[\s,.!?。、！？~〜ー]*)+$`)

// order finds an order to change the rules, to repeat something, to play someone else or to ping people.
var order = compile(`\b(ignore|forget|disregard|override|bypass)\b.{0,40}\b(previous|prior|above|all|your|earlier|every)\b.{0,30}\b(instructions?|rules?|prompts?|guidelines|training|directives?)\b|` +
	`\b(system|hidden|initial|secret) (prompt|instructions?|message)\b|\byou are now\b|\bpretend (to be|you)\b|\bact as\b|\brole-?play\b|\bjailbreak|\b(developer|maintenance|debug|admin) mode\b|^\W*(system|assistant|developer|admin)\s*[:>\]]|\band nothing else\b|\b(bot|api|discord) token\b|\brepeat (after me|this|the following|back)\b|` +
	`\bsay (this|the following|exactly|something|it back)\b|\b(print|reveal|show|leak|output|display)\b.{0,30}\b(prompt|instructions|token|password|secrets?|config)\b|` +
	`\b(oublie|ignore|oubliez|ignorez)\b.{0,40}\b(consignes|instructions|regles|directives)\b|\brepete (apres moi|exactement|ceci)\b|\bfais comme si\b|\btu es maintenant\b|\b(affiche|montre|revele)\b.{0,30}\b(prompt|consignes|instructions|jeton)\b|` +
	`(指示|命令|ルール|制約).{0,12}(無視|忘れ)|システムプロンプト|(繰り返し|復唱)(て|なさい)|になりきって|のふりをして|トークンを(教|見|表示)`)

var ping = regexp.MustCompile(`@(everyone|here)\b|<@&?\d+>`)

// social reports talk that asks nothing of the corpus: a greeting, an order, a ping to spread, or no words at all.
func social(raw, folded string) bool {
	if strings.Trim(folded, " ?!.,;:…。！？、~-#") == "" || greeting.MatchString(folded) || order.MatchString(folded) {
		return true
	}
	if ping.MatchString(raw) && spreading.MatchString(folded) {
		return true
	}
	return saying.MatchString(folded) && strings.ContainsAny(raw, "*|~`")
}

// spreading finds words by which somebody wants something said, anywhere in a message that holds a ping.
var spreading = compile(`\b(say|repeat|write|post|announce|ping|shout|send|tag|notify|mention|publish|tell|dis|dites|ecris|repete|publie|annonce|envoie)\b|言って|書いて|投稿|送って|繰り返して`)

var saying = compile(`^\W*(kaede\W+)?(please )?(say|repeat|write|post|announce|ping|shout|tell (everyone|the channel)|dis|ecris|repete|publie|annonce)\b|\b(say|repeat) (this|it|that|line)\b|\bping\b|って(言|い)って`)

// addressed finds that a message asks how it is with who answers: "do you ever get tired?". It is talk unless it names something.
var addressed = map[corpus.Lang]pattern{
	corpus.English: compile(`\b(do|did|would|can|could|will) (you|u) (ever |really |actually |even )*(like|love|feel|think|want|sleep|dream|eat|get|enjoy|believe|hate|prefer|live|dance|sing)\b|\bare (you|u) (a|an|real|human|ok|okay|happy|sad|tired|alive|sentient|bored|there|free|married)\b` +
		`|\byour (own )?(favou?rite|name|age|opinion|mood|birthday|creator|maker|feelings)\b|\bwho (made|built|created|programmed) you\b|\bhow old are you\b`),
	corpus.French:   compile(`\b(es|aimes|penses|crois|ressens|dors|manges|reves)[- ]tu\b|\btu (es|aimes|penses|crois|ressens|dors|manges|reves)\b|\bt'aimes\b|\b(ton|ta|tes|votre|vos) (anime|couleur|plat|film|avis|age|nom|createur|humeur)\b|\bquel age as[- ]tu\b`),
	corpus.Japanese: compile(`(あなた|きみ|君|お前|楓|かえで|カエデ)(は|って|の|も|が)(.{0,8})(疲れ|好き|嫌い|寝|眠|食べ|人間|何歳|誰が作)|好きな(食べ物|アニメ|色|曲)は`),
}

// isAddressed reports talk with who answers, which names nothing else.
func isAddressed(r *reading) bool {
	return addressed[r.lang].MatchString(r.folded) && !slices.ContainsFunc(r.atoms, func(a atom) bool { return a.entity })
}

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
