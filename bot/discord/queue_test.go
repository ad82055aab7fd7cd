package discord

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestQueueKeepsTheOrderOfALane(t *testing.T) {
	t.Parallel()
	q := newQueue(10000, 8, func(job) { t.Error("dropped") })
	var mu sync.Mutex
	got := make(map[string][]int)
	for n := range 1000 {
		lane := fmt.Sprint(n % 7)
		q.push(job{lane: lane, run: func() {
			mu.Lock()
			defer mu.Unlock()
			got[lane] = append(got[lane], n)
		}})
	}
	q.close()
	total := 0
	for lane, list := range got {
		total += len(list)
		if !slices.IsSorted(list) {
			t.Errorf("lane %s ran in the order %v", lane, list)
		}
	}
	if total != 1000 {
		t.Errorf("%d jobs ran", total)
	}
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	var dropped []string
	q := newQueue(3, 2, func(j job) { dropped = append(dropped, j.lane) })
	hold := make(chan struct{})
	var most, running atomic.Int32
	for n := range 10 {
		q.push(job{lane: fmt.Sprint(n), run: func() {
			most.Store(max(most.Load(), running.Add(1)))
			<-hold
			running.Add(-1)
		}})
	}
	if want := []string{"2", "3", "4", "5", "6"}; !slices.Equal(dropped, want) {
		t.Errorf("dropped %v, want the oldest that wait: %v", dropped, want)
	}
	close(hold)
	q.close()
	if n := most.Load(); n > 2 {
		t.Errorf("%d jobs ran at once", n)
	}
	q.push(job{lane: "late", run: func() { t.Error("a closed queue runs") }})
}

func TestBusyLaneDoesNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	q := newQueue(10, 2, func(job) {})
	hold, done := make(chan struct{}), make(chan struct{})
	q.push(job{lane: "slow", run: func() { <-hold }})
	q.push(job{lane: "slow", run: func() {}})
	q.push(job{lane: "quick", run: func() { close(done) }})
	<-done
	close(hold)
	q.close()
}

func TestLRUForgetsTheOldest(t *testing.T) {
	t.Parallel()
	l := newLRU[int, string](2)
	l.set(1, "one")
	l.set(2, "two")
	l.get(1)
	l.set(3, "three")
	if _, ok := l.get(2); ok || l.len() != 2 {
		t.Errorf("2 is kept, or %d entries", l.len())
	}
	if v, ok := l.get(1); !ok || v != "one" {
		t.Errorf("1 is %q, %v", v, ok)
	}
	if l.add(3) || !l.add(4) {
		t.Error("add does not tell old from new")
	}
	l.remove(4)
	if _, ok := l.get(4); ok {
		t.Error("4 is kept")
	}
}

func TestPacer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	p := newPacer(Pace{time.Second, 2})
	for i, want := range []bool{true, true, false} {
		if got := p.allow("aki", now); got != want {
			t.Errorf("question %d: allowed %v", i+1, got)
		}
	}
	if !p.allow("ben", now) {
		t.Error("ben pays for aki")
	}
	if !p.allow("aki", now.Add(time.Second)) {
		t.Error("a second later aki may not ask")
	}
}
