package answer

import (
	"slices"

	"kaede/corpus"
)

// cue is a way in which people say which kind of answer they want.
type cue struct {
	kind    Kind
	pattern pattern
}

func cues(kind Kind, patterns ...string) []cue {
	out := make([]cue, len(patterns))
	for i, p := range patterns {
		out[i] = cue{kind, compile(p)}
	}
	return out
}

// kindCues are matched against the folded question: lower case, no accents, straight quotes. They read how a question is
// put, which is grammar; what it is about is the lexicon's. The first that matches decides. Question words with what they ask for
// ("which country") stand first; then words that tell the kind by what they name ("GDP"); then what may ask for anything.
var kindCues = map[corpus.Lang][]cue{
	corpus.English: slices.Concat(
		cues(Person, `^\W*((so|and|ok|hey|then)\W+)*(who|whom|whose)\b`),
		cues(Frequency, `\bhow (often|frequently|regularly|many times (a|per|each|every))\b`, `\b(frequency|how many times)\b`),
		cues(Definition,
			`\b(stands?|short) for\b`,
			`\bfull (name|form)\b`,
			`\b(meaning|definition|acronym|abbreviation|initials?)\b`,
			`\bwhat (does|do|is|'s) .{1,60}\bmean\b`,
			`\bspell(ed|s|t)? out\b`,
			`\bexpand(s|ed)?\b.{0,20}\b(acronym|abbreviation)\b`,
			`\bdefine\b`),
		cues(Reason,
			`^\W*(so |but |and |ok |hey |um )*why\b`,
			`\bwhy (is|are|was|were|do|does|did|has|have|would|should|can)\b`,
			`\b(for )?what (reason|purpose|end|aim)s?\b`,
			`\bwhat('s| is| was| are) the (point|purpose|aim|goal|reason|idea|use|objective|rationale)s?\b`,
			`\bhow come\b`),
		cues(Rank,
			`\b(what|which)\b.{0,40}\b(rank|ranks|ranked|ranking|position)\b`,
			`\b(what|which) place (does|do|is|among|in the (world|ranking|list))\b`,
			`\bhow (high|highly) .{0,40}\brank`,
			`\bwhere(?: (?:does|do|is)|'s) .{1,80}\b(rank|place|come (in|among|on)|fall|figure|on .{0,30}list|(stand|sit|put)\b.{0,30}\b(among|world|ranking|list|table|economies))\b`,
			`\bwhat number\b`,
			`\bwhich largest\b`,
			`\bwh?at larg?est\b`,
			`\bhow .{0,12}compare\b.{0,60}\bworld\b`),
		cues(Date,
			`\bsince when\b`,
			`\bwhen\W*$`,
			`\b(when|wen)\b( [^i]| i[^t]| it [^c])`,
			`\b(what|which|wat) (exact |calendar |precise )?(year|date|month|day|decade|century|season|time of year)s?\b`,
			`\bhow (long ago|far ba?c?k|old|recent|recently|early|soon)\b`,
			`\bhow long .{0,20}\b(have|has|had|been)\b`,
			`\b(what|which) census\b`),
		cues(Money,
			`\bhow much\b.{0,80}\b(cost|money|worth|dollars?|cad|usd|yen|invest\w*|capital|export\w*|import\w*|sell|sells|sold|buy|buys|bought|spen\w*|pa(y|id)|earn\w*|trade\w*|gdp|gross domestic product|value|fdi|fund\w*|ship\w*|budget|revenue|price|output|produce\w*|goods)\b`,
			`\bhow many (dollars|billions?|millions?|trillions?|bucks|yen)\b`,
			`\b(what|wat|waht)('s| is| was| were)? .{0,30}\b(value|worth|valeu|valu)\b`,
			`\bhow (big|large|valuable) .{0,60}\b(economy|trade|exports?|imports?|investment|market|gdp|stock)\b`),
		cues(Number,
			`\bhow (many|meny|mny|mani)\b`,
			`\bhow (large|big|numerous|tall|far|deep|heavy|wide|long)\b`,
			`\bhow much\b`,
			`\bwhat (number|figure|percentage|share|proportion|percent|fraction)\b`),
		cues(Person,
			`\b(who|whom|whose|who's)\b`,
			`\bwhich (two |three )?(politician|minister|leader|person|people|official|ambassador|prime minister|president|statesm[ae]n|diplomat)s?\b`,
			`\bwhat (is|was|are|were) the names? of\b.{0,40}\b(minister|leader|ambassador|person|president|politician)s?\b`),
		cues(Other,
			`\bwhere (can|could|do|should|would|to) (i|we|you|one|people|someone)?.{0,12}\b(find|read|look|learn|get|see|check|go for|info\w*|more)\b`,
			`\bhow (is|are|do|does|did|has|have|would|can|should)\b`),
		cues(Place,
			`\bwhere\b`,
			`\b(which|what|wich) (\w+ ){0,2}(city|cities|country|countries|province|provinces|prefecture|place|places|state|state's|region|nation|nation's|town|venue|location|capital|part of the world|continent|building)\b`),
		cues(Organisation,
			`\b(which|what|wich) (\w+[ -]){0,2}(organi[sz]ations?|groups?|committee|league|body|bodies|coalition|company|companies|compan|firms?|forces?|association|institutions?|agency|agencies|ministry|department|team|party|coalition|forums?|fora|partnership)\b`,
			`\bwith whom\b`),
		cues(Name,
			`\bwhat('s| is| was| are| were)? (the |its |their )?(official |full |proper )?names?\b`,
			`\bunder (which|what) (name|operation|banner|title)\b`,
			`\b(called|named)\W*$`),

		cues(Reason, `\bwhat .{1,50}\bfor\W*$`, `\bpurpose( of)?\b`, `\breasons?\b`),
		cues(Rank, `\brank(s|ed|ing)?\b`),
		cues(Date,
			`^(\w+ ){1,5}(year|date|month)\W*$`,
			`\b(year|date) (of|in which|when|that|agreed|established|founded|signed|opened|released|adopted)\b`,
			`\bdeadline\b`,
			`\bdate\b`,
			`^(\w+ ){1,4}(established|founded|signed|opened|created|launched|adopted|released)\W*$`),
		cues(Money,
			`\b(exports?|imports?|trade|investments?)\b.{0,12}\bfigures?\b`,
			`\bfigures? (of|for|on) .{0,20}\b(exports?|imports?|trade|investments?)\b`,
			`\b(money|dollars)\W*$`,
			`\b(dollar|monetary|cash|total) (value|figure|amount|sum)\b`,
			`\b(gdp|gross domestic product|national income|salary|salaries|wages?|budget|price|cost|costs|fee|fees|revenue)\b`,
			`\b(worth|value) of\b`,
			`\bvalued at\b`),
		cues(Number,
			`\b(number|amount|quantity|count|total|percentage|percent|share|proportion|population|headcount) of\b`,
			`\b(population|number|headcount|quantity|maximum age|minimum age|age limit)\b`,
			`\brough (figure|number|idea)\b`,
			`\b(that one )?figure\b`),
		cues(Person, `\b(first|last|family|given|sur) ?names?\b`),
		cues(Place, `\b(location|capital|venue) of\b`),
		cues(Name, `\bname of\b`, `\bgo by\b`),
		cues(Organisation, `\bname (the|of the) (coalition|group|body|organi[sz]ation|committee)\b`),

		cues(List,
			`\bwh?at (do|does|did) .{1,40}\b(export|import|sell|buy|ship|purchase|get from|send to)\b`,
			`\b(what|which) (are|were) (the|some|all|its|their|canada's|japan's|canadas|japans)\b`,
			`\blist\b`,
			`\b(what|which|name) (all|some|the|five|six|three|four|two|kinds?|types?|sorts?|other|new|main|priority|cultural|key) \w+s\b`,
			`\bname (the|all|some|every)\b`,
			`\b(examples?|enumerate|which ones)\b`,
			`\bwh?at (kinds|types|sorts) of\b`,
			`\b(which|wich|what) (\w+ ){0,2}(goods|products|sectors|industries|areas|fields|priorities|items|things|metals|minerals|commodities|issues|events|competitions|programs|programmes|scholarships)\b`,
			`\b(sectors|industries|products|goods|commodities)\b`),
		cues(Definition,
			`^\W*((so|and|hey|ok)\W+)?(what|wat|waht|whats|what's)( is| are|'s)? (the |a |an )?[a-z-]{2,6}\W*$`,
			`\bwhat (exactly |actually )?is (the |a |an )?\w[^?]{0,60}\??\W*$`,
			`\bexplain\b`,
			`\btell me about\b`,
			`\bwhat's the (deal|story) with\b`,
			`\b(is|does) what\b`),
	),
	corpus.French: slices.Concat(
		cues(Frequency, `\b(frequence|tous les combien|toutes les combien|combien de fois|a quel rythme)\b`),
		cues(Definition,
			`\b(signifie(nt)?|veut dire|veulent dire|definition|sigle|acronyme|abreviation)\b`,
			`\bnom complet\b`,
			`\bau complet\b`,
			`\ben toutes lettres\b`,
			`\bqu'est[- ]ce que c'est\b`,
			`\bc'est quoi\b`,
			`\bcest quoi\b`),
		cues(Reason,
			`\bpourquoi\b`,
			`\bpour quelle(s)? raison`,
			`\bdans quel(le)? (but|objectif)\b`,
			`\ba quoi (ca |cela )?(sert|servent|bon)\b`,
			`\bsert(-il|-elle)? a quoi\b`,
			`\bquel est (le but|l'objectif|l'interet)\b`,
			`\bvise(nt)?\b.{0,6}quoi`),
		cues(Rank,
			`\bcombientieme\b`,
			`\bquel(le)? (est la |est le )?(rang|place|position)\b`,
			`\bou se (situe|classe|place)\b.{0,80}\b(parmi|classement|rang|monde|mondia\w+|palmares|liste|economies?)\b`,
			`\bquantieme\b`),
		cues(Date,
			`\bquand\b`,
			`\ben quelle annee\b`,
			`\ba quelle date\b`,
			`\bquel(le)? (annee|date|mois|jour|decennie|siecle)\b`,
			`\bdepuis (quand|combien de temps|quelle)\b`,
			`\bde quand (date|datent)\b`,
			`\bde quel(le)? (annee|recensement)\b`,
			`\ben quel mois\b`,
			`\b(quan|kan) est[- ]ce\b`),
		cues(Money,
			`\bcombien\b.{0,60}\b(coute\w*|vaut|valai\w*|valent|argent|dollars?|export\w*|import\w*|invest\w*|achet\w*|vend\w*|depens\w*|gagn\w*|pib|rapport\w*|pay(e|er|ent|ons))\b`,
			`\ba combien (s'eleve\w*|s'elevai\w*|se chiffre\w*|est evalue\w*)\b.{0,40}\b(commerc\w+|echanges|export\w*|import\w*|invest\w*|pib|produit interieur|valeur|stock|montant|budget)\b`,
			`\bcombien (de milliards|de millions|de dollars|d'argent)\b`),
		cues(Number,
			`\bcombien\b`,
			`\bcmbien\b`,
			`\bquelle (taille|part|proportion)\b`,
			`\bquel (chiffre|nombre|age)\b`),
		cues(Person,
			`\bqui\b.{0,3}(est|sont|a|ont|etait|etaient|dirige|preside|represente)?\b`,
			`\bquel(le)?s? (ministre|premier ministre|personne|politicien|dirigeant|chef|ambassadeur|ambassadrice)s?\b`),
		cues(Other,
			`\b(trouver|lire|voir|en savoir|renseign\w+|s'informer|informations?)\b.{0,40}\bou\b|\bou\b.{0,40}\b(trouver|lire|voir|renseign\w+|s'informer|en savoir|informations?)\b`,
		),
		cues(Place,
			`\bou (est|sont|se|a|ont|puis|peut|peuvent|trouver|s'|dois|vont|aura|aller|lire|y)\b`,
			`\bd'ou\b`,
			`\bou\W*$`,
			`^\W*(et )?ou\b`,
			`\bou est[- ]ce\b`,
			`\bquel(le)?s? (ville|pays|province|prefecture|region|endroit|lieu|etat)s?\b`),
		cues(Organisation,
			`\bquel(le)?s? (organisation|groupe|comite|ligue|organisme|coalition|entreprise|compagnie|societe|association|forces?|equipe|parti|ministere|agence)s?\b`,
			`\bavec qui\b`),
		cues(Name,
			`\bcomment s'appelle(nt)?\b`,
			`\b(quel est |sous quel )(le |son |leur )?nom\b`,
			`\bporte(nt)? quel nom\b`,
			`\bsous quelle operation\b`),

		cues(Reason, `\b(but|objectif|raison|finalite) (de|du|des)\b`),
		cues(Rank, `\b(rang|classement)\b`, `\bse classe\b`),
		cues(Date, `\bdate (de|d'|du|limite)\b`, `^(\w+ ){1,5}(annee|date)\W*$`, `\bl'annee\b`),
		cues(Money,
			`\bchiffres? (des?|du|d'|sur) .{0,15}\b(export|import|commerce|echanges|invest)`,
			`\b(valeur|montant|pib|produit interieur brut|salaire|budget|prix|cout|ide|frais|tarif)\b`,
			`\bvaut\b`),
		cues(Number,
			`\b(nombre|quantite|population|pourcentage|proportion|total|effectif)\b`,
			`\bage (maximal|maximum|minimum|limite)\b`),
		cues(Person, `\b(nom|prenom)s? (de|du|des) (l'|la |le |les )?(ministre|ambassad|premier|dirigeant|personne)`, `\bprenom\b`),
		cues(Place, `\bcapitale\b`),

		cues(List,
			`\bqu(e|'|oi)\b.{0,40}\b(export|import|vend|achet)\w*`,
			`\bquel(le)?s sont\b`,
			`\bquel(le)?s (\w+ ){0,2}(produits|secteurs|domaines|priorites|biens|marchandises|metaux|mineraux|industries|liens|questions|types|sortes)\b`,
			`\b(liste|enumere|nomme|cite)[rz]?\b`,
			`\bquels (types|genres|sortes)\b`,
			`\bqu(e|')\b.{0,40}\b(surtout|principalement)\b`,
			`\b(secteurs|produits|marchandises)\b`),
		cues(Definition, `\bqu'est[- ]ce (que|qu')`, `\bque (veut|signifie)\b`, `\bexplique\b`, `\bparle[- ]moi\b`),
	),
	corpus.Japanese: slices.Concat(
		cues(Frequency, `頻度`, `(くらい|ぐらい|どの)の?(頻度|間隔|ペース)`, `年に?何回`, `何年(ごと|おき|に一度|に1度)`),
		cues(Definition,
			`何の略`, `なんの略`, `の略`, `正式名`, `正式な?名称`, `フルネーム`,
			`とは(何|なに|なん|どういう|どんな|[?？。]|$)`,
			`って(何|なに|なん)(ですか|なの|だ|？|\?|$)`,
			`意味`, `定義`),
		cues(Reason, `なぜ`, `何故`, `なんで([^すし]|$)`, `どうして`, `理由`, `目的`, `何のため`, `なんのため`, `ねらい`, `狙い`, `何に使`),
		cues(Rank, `何番目`, `何位`, `なん位`, `なんばんめ`, `順位`, `第何`, `ランキング`),
		cues(Number, `何年(間|ごと|毎|おき|も)`, `最長`, `最大で?何`),
		cues(Date,
			`いつ([^つも]|$)`,
			`何年(?:に|から|何月|の|で|で?す|だ|頃|ごろ|度|？|\?|か|前|$|発|設|開|締|で)`,
			`何月`, `何日`, `なんねん`, `西暦`, `年月日`, `日付`, `時期`, `締[め]?切`, `設立年`, `発効(日|年)`,
			`年は[?？]?$`, `どの年`, `何年`),
		cues(Person, `誰`, `だれ`, `どなた`, `(人|首相|総理|大臣|外相|首脳|議員|王女|皇太子)の(お)?名前`, `氏名`, `大使の?名`, `下の名前`, `何という(人|大臣|首相)`),
		cues(Other, `どこ(を|で)(見|調べ|確認|読)`),
		cues(Place, `どの(国|都市|街|町|州|県|地域|場所|海域)`, `何(市|県|州)`, `どちらの国`, `何という(都市|街|国)`, `何て(国|街|都市)`),
		cues(Organisation, `どの(グループ|組織|団体|委員会|機関|企業|会社)`, `何という(グループ|組織|団体|機関|会社)`),
		cues(Money,
			`いくら`, `何ドル`, `何円`, `何兆`, `何億`, `金額`, `輸[出入]額`, `貿易額`, `残高`, `総額`,
			`GDP(?:は|って|$|の額)`, `gdp(?:は|って|$|の額)`,
			`給料`, `給与`, `月給`, `年収`, `値段`, `費用`, `予算`, `料金`, `価格`, `コスト`, `国内総生産`, `時給`,
			`(どれ|どの)(くらい|ぐらい)の(価値|額)`, `額は`),
		cues(Number,
			`何人`, `なんにん`, `いくつ`, `何か国`, `何カ国`, `何ヶ国`, `何件`, `何組`, `何回`, `何%`, `何％`, `何パーセント`, `何割`, `何社`, `何校`,
			`何隻`, `何歳`, `何項目`, `何つ`, `何個`, `何都市`, `人数`, `人口`, `者数`, `件数`, `割合`, `数は`,
			`どのくらい(いる|の人|の数|住)`, `(どれくらい|どれぐらい|どのぐらい)(いる|の人|の数|住)`,
			`年齢`, `何万`, `数$`),
		cues(Place, `どこ`, `何処`, `場所`, `首都`, `開催地`),
		cues(Name, `(名前|名称|呼び名|作戦名|名)(は|って|を|が)`, `何(と|て)(いう|言う|呼)`, `なんて(いう|言う|呼)`),
		cues(Organisation, `(グループ|組織|団体|委員会|連盟|機関|企業|会社|部隊|軍隊|枠組み|チーム)(?:は(?:何|どこ|どれ)|の名|って(?:何|なん|どこ))`),
		cues(List,
			`何を.{0,6}(輸出|輸入|売|買|購入)`,
			`(何|なに|どんな|どのような|どういう|どういった).{0,12}(分野|品目|製品|産品|商品|業種|産業|鉱物|農産物|もの|課題|項目|内容|つながり|こと|事項)`,
			`(分野|品目|製品|産品|業種|産業|鉱物|農産物|項目|事項)は(何|なに|どれ|どんな)`,
			`主な`, `一覧`, `リスト`, `挙げて`, `列挙`, `全部`, `すべて教えて`, `どれと?どれ`, `何と何`),
		cues(Other, `(何|なに|なん|どう|どの|どれ|どんな)`),
	),
}

