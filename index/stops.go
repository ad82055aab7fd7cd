package index

import "strings"

// Words without weight of their own. They are kept in the index, for question words tell one labelled question from another.

var englishStops = set(`a about above after again all also am an and any are arent as at be because been before being below
between both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each few for from further had
hadnt has hasnt have havent having he her here hers herself him himself his how however i if in into is isnt it its itself
just let me more most my myself no nor not of off on once only or other our ours ourselves out over own please same she should
shouldnt so some such than that the their theirs them themselves then there these they this those through to too under until up
upon us very was wasnt we were werent what whats when where which while who whom whose why will with would wouldnt you your yours
yourself im ive youre hes shes theyre thats theres whos wheres hows`)

var frenchStops = set(`a au aux avec c ce ceci cela celle celles celui ces cet cette ceux ci combien comme comment d dans de des
donc dont du elle elles en entre est et etaient etait etant ete etes etre eu eut eux fait fut furent il ils j je l la laquelle le
lequel les lesquelles lesquels leur leurs lui m ma mais me meme memes mes moi mon n ne ni nos notre nous on ont ou par pas plus pour
pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si soit son sont sous sur t ta te tes toi ton tous tout
toute toutes tu un une vers vos votre vous y avait avaient avoir ai as avez avons sommes suis aujourd hui lors lorsqu puisqu jusqu tres
auquel auxquels auxquelles desquels desquelles duquel est-ce`)

var stopGrams = set(`の は が を に で と も へ や か ね よ な た だ て し い る れ さ から まで より など です でし ます まし した って
てい いる いた いま ませ せん ある った たか すか なの ので のに では には とは ては でも とし して され れた れて れる する こと もの ため
よう この その あの どの どこ いつ だれ なに なん なぜ どん どう いく くら つで 何 誰 何で 誰が 誰の 何が 何を 何の 誰で のは ので 
はど はな はい はだ とい いう うな どれ どち ちら らで れで こで すが あり りま ない なか なっ なり なる なに にな にあ にお おけ ける おい いて`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
