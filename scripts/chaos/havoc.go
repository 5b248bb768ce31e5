package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"

	"aegis/shared/local"
)

// havoc is the hand that kills.
type havoc struct {
	stack *local.Stack
	store *storeProcess
	seed  uint64

	instances, stores, storms int
}

// wreak disturbs until the context ends, and leaves the store in peace.
func (h *havoc) wreak(ctx context.Context) error {
	rng := rand.New(rand.NewPCG(h.seed, 7))
	if err := h.store.disturb(); err != nil {
		return err
	}
	h.storms++
	for {
		wait := time.NewTimer(time.Duration(10+rng.IntN(90)) * time.Millisecond)
		select {
		case <-ctx.Done():
			wait.Stop()
			return h.store.soothe()
		case <-wait.C:
		}
		if err := h.strike(rng); err != nil {
			return err
		}
	}
}

// strike kills an instance most often, and the store now and then.
func (h *havoc) strike(rng *rand.Rand) error {
	if rng.IntN(15) > 0 {
		victims := []string{"pop", "pop", "marketorders", "marketspi", "renewals"}
		pids := h.stack.Runtime.Pids(victims[rng.IntN(len(victims))])
		if len(pids) == 0 {
			return nil
		}
		h.instances++
		_ = syscall.Kill(pids[rng.IntN(len(pids))], syscall.SIGKILL) // it may just have ended
		return nil
	}
	h.stores++
	if err := h.store.kill(); err != nil {
		return err
	}
	h.storms++
	return h.store.disturb() // the new process knows no faults
}

// String says what was done.
func (h *havoc) String() string {
	return fmt.Sprintf("killed %d function instances and the store %d times; %d storms of dropped connections, timeouts and busy answers",
		h.instances, h.stores, h.storms)
}

// enough reports whether the run was disturbed enough to prove something.
func (h *havoc) enough(length time.Duration) error {
	if kills := h.instances + h.stores; float64(kills) < 200*length.Minutes() {
		return fmt.Errorf("only %d kills: too few to prove anything", kills)
	}
	return nil
}