// yesNo finds a question that is put as yes or no, and open one that has a question word. A question with
// both is open, except where it begins as yes or no: "Do people who study there need a visa?"
var yesNo = map[corpus.Lang]struct {
	begins, open, relay pattern
	ends                []pattern
}{
	corpus.English: {
		begins: compile(`^\W*((so|and|but|ok|okay|hey|hi|kaede|yo|well|also|plus|then|now|please|really|lol|um|uh|like|wait|hello|quick question|thanks|just)\W+)*(do|does|dose|did|is|are|r|was|were|has|have|had|can|could|will|would|should|may|might|(is|are|was|were|do|does|did|has|have|had|wo|would|could|should|ai)n'?t)\s`),
		ends: []pattern{
			compile(`[.!:,)]\s+(so\s+|and\s+)?(do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)\s[^.!?]*\?\W*$`),
			compile(`\bor (not|nah|no)\W*$`),
			compile(`\byes or no\W*$`),
			compile(`\b(can|could|does|do|is|are) (canada|japan|they|both|the two)\b[^.!]*\?+\W*$`),
		},
		open:  compile(`\b(how|what|wat|waht|whats|when|wen|where|which|wich|who|why|whose|whom)\b`),
		relay: compile(`\b(can|could|would|will|do|does) (you|u|anyone|anybody|someone|somebody|we) (please |kindly |actually |just |happen to |even )*(tell|know|knows|give|say|explain|name|list|share|remind|help|find|look|have)\b`),
	},
	corpus.French: {
		begins: compile(`^\W*((et|mais|alors|bonjour|salut|kaede|dis|bon|ok|donc|dis-moi)\W+)*(est[- ]ce (que|qu')|y a[- ]t[- ]il\b|peut-on\b|[\w']+-(t-)?(il|elle|on|ils|elles|tu|vous|nous|ce)\b)`),
		ends: []pattern{
			compile(`\best[- ]ce (que|qu')`),
			compile(`-(t-)?(il|elle|on|ils|elles)\b`),
			compile(`\b(oui ou non|ou non|ou pas|c'est vrai|est-il vrai|n'est-ce pas|non|hein)\W*\?`),
			compile(`^\W*(le|la|les|l'|un|une|on|ils|elles|il|elle|y a|ya|ca|c'est)\b[^?]*\?\W*$`),
		},
		open:  compile(`\b(combien|combientieme|cmbien|quand|quan|qui|quoi|quel|quelle|quels|quelles|pourquoi|comment|lequel|laquelle|lesquels|qu'est[- ]ce|que (sont|signifie|veut|fait|font|permet)|ou (est|sont|se|a|ont|puis|peut|trouver|en))\b|^\W*(et )?(ou|que)\b|\bou\W*$`),
		relay: compile(`\b(peux-tu|pouvez-vous|pourrais-tu|pourriez-vous|sais-tu|savez-vous|connais-tu|connaissez-vous)\b`),
	},
	corpus.Japanese: {
		begins: compile(`^\x00`),
		ends:   []pattern{compile(`(か|の|かな|よね|っけ|でしょ|でしょう|だろう?|だよね|る|た|ない|い|ん|かどうか.*|って本当.*)[?？。！!\s]*$`)},
		open:   compile(`何|なに|なん(?:で|の|て|人|年|月|番|位|だ)|どう|どの|どれ|どんな|どこ|どちら|いつ|誰|だれ|どなた|いくら|いくつ|なぜ|教えて|とは|って[?？]`),
		relay:  compile(`^\x00`),
	},
}

