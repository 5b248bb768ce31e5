package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"time"
)

// Pause waits before a commit whose condition failed is tried again: a random part of a
// span that is 2 ms for try 0, doubles with each try and is 256 ms at most, so that
// callers that collided do not collide again. It ends with the context's error when that
// does.
func Pause(ctx context.Context, random io.Reader, try int) error {
	span := big.NewInt(int64(2 * time.Millisecond << min(try, 7)))
	part, err := rand.Int(random, span)
	if err != nil {
		return fmt.Errorf("draw a wait: %w", err)
	}

	return Wait(ctx, time.Duration(part.Int64()))
}

// Wait waits for a time, or until the context ends, whose error it then returns.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
