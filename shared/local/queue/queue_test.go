package queue_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/queue"
)

// subscriber notes the batches that it gets, by their bodies.
type subscriber struct {
	mu      sync.Mutex
	batches [][]string
	dead    []string
	fail    func(batch []string) bool // nil: never
	busy    chan struct{}             // nil: it does not wait
}

func (s *subscriber) deliver(_ context.Context, event []byte) error {
	var events []struct {
		SpecVersion string
		Data        struct{ MessageID, MessageBody string }
	}
	if err := json.Unmarshal(event, &events); err != nil {
		return err
	}
	var batch []string
	for _, e := range events {
		batch = append(batch, e.Data.MessageBody)
	}
	s.mu.Lock()
	s.batches = append(s.batches, batch)
	fail := s.fail != nil && s.fail(batch)
	s.mu.Unlock()
	if s.busy != nil {
		<-s.busy
	}
	if fail {
		return errors.New("no")
	}
	return nil
}

func (s *subscriber) bury(_ context.Context, m queue.Message, _ int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = append(s.dead, string(m.Body))
	return nil
}

func (s *subscriber) seen() [][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.batches)
}

func open(t *testing.T, s *subscriber, c queue.Config) *queue.Queue {
	t.Helper()
	c.Deliver, c.Dead, c.Random = s.deliver, s.bury, rand.New(rand.NewPCG(1, 2))
	if c.RetryScale == 0 {
		c.RetryScale = 1e-5
	}
	q, err := queue.Open(c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, q.Close()) })
	return q
}

func send(t *testing.T, q *queue.Queue, bodies ...string) {
	t.Helper()
	for i, body := range bodies {
		require.NoError(t, q.Send(fmt.Sprint("m-", i), []byte(body)))
	}
}

func settled(t *testing.T, q *queue.Queue, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := q.Counts()
		return err == nil && c == queue.Counts{Settled: n}
	}, 10*time.Second, time.Millisecond)
}

func TestABatchIsFullOrItsWindowIsOver(t *testing.T) {
	s := &subscriber{}
	q := open(t, s, queue.Config{Count: 2, Window: 20 * time.Millisecond})
	send(t, q, "a", "b", "c")
	q.Start()
	settled(t, q, 3)
	require.Equal(t, [][]string{{"a", "b"}, {"c"}}, s.seen())
}

func TestABatchThatFailsIsDeliveredAgainAndTheRestWaits(t *testing.T) {
	s := &subscriber{}
	s.fail = func([]string) bool { return len(s.batches) < 3 }
	q := open(t, s, queue.Config{Count: 1})
	send(t, q, "a", "b")
	q.Start()
	settled(t, q, 2)
	require.Equal(t, [][]string{{"a"}, {"a"}, {"a"}, {"b"}}, s.seen())
	require.Empty(t, s.dead)
}

func TestWhenTheRetriesRunOutTheBatchIsDeadAndDeliveryGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		retry      queue.Retry
		deliveries int
	}{
		"BACKOFF_RETRY":           {queue.BackoffRetry, 4},
		"EXPONENTIAL_DECAY_RETRY": {queue.ExponentialDecayRetry, 177},
	} {
		t.Run(name, func(t *testing.T) {
			s := &subscriber{fail: func(batch []string) bool { return batch[0] == "a" }}
			q := open(t, s, queue.Config{Count: 1, Retry: c.retry, RetryScale: 1e-7})
			send(t, q, "a", "b")
			q.Start()
			settled(t, q, 2)
			require.Len(t, s.seen(), c.deliveries+1)
			require.Equal(t, []string{"a"}, s.dead)
		})
	}
}

func TestMessagesOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	s := &subscriber{busy: make(chan struct{})}
	q, err := queue.Open(queue.Config{Dir: dir, Count: 1, Deliver: s.deliver, Dead: s.bury})
	require.NoError(t, err)
	send(t, q, "a", "b")
	q.Start()
	require.Eventually(t, func() bool { return len(s.seen()) == 1 }, 5*time.Second, time.Millisecond)
	c, err := q.Counts()
	require.NoError(t, err)
	require.Equal(t, queue.Counts{Waiting: 1, InFlight: 1}, c)
	q.Stop()
	close(s.busy) // a is answered for, b was never delivered
	require.NoError(t, q.Close())

	after := &subscriber{}
	q = open(t, after, queue.Config{Dir: dir})
	q.Start()
	settled(t, q, 2)
	require.Equal(t, [][]string{{"b"}}, after.seen())
}

func TestOnDemandMessagesComeTwiceAndInAnyOrder(t *testing.T) {
	s := &subscriber{}
	q := open(t, s, queue.Config{Count: 10, Duplicates: 30, Reorder: true})
	var bodies []string
	for i := range 100 {
		bodies = append(bodies, fmt.Sprint(i))
	}
	send(t, q, bodies...)
	q.Start()
	settled(t, q, 100)
	all := slices.Concat(s.seen()...)
	require.Greater(t, len(all), 100)
	require.NotEqual(t, bodies[:10], all[:10])
	slices.Sort(all)
	require.Len(t, slices.Compact(all), 100, "none is lost")
}

func TestAMessageThatIsTooLongIsRefused(t *testing.T) {
	q := open(t, &subscriber{}, queue.Config{})
	require.ErrorIs(t, q.Send("m", []byte(strings.Repeat("x", queue.MaxMessage+1))), queue.ErrTooLong)
	require.NoError(t, q.Send("m", []byte(strings.Repeat("x", queue.MaxMessage))))
}

func TestDecodingGarblesWhatIsNotBase64(t *testing.T) {
	s := &subscriber{}
	q := open(t, s, queue.Config{Count: 2, Window: 20 * time.Millisecond, Decode: true})
	send(t, q, "eyJhIjoxfQ==", `{"a":"bcdefg"}`)
	q.Start()
	settled(t, q, 2)

	got := slices.Concat(s.seen()...)
	require.Contains(t, got, `{"a":1}`)
	require.NotContains(t, got, `{"a":"bcdefg"}`)
	require.Len(t, got, 2)
}
