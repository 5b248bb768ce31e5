package main

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/store"
)

func notReady() error {
	return &tablestore.OtsError{Code: "OTSTableNotReady", Message: "The table is not ready."}
}

func TestATableThatIsNotReadyIsWaitedFor(t *testing.T) {
	var said bytes.Buffer
	var waits []time.Duration
	p := newPatience(&said)
	p.wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }

	tries := 0
	require.NoError(t, p.do(t.Context(), "table sales", func() error {
		if tries++; tries < 4 {
			return notReady()
		}
		return nil
	}))
	require.Equal(t, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, waits)
	require.Contains(t, said.String(), "table sales: not yet (1s of 2m0s), trying again in 2s\n")

	waits = nil
	err := p.do(t.Context(), "table sales", notReady)
	require.ErrorContains(t, err, "table sales: after 1m55s: OTSTableNotReady")
	total := time.Duration(0)
	for _, w := range waits {
		total += w
	}
	require.LessOrEqual(t, total, 2*time.Minute)
}

func TestWhatWaitingDoesNotMendEndsAtOnce(t *testing.T) {
	p := newPatience(&bytes.Buffer{})
	p.wait = func(context.Context, time.Duration) error { return errors.New("it waited") }
	quota := &tablestore.OtsError{Code: "OTSQuotaExhausted", Message: "Number of tables exceeds the quota:64."}
	require.Equal(t, quota, p.do(t.Context(), "table sales", func() error { return quota }))
	require.ErrorContains(t, p.do(t.Context(), "table sales", notReady), "it waited", "an interrupt ends the wait")

	denied := &tablestore.OtsError{Code: "OTSAuthFailed", Message: "Request denied by instance ACL policies."}
	err := p.do(t.Context(), "table sales", func() error { return denied })
	require.ErrorContains(t, err, "network_type_acl")
	require.ErrorContains(t, err, "STORE_ACCESS=internet")
	require.ErrorIs(t, err, denied)
}

func TestASleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, store.Wait(ctx, time.Hour), context.Canceled)
	require.NoError(t, store.Wait(t.Context(), time.Nanosecond))
}
