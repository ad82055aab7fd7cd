package index

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPacked(t *testing.T) {
	lists := [][]uint32{{0}, {}, {1, 2, 129, 130, 1 << 20}, {127, 255}, {math.MaxUint32}, {1, 2, 3, 5, 8, 13, 21, 34, 55, 700, 701}, {300, 301, 302, 303, 304, 305, 306, 307, 308}}
	for r := rand.New(rand.NewPCG(1, 2)); len(lists) < 200; { // short and long gaps, by turns
		var list []uint32
		for n := uint32(0); len(list) < len(lists); {
			n += 1 + r.Uint32N(1+1<<r.UintN(11))
			list = append(list, n)
		}
		lists = append(lists, list)
	}
	p := Pack(len(lists), func(i int) []uint32 { return lists[i] })
	for i, want := range lists {
		if len(want) > 0 && want[len(want)-1] < 1<<21 {
			sums := make([]float32, 1<<21)
			p.addTo(sums, i, 2)
			p.addTo(sums, i, .5)
			n := 0
			for number, sum := range sums {
				if sum != 0 {
					if n++; sum != 2.5 || !slices.Contains(want, uint32(number)) {
						t.Fatalf("list %d: %v at %d", i, sum, number)
					}
				}
			}
			if n != len(want) {
				t.Errorf("list %d: %d sums, want %d", i, n, len(want))
			}
		}
		if got := p.Append([]uint32{9}, i); got[0] != 9 || !slices.Equal(got[1:], want) {
			t.Errorf("list %d: %v, want %v", i, got, want)
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
