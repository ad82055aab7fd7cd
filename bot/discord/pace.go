package discord

import (
	"time"

	"golang.org/x/time/rate"
)

// Pace is how many questions one person or channel may ask: Burst at once, then one in every Every.
type Pace struct {
	Every time.Duration
	Burst int
}

// maxPaced is how many people, and channels, are remembered.
const maxPaced = 10000

// pacer holds a token bucket for each key it has heard of lately.
type pacer struct {
	pace Pace
	seen *lru[string, *rate.Limiter]
}

func newPacer(p Pace) *pacer { return &pacer{p, newLRU[string, *rate.Limiter](maxPaced)} }

// allow takes a token of key and reports whether there was one.
func (p *pacer) allow(key string, now time.Time) bool {
	return p.seen.getOr(key, func() *rate.Limiter {
		return rate.NewLimiter(rate.Every(p.pace.Every), p.pace.Burst)
	}).AllowN(now, 1)
}
