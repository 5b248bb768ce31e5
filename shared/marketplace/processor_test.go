package marketplace_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/marketplace"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

const (
	secret = "the-market-secret"
	uid    = "3000000000000007"
)

// shop is an order processor on a real store.
type shop struct {
	*marketplace.OrderProcessor
	t     *testing.T
	gate  *storetest.Faulty
	books *ledger.Ledger
	now   time.Time
	truth *truth
}

func open(t *testing.T) *shop {
	t.Helper()
	return openWith(t, nil)
}

// openWith opens a shop that can ask the marketplace.
func openWith(t *testing.T, asked *truth) *shop {
	t.Helper()
	s, _ := storetest.Start(t, tokenrow.Sales(), marketplace.Instances(), marketplace.DeadLetters())
	sh := &shop{t: t, gate: &storetest.Faulty{Client: s}, now: time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return sh.now }
	var err error
	sh.books, err = ledger.New(ledger.Config{Store: sh.gate, Clock: clock})
	require.NoError(t, err)
	config := marketplace.Config{Store: sh.gate, Ledger: sh.books, Secret: secret, Clock: clock}
	if sh.truth = asked; asked != nil {
		config.Truth = asked
	}
	sh.OrderProcessor, err = marketplace.New(config)
	require.NoError(t, err)
	return sh
}

// spi is the SPI before the same store.
func (s *shop) spi(queue marketplace.Sender) *marketplace.SPI {
	s.t.Helper()
	spi, err := marketplace.NewSPI(marketplace.SPIConfig{
		Store: s.gate, Ledger: s.books, Queue: queue, Secret: secret, Clock: func() time.Time { return s.now },
	})
	require.NoError(s.t, err)
	return spi
}

// message is a signed call, made of an action and name=value.
func message(action string, params ...string) string {
	call := map[string]string{"action": action}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		call[name] = value
	}
	call["token"] = marketplace.Sign(call, secret)
	body, err := json.Marshal(map[string]any{"version": "1", "params": call})
	if err != nil {
		panic(err) // strings
	}
	return string(body)
}

func create(biz, owner string) string {
	return message("createInstance", "aliUid="+owner, "orderBizId="+biz, "orderId=o-"+biz, "productCode=p", "skuId=aegis-4",
		"trial=false", "expiredOn=2027-01-01 00:00:00")
}

// batch is what EventBridge would deliver.
func batch(bodies ...string) []byte {
	events := make([]string, len(bodies))
	for i, body := range bodies {
		id := sha256.Sum256([]byte(body))
		events[i] = cloudEvent(fmt.Sprint("e-", i), fmt.Sprintf(`{"messageId":"m-%x","messageBody":%s}`, id[:8], text(body)))
	}
	return []byte("[" + strings.Join(events, ",") + "]")
}

func (s *shop) consume(bodies ...string) marketplace.Report {
	s.t.Helper()
	r, err := s.Consume(context.Background(), batch(bodies...))
	require.NoError(s.t, err)
	require.Equal(s.t, len(bodies), r.Messages)
	require.Equal(s.t, len(bodies), r.Done+r.Held+r.Dead, "each message has an end")
	return r
}

func (s *shop) orders(owner string) []ledger.Order {
	s.t.Helper()
	return ledgertest.Sales(s.t, s.books, owner)
}

func (s *shop) account(owner string) sale.Account {
	s.t.Helper()
	a, err := s.books.Account(context.Background(), owner)
	require.NoError(s.t, err)
	return a
}

func (s *shop) letters() (reasons []string) {
	s.t.Helper()
	letters, _, err := s.Letters().List(context.Background(), "", 5000)
	require.NoError(s.t, err)
	for _, l := range letters {
		reasons = append(reasons, l.Reason)
	}
	return reasons
}

func TestALifeInMessages(t *testing.T) {
	s := open(t)
	require.Equal(t, marketplace.Report{Messages: 2, Done: 2}, s.consume(
		message("upgradeInstance", "instanceId=biz-1", "skuId=aegis-4", "vm_number=9", "orderId=o-2"), // it came first
		create("biz-1", uid)))
	a := s.account(uid)
	require.Equal(t, "biz-1", a.Instance.ID)
	require.Equal(t, 9, a.Instance.VmNumber)
	require.True(t, a.Verified)
	require.WithinDuration(t, time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), a.Instance.Period.End(), 0, "midnight in UTC+8")

	s.consume(message("renewInstance", "instanceId=biz-1", "orderId=o-3", "expiredOn=2028-01-01 00:00:00"))
	require.Equal(t, 2027, s.account(uid).Instance.Period.End().UTC().Year())
	s.consume(message("refundRenewInstance", "instanceId=biz-1", "expiredOn=2027-01-01 00:00:00"))
	require.Equal(t, 2026, s.account(uid).Instance.Period.End().UTC().Year())
	s.now = time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)
	s.consume(message("expiredInstance", "instanceId=biz-1"))
	require.False(t, s.account(uid).Instance.Expired.IsZero())
	s.consume(message("releaseInstance", "instanceId=biz-1", "isRefund=false"))
	require.Nil(t, s.account(uid).Instance)
	require.Empty(t, s.letters())
	for _, o := range s.orders(uid) {
		require.Equal(t, sale.Market, o.Channel)
		require.Zero(t, o.Amount)
	}
}

