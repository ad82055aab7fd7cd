package main

import "testing"

// TestRight scores as the questions' authors do.
func TestRight(t *testing.T) {
	answered := func(s string) lineOut { return lineOut{Answered: true, Answer: s} }
	for _, c := range []struct {
		name string
		item item
		got  lineOut
		want bool
	}{
		{"contains one", item{Answerable: true, Answers: []string{"1929", "1928"}}, answered("in 1928, so"), true},
		{"contains none", item{Answerable: true, Answers: []string{"1929"}}, answered("1928"), false},
		{"case, width and spaces", item{Answerable: true, Answers: []string{"$5.7 Trillion"}}, answered("about ＄５．７  trillion"), true},
		{"all of several", item{Answerable: true, AllOf: []string{"coal", "gas"}}, answered("coal and gas"), true},
		{"one of several", item{Answerable: true, AllOf: []string{"coal", "gas"}}, answered("coal"), false},
		{"refused, though its words hold it", item{Answerable: true, Answers: []string{"1928"}}, lineOut{Answer: "1928"}, false},
		{"rightly refused", item{}, lineOut{}, true},
		{"answered without ground", item{}, answered("1928"), false},
	} {
		if got := c.item.right(c.got); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
