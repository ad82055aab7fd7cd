package discordtest

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Clock tells Discord's time and, if the test likes, the bot's. Unless it is a wall clock it stands still until Advance.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	wall    bool
	timers  []*Timer
	changed chan struct{} // closed and renewed whenever timers changes
}

// A Timer calls a function once when its Clock reaches its time.
type Timer struct {
	clock *Clock
	at    time.Time
	f     func()
	held  bool // Advance waits a moment for it to be stopped before it lets it fire
	real  *time.Timer
}

// NewClock returns a clock that stands at start.
func NewClock(start time.Time) *Clock {
	return &Clock{now: start, changed: make(chan struct{})}
}

// WallClock returns a clock that runs with real time; it cannot be advanced.
func WallClock() *Clock {
	return &Clock{wall: true, changed: make(chan struct{})}
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	if c.wall {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc calls f on its own goroutine when d has passed.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Timer {
	return c.schedule(d, func() { go f() })
}

// After sends the time once d has passed.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	fired := make(chan time.Time, 1)
	c.schedule(d, func() { fired <- c.Now() })
	return fired
}

// Sleep returns when d has passed, or earlier with the error of ctx.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	done := make(chan struct{})
	t := c.schedule(d, func() { close(done) })
	defer t.Stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Clock) schedule(d time.Duration, f func()) *Timer {
	return c.add(nil, d, &Timer{f: f})
}

// hold sets a timer for which Advance waits, in place of an earlier one; without a moment in which neither is there, or Advance
// would run through it.
func (c *Clock) hold(old *Timer, d time.Duration, f func()) *Timer {
	return c.add(old, d, &Timer{f: f, held: true})
}

func (c *Clock) add(old *Timer, d time.Duration, t *Timer) *Timer {
	t.clock = c
	if c.wall {
		if old != nil {
			old.real.Stop()
		}
		t.real = time.AfterFunc(d, t.f)
		return t
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t.at = c.now.Add(d)
	if d <= 0 {
		go t.f()
		return t
	}
	c.timers = append(slices.DeleteFunc(c.timers, func(other *Timer) bool { return other == old }), t)
	c.wake()
	return t
}

// Stop keeps the timer from firing and reports whether it was in time to.
func (t *Timer) Stop() bool {
	if t.real != nil {
		return t.real.Stop()
	}
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	return t.clock.remove(t)
}

// Waiting returns how many timers have yet to fire, the clock's own for heartbeats included.
func (c *Clock) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

// WaitForTimers returns when at least n timers wait, or with the error of ctx.
func (c *Clock) WaitForTimers(ctx context.Context, n int) error {
	for {
		c.mu.Lock()
		have, changed := len(c.timers), c.changed
		c.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// patience is how long, in real time, Advance waits for a heartbeat that is due.
const patience = 5 * time.Second

// Advance moves the time on by d, and stops on the way at each timer to let it fire, the earliest first.
func (c *Clock) Advance(d time.Duration) {
	if c.wall {
		panic("discordtest: a wall clock cannot be advanced")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	target := c.now.Add(d)
	waited := make(map[*Timer]bool)
	for {
		t := c.earliest()
		if t == nil || t.at.After(target) {
			c.now = target
			return
		}
		if t.held && !waited[t] {
			waited[t] = c.holdFor(t)
			continue
		}
		if t.at.After(c.now) {
			c.now = t.at
		}
		c.remove(t)
		c.mu.Unlock()
		t.f()
		c.mu.Lock()
	}
}

// holdFor waits until t is stopped or another timer comes before it, and reports whether it has waited in vain.
func (c *Clock) holdFor(t *Timer) bool {
	gaveUp := time.NewTimer(patience)
	defer gaveUp.Stop()
	for c.earliest() == t {
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
			c.mu.Lock()
		case <-gaveUp.C:
			c.mu.Lock()
			return true
		}
	}
	return false
}

// earliest returns the timer that fires next: of two at one time the one that is not held.
func (c *Clock) earliest() *Timer {
	var first *Timer
	for _, t := range c.timers {
		if first == nil || t.at.Before(first.at) || t.at.Equal(first.at) && first.held && !t.held {
			first = t
		}
	}
	return first
}

func (c *Clock) remove(t *Timer) bool {
	i := slices.Index(c.timers, t)
	if i >= 0 {
		c.timers = slices.Delete(c.timers, i, i+1)
		c.wake()
	}
	return i >= 0
}

func (c *Clock) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}
