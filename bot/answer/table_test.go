package answer

import (
	"slices"
	"testing"
)

func TestTable(t *testing.T) {
	rows := [][]int32{{0, 2, 2}, {}, {2, 1}, {2}}
	table := newTable(4, len(rows), func(row int, add func([]int32)) {
		add(rows[row])
		if row == 3 {
			add([]int32{0, 2})
		}
	})
	for key, want := range [][]int32{{1, 0, 0, 1}, {0, 0, 1, 0}, {2, 0, 1, 2}, {0, 0, 0, 0}} {
		got := []int32{9, 9, 9, 9} // what stood there before
		table.fill(got, int32(key), 0, 1, 2, 3)
		if !slices.Equal(got, want) {
			t.Errorf("key %d: %v, want %v", key, got, want)
		}
		for row, n := range want {
			if got := table.at(int32(key), row); got != n {
				t.Errorf("key %d, row %d: %d, want %d", key, row, got, n)
			}
		}
		if table.fill(got, int32(key), 0, 3); got[0] != want[0] || got[1] != want[3] {
			t.Errorf("key %d: rows 0 and 3 have %v, want %v", key, got[:2], want)
		}
	}
}

// A count that no cell can hold counts as the most that one can.
func TestTableFull(t *testing.T) {
	table := newTable(1, 2, func(row int, add func([]int32)) {
		for range mostCounted + row - 1 + row {
			add([]int32{0})
		}
	})
	if got := [2]int32{table.at(0, 0), table.at(0, 1)}; got != [2]int32{mostCounted - 1, mostCounted} {
		t.Errorf("%v", got)
	}
}
