package index

import (
	"math"
	"slices"
	"testing"
)

func TestPacked(t *testing.T) {
	lists := [][]uint32{{0}, {}, {1, 2, 129, 130, 1 << 20}, {127, 255}, {math.MaxUint32}}
	p := Pack(len(lists), func(i int) []uint32 { return lists[i] })
	for i, want := range lists {
		if got := slices.Collect(p.Of(i)); !slices.Equal(got, want) {
			t.Errorf("list %d: %v, want %v", i, got, want)
		}
	}
	for n := range p.Of(2) {
		if n == 2 {
			break // stops where the reader does
		}
	}
}

func TestNames(t *testing.T) {
	n, places := inOrder([]string{"tuna", "", "salmon", "tun"})
	if want := []uint32{3, 0, 1, 2}; !slices.Equal(places, want) {
		t.Fatalf("places %v, want %v", places, want)
	}
	for i, s := range []string{"", "salmon", "tun", "tuna"} {
		if got, ok := n.find(s); !ok || got != uint32(i) || n.at(got) != s {
			t.Errorf("%q: %d, %v", s, got, ok)
		}
	}
	for s, at := range map[string]uint32{"a": 1, "tum": 2, "tunas": 4} {
		if got, ok := n.find(s); ok || got != at {
			t.Errorf("%q: %d, %v; want the place %d where it is not", s, got, ok, at)
		}
	}
	if _, ok := new(names).find("x"); ok {
		t.Error("nothing holds x")
	}
}
