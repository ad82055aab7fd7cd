package corpus

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// unread says why the words of e do not state v, in a document in l; empty if they do. White space of any
// width is the same to it: a source's no-break spaces are kept in the quote, not in the answer.
func unread(v Value, e Evidence, l Lang) string {
	same := func(t Text) string {
		if t[l] != "" && narrow(t[l]) != narrow(e.Words) {
			return fmt.Sprintf("the words are %q but the value's %q text is %q; make them the same", e.Words, l, t[l])
		}
		return ""
	}
	switch v := v.(type) {
	case Date:
		return unreadDate(v, e, l)
	case Series:
		if !slices.ContainsFunc(v.Points, func(p Point) bool { return states(e, p, l) }) {
			return fmt.Sprintf("no point's date with its number can be read in the quote with its words %q; correct them or remove this evidence", e.Words)
		}
	case Quantity:
		if !readsNumber(e.Words, v.Number, l) {
			return fmt.Sprintf("the number %s cannot be read in the words %q; correct the number or widen the words", group(v.Number, l), e.Words)
		}
	case Rank:
		if !slices.Contains(ranksIn(e.Words, l), v.Place) {
			return fmt.Sprintf("the place %d cannot be read in the words %q; correct the place or widen the words", v.Place, e.Words)
		}
	case Name:
		return same(v.Text)
	case Definition:
		return same(v.Text)
	case Reason:
		return same(v.Text)
	case Statement:
		return same(v.Text)
	case List:
		for _, it := range v.Items {
			if !strings.Contains(narrow(e.Quote), narrow(it[l])) {
				return fmt.Sprintf("the item %q does not occur in the quote; copy it from there, or widen the quote", it[l])
			}
		}
	}
	return ""
}

// states reports whether the words give the point's number, and the quote its date.
func states(e Evidence, p Point, l Lang) bool {
	return readsNumber(e.Words, p.Number, l) && unreadDate(p.At, Evidence{Quote: e.Quote, Words: e.Quote}, l) == ""
}

// readsNumber reports whether n can be read in words.
func readsNumber(words string, n float64, l Lang) bool {
	return slices.ContainsFunc(numbersIn(words, l), func(m float64) bool { return math.Abs(m-n) <= 1e-9*math.Abs(n) })
}

// unreadDate wants the year in the words, and the month and the day at least in the quote.
func unreadDate(d Date, e Evidence, l Lang) string {
	if !d.IsZero() && !holdsNumber(e.Words, d.Year) {
		return fmt.Sprintf("the year %d cannot be read in the words %q; correct the date or widen the words", d.Year, e.Words)
	}
	if d.Month > 0 {
		quote := strings.ToLower(e.Quote)
		named := strings.Contains(quote, fmt.Sprintf("%d-%02d", d.Year, d.Month))
		if l == Japanese {
			named = named || regexp.MustCompile(fmt.Sprintf(`(?:^|\D)0?%d月`, d.Month)).MatchString(narrow(quote))
		} else {
			// "Sept." and "déc." too; three letters keep "mars" from "mai" and four "juin" from "juillet".
			name := []rune(strings.ToLower(monthNames(l)[d.Month-1]))
			named = named || strings.Contains(quote, string(name)) || len(name) > 4 && strings.Contains(quote, string(name[:3])+".") ||
				len(name) > 4 && strings.Contains(quote, string(name[:4])+".")
		}
		if !named {
			return fmt.Sprintf("the month %d cannot be read in the quote; correct the date or leave the month out", d.Month)
		}
	}
	if d.Day > 0 && !holdsNumber(e.Quote, d.Day) {
		return fmt.Sprintf("the day %d cannot be read in the quote; correct the date or leave the day out", d.Day)
	}
	return ""
}

// holdsNumber reports whether n stands in s in digits that belong to no longer number.
func holdsNumber(s string, n int) bool {
	digits := strings.FieldsFunc(narrow(s), func(r rune) bool { return r < '0' || r > '9' })
	return slices.ContainsFunc(digits, func(d string) bool {
		return strings.TrimLeft(d, "0") == strconv.Itoa(n)
	})
}

// narrow makes digits of full width, and spaces of every width, those of ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．' || r == '，':
			return r - '．' + '.'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

var (
	englishNumber = regexp.MustCompile(`(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:[ -]?(hundred|thousand|million|billion|trillion|bn|m|k)\b)?`)
	frenchNumber  = regexp.MustCompile(`(\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:,\d+)?)(?: ?(mille|million|milliard|billion)s?\b)?`)
	japaneseUnits = regexp.MustCompile(`(?:[\d,.]+[兆億万千百]*)+`)
	japanesePart  = regexp.MustCompile(`([\d,.]+)([兆億万千百]*)`)
)

