package main

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
)

// What a busy time has left is given back at the first tick after which it was quiet, and not before.
func TestGiveBackWhenQuiet(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	tick, ended := make(chan time.Time), make(chan error)
	go func() { ended <- giveBackWhenQuiet(ctx, tick) }()
	tick <- time.Time{}
	collected := func() uint32 {
		tick <- time.Time{} // is taken once what the one before did is over
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	before := collected()
	left := make([]byte, 64<<20)
	runtime.KeepAlive(left)
	if n := collected(); n != before { // its tick still saw work
		t.Errorf("gave back %d times while busy", n-before)
	}
	tick <- time.Time{}
	if n := collected(); n == before {
		t.Error("gave nothing back when quiet")
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