func TestAMessageIsOneOrderHoweverOftenItComes(t *testing.T) {
	s := open(t)
	bodies := []string{
		create("biz-1", uid), create("biz-1", uid),
		message("renewInstance", "instanceId=biz-1", "orderId=o-3", "expiredOn=2028-01-01 00:00:00"),
		message("upgradeInstance", "instanceId=biz-1", "skuId=aegis-4", "vm_number=9", "orderId=o-2"),
		message("refundRenewInstance", "instanceId=biz-1", "expiredOn=2027-01-01 00:00:00"),
	}
	first := s.consume(bodies...)
	require.Equal(t, 1, first.Replayed, "the second creation")
	var all sync.WaitGroup
	for range 4 { // the same batch, by instances of the function that do not know each other
		all.Go(func() {
			r, err := s.Consume(context.Background(), batch(bodies...))
			if err == nil {
				require.Equal(t, len(bodies), r.Done)
			}
		})
	}
	all.Wait()
	require.Equal(t, 1, s.consume(strings.Replace(create("biz-1", uid), "{", `{"receivedAt":"2026-06-02T00:00:00Z",`, 1)).Replayed, "the call repeated")
	require.Len(t, s.orders(uid), 4)
	require.Empty(t, s.letters())
}

func TestAPassingFailureBringsTheBatchBack(t *testing.T) {
	s := open(t)
	down := true
	s.gate.BeforeCommit = func(_ int, changes []store.Change) error {
		if down && strings.Contains(changes[0].Key.Partition, "3000000000000002") {
			return fmt.Errorf("the store is busy: %w", store.ErrNotApplied)
		}
		return nil
	}
	bodies := []string{create("biz-1", "3000000000000001"), create("biz-2", "3000000000000002"), "poison", create("biz-3", "3000000000000003")}
	r, err := s.Consume(context.Background(), batch(bodies...))
	require.ErrorContains(t, err, "1 of 4 messages have to be delivered again")
	require.Equal(t, marketplace.Report{Messages: 4, Done: 2, Dead: 1}, r)
	down = false
	require.Equal(t, marketplace.Report{Messages: 4, Done: 3, Replayed: 2, Dead: 1}, s.consume(bodies...))
	require.Len(t, s.letters(), 1, "the poison is one letter")
	letters, _, err := s.Letters().List(context.Background(), "", 10)
	require.NoError(t, err)
	require.Equal(t, 2, letters[0].Attempts)
	require.Equal(t, "poison", string(letters[0].Body))
}

func TestALostAnswerIsNoSecondOrder(t *testing.T) {
	s := open(t)
	lost := 0
	s.gate.AfterCommit = func(int, []store.Change) error {
		if lost++; lost%2 == 0 {
			return fmt.Errorf("the answer is lost: %w", store.ErrUnknown)
		}
		return nil
	}
	for range 6 {
		_, err := s.Consume(context.Background(), batch(create("biz-1", uid),
			message("renewInstance", "instanceId=biz-1", "orderId=o-3", "expiredOn=2028-01-01 00:00:00")))
		if err == nil {
			break
		}
	}
	require.Len(t, s.orders(uid), 2)
}

// The instance expires while the outcome of its upgrade is unknown. The write may
// still land, and what would keep it from that does not get through either: the
// refusal which follows is no reason to give the message up.
func TestAnUnknownOutcomeIsNoDeadLetter(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	s.gate.BeforeCommit = func(int, []store.Change) error {
		s.now = s.now.AddDate(1, 0, 0)
		return fmt.Errorf("nobody knows: %w", store.ErrUnknown)
	}
	_, err := s.Consume(context.Background(), batch(message("upgradeInstance", "instanceId=biz-1", "skuId=aegis-4", "vm_number=9", "orderId=o-2")))
	require.ErrorIs(t, err, sale.ErrUnavailable)
	require.Empty(t, s.letters())
}

func TestADeadlineFailsTheBatchInsteadOfBeginningWhatIsLate(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Consume(ctx, batch(create("biz-1", uid)))
	require.True(t, errors.Is(err, context.Canceled), err)
}