// asksFor reads which kind of answer a question wants from how it is put.
func asksFor(lang corpus.Lang, folded string) Kind {
	folded = askedPart(lang, folded)
	have := pairsOf(folded)
	put := func(p pattern) bool { return p.matches(folded, &have) }
	if y := yesNo[lang]; !put(y.relay) {
		open := put(y.open)
		if (!open || lang == corpus.English) && put(y.begins) || !open && slices.ContainsFunc(y.ends, put) {
			return YesNo
		}
	}
	for _, c := range kindCues[lang] {
		if put(c.pattern) {
			return c.kind
		}
	}
	return Other
}

// fits says how well a value of kind has answers a question that wants kind want: 1 is what was asked for, 0.5 may do, 0 does not.
func fits(want, has Kind) float64 {
	if want == has {
		return 1
	}
	switch want {
	case Other, YesNo:
		return 0.5
	case Date:
		if has == Other {
			return 0.25 // a stretch of time
		}
	case Number:
		switch has {
		case Rank, Money:
			return 0.5
		case Other:
			return 0.25 // how often, how long
		}
	case Frequency:
		switch has {
		case Number:
			return 0.5
		case Other:
			return 0.25
		}
	case Money:
		if has == Rank {
			return 0.5
		}
	case Rank:
		if has == Number {
			return 0.5
		}
	case Person:
		switch has {
		case Organisation, List, Name:
			return 0.75
		case Place:
			return 0.5
		case Other:
			return 0.25
		}
	case Name:
		switch has {
		case Organisation:
			return 1
		case Person, Place, Definition:
			return 0.75
		case Other, List:
			return 0.5
		}
	case Organisation, Place, List:
		if has == Name || has == Organisation || has == Place || has == List || has == Other || has == Definition || has == Person {
			return 0.5
		}
	case Definition, Reason:
		if has == Name || has == Definition || has == Reason || has == Other || has == List || has == Organisation {
			return 0.5
		}
	}
	return 0
}

// figureOf tells a figure in money from others; some sources do not name the currency.
func figureOf(unit, currency string) Kind {
	if currency != "" || unit == "dollars" || unit == "yen" {
		return Money
	}
	return Number
}

// kindOf is the kind of question that a fact answers.
func kindOf(v corpus.Value) Kind {
	switch v := v.(type) {
	case corpus.Date:
		return Date
	case corpus.Quantity:
		return figureOf(v.Unit, v.Currency)
	case corpus.Series:
		return figureOf(v.Unit, v.Currency)
	case corpus.Rank:
		return Rank
	case corpus.Name:
		switch v.Kind {
		case "person":
			return Person
		case "place":
			return Place
		case "organisation":
			return Organisation
		}
		return Name
	case corpus.List:
		return List
	case corpus.Definition:
		return Definition
	case corpus.Reason:
		return Reason
	}
	return Other
}
