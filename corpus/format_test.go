package corpus

import (
	"slices"
	"testing"
)

func TestAnswer(t *testing.T) {
	for _, test := range []struct {
		value      Value
		en, fr, ja string
	}{
		{Date{1976, 0, 0}, "1976", "1976", "1976年"},
		{Date{2022, 10, 0}, "October 2022", "octobre 2022", "2022年10月"},
		{Date{1929, 5, 21}, "May 21, 1929", "21 mai 1929", "1929年5月21日"},
		{Date{2019, 8, 1}, "August 1, 2019", "1er août 2019", "2019年8月1日"},
		{Quantity{Number: 5.7e12, Unit: "dollars", Currency: "CAD"}, "C$5.7 trillion", "5\u00a0700\u00a0milliards de dollars canadiens", "5兆7000億カナダドル"},
		{Quantity{Number: 49.3e9, Unit: "dollars", Currency: "USD"}, "US$49.3 billion", "49,3\u00a0milliards de dollars américains", "493億米ドル"},
		{Quantity{Number: 250, Unit: "francs", Currency: "CHF"}, "250 CHF", "250 CHF", "250 CHF"},
		{Quantity{Number: 129425, Unit: "resident", Bound: "at-least"}, "more than 129,425", "plus de 129\u00a0425", "12万9425以上"},
		{Quantity{Number: 600000, Unit: "traveller", Bound: "about"}, "about 600,000", "environ 600\u00a0000", "約60万"},
		{Quantity{Number: 25, Unit: "association"}, "25", "25", "25"},
		{Quantity{Number: 1.5e6, Unit: "resident"}, "1.5 million", "1,5\u00a0million", "150万"},
		{Quantity{Number: 2.5, Unit: "percent"}, "2.5%", "2,5\u00a0%", "2.5%"},
		{Quantity{Number: -1234567, Unit: "resident"}, "-1,234,567", "-1\u00a0234\u00a0567", "-123万4567"},
		{Rank{1, "buyers"}, "first", "premier", "第1位"},
		{Rank{4, "buyers"}, "fourth", "quatrième", "第4位"},
		{Rank{11, "buyers"}, "11th", "11e", "第11位"},
		{Rank{22, "buyers"}, "22nd", "22e", "第22位"},
		{Rank{113, "buyers"}, "113th", "113e", "第113位"},
		{List{[]Text{{English: "wheat", French: "le blé", Japanese: "小麦"}}}, "wheat", "le blé", "小麦"},
		{List{[]Text{{English: "a", French: "a", Japanese: "あ"}, {English: "b", French: "b", Japanese: "い"}, {English: "c", French: "c", Japanese: "う"}}},
			"a, b and c", "a, b et c", "あ、い、う"},
		{List{[]Text{{English: "a, or x", French: "a", Japanese: "あ"}, {English: "b", French: "b", Japanese: "い"}}}, "a, or x; b", "a et b", "あ、い"},
		{Name{"person", Text{English: "Joly", French: "Joly", Japanese: "ジョリー"}}, "Joly", "Joly", "ジョリー"},
	} {
		got := answer(test.value)
		for l, want := range (Text{English: test.en, French: test.fr, Japanese: test.ja}) {
			if got[l] != want {
				t.Errorf("%+v in %s is %q, want %q", test.value, l, got[l], want)
			}
		}
	}
}

// TestAnswerIsRead holds the two directions together: what is worded can be read again.
func TestAnswerIsRead(t *testing.T) {
	for _, l := range Langs() {
		for _, n := range []float64{0, 1, 7, 25, 71, 500, 1200, 10_000, 129_425, 600_000, 1.5e6, 4.1e9, 49.3e9, 5.7e12} {
			q := Quantity{Number: n, Unit: "dollars", Currency: "CAD", Bound: "about"}
			if words := answer(q)[l]; unread(q, Evidence{Words: words}, l) != "" {
				t.Errorf("%v is not read in %q: %v", n, words, numbersIn(words, l))
			}
		}
		for place := 1; place < 120; place++ {
			if words := formatRank(place, l); !slices.Contains(ranksIn(words, l), place) {
				t.Errorf("%d is not read in %q", place, words)
			}
		}
		for month := 1; month <= 12; month++ {
			d := Date{2019, month, 28}
			words := formatDate(d, l)
			if why := unread(d, Evidence{Words: words, Quote: words}, l); why != "" {
				t.Errorf("%v: %s", d, why)
			}
		}
	}
}

func TestNumbersIn(t *testing.T) {
	for _, test := range []struct {
		words string
		lang  Lang
		want  []float64
	}{
		{"$5.7 trillion", English, []float64{5.7e12}},
		{"over 129,425 people", English, []float64{129425}},
		{"$49.3\u00a0billion (2023)", English, []float64{49.3e9, 2023}},
		{"six shared priorities", English, []float64{6}},
		{"twenty-five associations and seventy one cities", English, []float64{25, 71}},
		{"two hundred thousand", English, []float64{200_000}},
		{"thousands of Canadians", English, []float64{1000}},
		{"A dozen", English, []float64{12}},
		{"someone", English, nil},
		{"1,200,000 and 12,34", English, []float64{1.2e6, 12, 34}},
		{"4,5\u00a0milliards de dollars", French, []float64{4.5e9}},
		{"1\u202f200 érables et 1.500 pins", French, []float64{1200, 1500}},
		{"cinq millions", French, []float64{5e6}},
		{"vingt-cinq", French, []float64{25}},
		{"5兆7000億ドル", Japanese, []float64{5.7e12}},
		{"約60万人", Japanese, []float64{600_000}},
		{"１，２００人", Japanese, []float64{1200}},
		{"三つと1.5億", Japanese, []float64{3, 1.5e8}},
	} {
		if got := numbersIn(test.words, test.lang); !slices.Equal(got, test.want) {
			t.Errorf("%q holds %v, want %v", test.words, got, test.want)
		}
	}
}

func TestRanksIn(t *testing.T) {
	for _, test := range []struct {
		words string
		lang  Lang
		want  []int
	}{
		{"fourth-largest", English, []int{4}},
		{"third largest overall", English, []int{3}},
		{"the largest source", English, []int{1}},
		{"21st", English, []int{21}},
		{"No. 2", English, []int{2}},
		{"a forest of interest", English, []int{1}}, // words are chosen by people; a superlative is not told from a noun
		{"important", English, nil},
		{"le plus grand", French, []int{1}},
		{"4e partenaire", French, []int{4}},
		{"第３位", Japanese, []int{3}},
		{"最大の", Japanese, []int{1}},
	} {
		if got := slices.Compact(ranksIn(test.words, test.lang)); !slices.Equal(got, test.want) {
			t.Errorf("%q holds %v, want %v", test.words, got, test.want)
		}
	}
}
