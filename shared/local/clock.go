package local

import (
	"context"
	"sync"
	"time"
)

// clock is the sale's time on one machine: the real one and an offset that a
// user may move. Functions get the offset as a setting; what they sign and verify
// they date by the real time.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
	moved chan struct{}
}

func newClock(ahead time.Duration) *clock {
	return &clock{ahead: ahead, moved: make(chan struct{}, 1)}
}

func (c *clock) now() time.Time { return time.Now().Add(c.offset()) }

func (c *clock) offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

func (c *clock) set(ahead time.Duration) {
	c.mu.Lock()
	c.ahead = ahead
	c.mu.Unlock()
	select {
	case c.moved <- struct{}{}:
	default:
	}
}

// fire calls the timer's function as s.yaml's cron does, until the context ends. A
// moved clock skips what lies between: who moves it fires the timer by hand.
func (c *clock) fire(ctx context.Context, f func()) {
	for {
		wait := time.NewTimer(nextFiring(c.now()).Sub(c.now()))
		select {
		case <-wait.C:
			f()
		case <-c.moved:
		case <-ctx.Done():
			wait.Stop()
			return
		}
		wait.Stop()
	}
}

// nextFiring is the next minute 10 of an hour.
func nextFiring(now time.Time) time.Time {
	at := now.Truncate(time.Hour).Add(10 * time.Minute)
	if !at.After(now) {
		at = at.Add(time.Hour)
	}
	return at
}
