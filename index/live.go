package index

import (
	"io"
	"sync"
	"sync/atomic"
)

// Live is the value in use, which can be replaced while it is being read. Readers never wait; a value that was replaced is
// closed by its last reader. All methods are safe from many goroutines.
type Live[T io.Closer] struct {
	current atomic.Pointer[counted[T]]
	swap    sync.Mutex // one writer at a time
}

// counted is a value with the number of those who hold it, Live itself being one. At zero it is closed, for good.
type counted[T io.Closer] struct {
	value T
	holds atomic.Int64
}

// NewLive takes ownership of v.
func NewLive[T io.Closer](v T) *Live[T] {
	l := &Live[T]{}
	l.current.Store(hold(v))
	return l
}

func hold[T io.Closer](v T) *counted[T] {
	c := &counted[T]{value: v}
	c.holds.Store(1)
	return c
}

// Acquire gives the value in use, which stays open until release is called. Release may be called more than once. After
// Close, Acquire gives the zero value.
func (l *Live[T]) Acquire() (v T, release func()) {
	for {
		c := l.current.Load()
		if c == nil {
			return v, func() {}
		}
		for n := c.holds.Load(); n > 0; n = c.holds.Load() {
			if c.holds.CompareAndSwap(n, n+1) {
				var once sync.Once
				return c.value, func() { once.Do(func() { _ = c.release() }) }
			}
		}
		// The value was replaced and closed between the two loads: take its successor.
	}
}

func (c *counted[T]) release() error {
	if c.holds.Add(-1) == 0 {
		return c.value.Close()
	}
	return nil
}

// Swap puts v, of which it takes ownership, in the place of the value in use, and returns without waiting for readers. The
// error is that of closing the old value, when nobody was reading it. After Close, v is closed at once.
func (l *Live[T]) Swap(v T) error {
	l.swap.Lock()
	defer l.swap.Unlock()
	old := l.current.Load()
	if old == nil {
		return v.Close()
	}
	l.current.Store(hold(v))
	return old.release()
}

// Close lets go of the value in use; its last reader closes it. A second Close does nothing.
func (l *Live[T]) Close() error {
	l.swap.Lock()
	defer l.swap.Unlock()
	old := l.current.Swap(nil)
	if old == nil {
		return nil
	}
	return old.release()
}