// numbersIn returns the numbers that can be read in words: in digits with or without a scale, or spelt out.
func numbersIn(words string, l Lang) []float64 {
	words = strings.ToLower(narrow(words))
	scales := map[string]float64{"hundred": 100, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
	switch l {
	case Japanese:
		return japaneseNumbers(words)
	case French:
		scales = map[string]float64{"mille": 1e3, "million": 1e6, "milliard": 1e9, "billion": 1e12}
	}
	var found []float64
	form, comma, point := englishNumber, ",", "."
	if l == French {
		form, comma, point = frenchNumber, " ", ","
	}
	for _, m := range form.FindAllStringSubmatch(words, -1) {
		digits := strings.ReplaceAll(m[1], comma, "")
		if l == French && strings.Count(digits, ".") > 0 {
			digits = strings.ReplaceAll(digits, ".", "")
		}
		if n, err := strconv.ParseFloat(strings.Replace(digits, point, ".", 1), 64); err == nil {
			if scale := scales[m[2]]; scale > 0 {
				n *= scale
			}
			found = append(found, n)
		}
	}
	return append(found, spelt(form.ReplaceAllString(words, ";"), l, scales)...)
}

// spelt returns the numbers written in letters: five, twenty-five, two thousand, thousands.
func spelt(words string, l Lang, scales map[string]float64) []float64 {
	names := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")
	tens := map[string]float64{"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12}
	if l == French {
		names = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt")
		tens = map[string]float64{"une": 1, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "douzaine": 12}
	}
	var found []float64
	sum, open := 0.0, false // the number being read
	flush := func() {
		if open {
			found = append(found, sum)
		}
		sum, open = 0, false
	}
	for _, w := range strings.FieldsFunc(words, func(r rune) bool { return !unicode.IsLetter(r) }) {
		n, isNumber := tens[w]
		if i := slices.Index(names, w); i >= 0 {
			n, isNumber = float64(i), true
		}
		scale := scales[strings.TrimSuffix(w, "s")]
		switch {
		case isNumber && open && sum >= 20 && n < 10:
			sum += n
		case isNumber:
			flush()
			sum, open = n, true
		case scale > 0 && len(w) > 2 && open:
			sum *= scale
		case scale > 0 && len(w) > 2:
			sum, open = scale, true
			flush()
		default:
			flush()
		}
	}
	flush()
	return found
}

// japaneseNumbers reads 5兆7000億, 60万, 1,200 and single kanji numerals.
func japaneseNumbers(words string) []float64 {
	words = strings.NewReplacer("〇", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9").Replace(words)
	var found []float64
	for _, run := range japaneseUnits.FindAllString(words, -1) {
		sum := 0.0
		for _, part := range japanesePart.FindAllStringSubmatch(run, -1) {
			n, err := strconv.ParseFloat(strings.ReplaceAll(part[1], ",", ""), 64)
			if err != nil {
				continue
			}
			for _, unit := range part[2] {
				n *= map[rune]float64{'兆': 1e12, '億': 1e8, '万': 1e4, '千': 1e3, '百': 100}[unit]
			}
			sum += n
		}
		found = append(found, sum)
	}
	return found
}

var (
	englishOrdinal     = regexp.MustCompile(`\b(\d+)(?:st|nd|rd|th)\b`)
	frenchOrdinal      = regexp.MustCompile(`\b(\d+)(?:er|re|e|ème)\b`)
	englishSuperlative = regexp.MustCompile(`\b(?:\w{3,}est|most|top|main|primary|leading)\b`)
	frenchSuperlative  = regexp.MustCompile(`\b(?:l[ea] plus|premi[eè]re?|principale?|meilleure?)(?: |$)`)
)

// ranksIn returns the places that can be read in words; a superlative without an ordinal is the first.
func ranksIn(words string, l Lang) []int {
	words = strings.ToLower(narrow(words))
	var found []int
	for place := 1; place <= 10; place++ {
		if slices.Contains(strings.FieldsFunc(words, func(r rune) bool { return !unicode.IsLetter(r) }), formatRank(place, l)) {
			found = append(found, place)
		}
	}
	ordinal, superlative := englishOrdinal, englishSuperlative
	if l == French {
		ordinal, superlative = frenchOrdinal, frenchSuperlative
	}
	for _, m := range ordinal.FindAllStringSubmatch(words, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			found = append(found, n)
		}
	}
	for _, n := range numbersIn(words, l) {
		if n == math.Trunc(n) && n < 10_000 {
			found = append(found, int(n))
		}
	}
	if len(found) == 0 && (superlative.MatchString(words) || l == Japanese && strings.Contains(words, "最")) {
		found = append(found, 1)
	}
	return found
}
