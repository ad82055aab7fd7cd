package corpus

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// answer words a value shortly in each language.
func answer(v Value) Text {
	t := Text{}
	for _, l := range Langs() {
		switch v := v.(type) {
		case Date:
			t[l] = formatDate(v, l)
		case Quantity:
			t[l] = formatQuantity(v, l)
		case Series:
			t[l] = formatSeries(v, l)
		case Rank:
			t[l] = formatRank(v.Place, l)
		case Name:
			t[l] = v.Text[l]
		case List:
			t[l] = formatList(v.Items, l)
		case Definition:
			t[l] = v.Text[l]
		case Reason:
			t[l] = v.Text[l]
		case Statement:
			t[l] = v.Text[l]
		}
	}
	return t
}

// monthNames returns the months of English or French, January first.
func monthNames(l Lang) [12]string {
	if l == French {
		return [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	}
	return [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
}

func formatDate(d Date, l Lang) string {
	switch {
	case d.IsZero():
		return ""
	case l == Japanese:
		s := fmt.Sprintf("%d年", d.Year)
		if d.Month > 0 {
			s += fmt.Sprintf("%d月", d.Month)
		}
		if d.Day > 0 {
			s += fmt.Sprintf("%d日", d.Day)
		}
		return s
	case d.Month == 0:
		return strconv.Itoa(d.Year)
	}
	month := monthNames(l)[d.Month-1]
	switch {
	case d.Day == 0:
		return fmt.Sprintf("%s %d", month, d.Year)
	case l == French && d.Day == 1:
		return fmt.Sprintf("1er %s %d", month, d.Year)
	case l == French:
		return fmt.Sprintf("%d %s %d", d.Day, month, d.Year)
	}
	return fmt.Sprintf("%s %d, %d", month, d.Day, d.Year)
}

func formatRank(place int, l Lang) string {
	en := [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	fr := [...]string{"premier", "deuxième", "troisième", "quatrième", "cinquième", "sixième", "septième", "huitième", "neuvième", "dixième"}
	switch {
	case l == Japanese:
		return fmt.Sprintf("第%d位", place)
	case l == French && 1 <= place && place <= len(fr):
		return fr[place-1]
	case l == French:
		return fmt.Sprintf("%de", place)
	case 1 <= place && place <= len(en):
		return en[place-1]
	}
	suffix := "th"
	if place/10%10 != 1 && place%10 >= 1 && place%10 <= 3 {
		suffix = [...]string{"st", "nd", "rd"}[place%10-1]
	}
	return strconv.Itoa(place) + suffix
}

// formatQuantity gives the number with its bound and currency; other units are in the fact's label.
func formatQuantity(q Quantity, l Lang) string {
	n := formatNumber(q.Number, l)
	if q.Unit == "percent" || q.Unit == "%" {
		n += map[Lang]string{English: "%", French: "\u00a0%", Japanese: "%"}[l]
	}
	if q.Currency != "" {
		n = formatMoney(n, q.Currency, l)
	}
	switch {
	case q.Bound == "at-least" && l == English:
		return "more than " + n
	case q.Bound == "at-least" && l == French:
		return "plus de " + n
	case q.Bound == "at-least":
		return n + "以上"
	case q.Bound == "about" && l == English:
		return "about " + n
	case q.Bound == "about" && l == French:
		return "environ " + n
	case q.Bound == "about":
		return "約" + n
	}
	return n
}

// formatSeries gives each number with its date, the oldest first.
func formatSeries(s Series, l Lang) string {
	open, end, comma := " (", ")", ", "
	switch l {
	case Japanese:
		open, end, comma = "（", "）", "、"
	case French:
		comma = "\u00a0; " // its numbers may hold a comma
	}
	texts := make([]string, len(s.Points))
	for i, p := range s.Points {
		texts[i] = formatQuantity(s.Quantity(p), l) + open + formatDate(p.At, l) + end
	}
	return strings.Join(texts, comma)
}

// formatMoney adds a currency to a number that is already worded.
func formatMoney(n, currency string, l Lang) string {
	names, ok := map[string][3]string{
		"CAD": {"C$", "dollars canadiens", "カナダドル"},
		"USD": {"US$", "dollars américains", "米ドル"},
		"JPY": {"¥", "yens", "円"},
		"EUR": {"€", "euros", "ユーロ"},
	}[currency]
	switch {
	case !ok:
		return n + " " + currency
	case l == English:
		return names[0] + n
	case l == French && (strings.HasSuffix(n, "million") || strings.HasSuffix(n, "millions") ||
		strings.HasSuffix(n, "milliard") || strings.HasSuffix(n, "milliards")):
		return n + " de " + names[1]
	case l == French:
		return n + " " + names[1]
	}
	return n + names[2]
}

// formatNumber words a number as people of l write it: 5.7 trillion, 5 700 milliards, 5兆7000億.
func formatNumber(n float64, l Lang) string {
	if n < 0 {
		return "-" + formatNumber(-n, l)
	}
	if l == Japanese && n >= 1e4 && n < 1e16 && n == math.Trunc(n) {
		var b strings.Builder
		rest := int64(n)
		for _, unit := range []struct {
			size int64
			name string
		}{{1e12, "兆"}, {1e8, "億"}, {1e4, "万"}, {1, ""}} {
			if k := rest / unit.size; k > 0 {
				b.WriteString(strconv.FormatInt(k, 10) + unit.name)
			}
			rest %= unit.size
		}
		return b.String()
	}
	units := []struct {
		size float64
		name string
	}{{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}}
	if l == French {
		units = units[1:]
		units[0].name, units[1].name = "milliard", "million"
	}
	for _, unit := range units {
		// A unit helps only where it leaves a short number.
		k := n / unit.size
		if short := math.Round(k*100) / 100; n >= unit.size && l != Japanese && math.Abs(k-short) < 1e-9*k {
			if l == French {
				unit.name = "\u00a0" + unit.name
				if k >= 2 {
					unit.name += "s"
				}
				return group(short, l) + unit.name
			}
			return group(short, l) + " " + unit.name
		}
	}
	return group(n, l)
}

// group writes a number with its thousands apart.
func group(n float64, l Lang) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
	comma, point := ",", "."
	if l == French {
		comma, point = "\u00a0", ","
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + comma + whole[i:]
	}
	if fraction != "" {
		whole += point + fraction
	}
	return whole
}

// formatList joins items as a person would say them, by semicolons where an item holds a comma.
func formatList(items []Text, l Lang) string {
	comma, and := ", ", " and "
	switch l {
	case French:
		and = " et "
	case Japanese:
		comma, and = "、", "、"
	}
	texts := make([]string, len(items))
	for i, it := range items {
		texts[i] = it[l]
		if l != Japanese && strings.Contains(texts[i], ",") {
			comma, and = "; ", "; "
			if l == French {
				comma, and = "\u00a0; ", "\u00a0; "
			}
		}
	}
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], comma) + and + texts[last]
}

// In words the quantity in a language, without what is counted: "C$4.9 billion".
func (q Quantity) In(l Lang) string { return formatQuantity(q, l) }
