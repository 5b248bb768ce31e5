package market_test

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
	"aegis/shared/market"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

const (
	secret = "the-market-secret"
	uid    = "3000000000000007"
)

// shop is a desk on a real store.
type shop struct {
	*market.Desk
	t     *testing.T
	gate  *storetest.Gate
	books *ledger.Ledger
	now   time.Time
}

func open(t *testing.T) *shop {
	t.Helper()
	s, _ := storetest.Start(t, ledger.Sales(), market.Instances(), market.DeadLetters())
	sh := &shop{t: t, gate: &storetest.Gate{Gate: s}, now: time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return sh.now }
	var err error
	sh.books, err = ledger.New(ledger.Config{Gate: sh.gate, Clock: clock})
	require.NoError(t, err)
	sh.Desk, err = market.New(market.Config{Gate: sh.gate, Ledger: sh.books, Secret: secret, Clock: clock})
	require.NoError(t, err)
	return sh
}

// message is a signed call, made of an action and name=value.
func message(action string, params ...string) string {
	call := map[string]string{"action": action}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		call[name] = value
	}
	call["token"] = market.Sign(call, secret)
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

func (s *shop) consume(bodies ...string) market.Report {
	s.t.Helper()
	r, err := s.Consume(context.Background(), batch(bodies...))
	require.NoError(s.t, err)
	require.Equal(s.t, len(bodies), r.Messages)
	require.Equal(s.t, len(bodies), r.Done+r.Dead, "each message has an end")
	return r
}

func (s *shop) orders(owner string) []ledger.Order {
	s.t.Helper()
	orders, _, err := s.books.Orders(context.Background(), owner, "", 1000)
	require.NoError(s.t, err)
	return orders
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
	require.Equal(t, market.Report{Messages: 2, Done: 2}, s.consume(
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
		message("refundRenewInstance", "instanceId=biz-1", "expiredOn=2027-06-01 00:00:00"),
		message("expiredInstance", "instanceId=biz-1"),
		message("expiredInstance", "instanceId=biz-1"),
	}
	first := s.consume(bodies...)
	require.Equal(t, 2, first.Replayed, "the second creation and the second expiry")
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
	require.Len(t, s.orders(uid), 5)
	require.Empty(t, s.letters())
}

func TestWhatCanNeverSucceedIsADeadLetterAndTheRestIsDone(t *testing.T) {
	s := open(t)
	s.consume(create("biz-0", uid))
	wrong := strings.Replace(create("biz-9", uid), `"token":"`, `"token":"0`, 1)
	bad := map[string]string{
		"not JSON at all": "neither JSON nor base64",
		"":                "empty",
		message("danceInstance", "instanceId=biz-0"):                                                                  "No action is known",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o", "skuId=aegis-77"):                   "No sku is known",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o1", "skuId=aegis-4", "vm_number=900"):  "vm_number must be",
		message("createInstance", "aliUid=me", "orderBizId=biz-2", "orderId=o2", "skuId=aegis-4"):                     "aliUid must be",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-2", "orderId=o3", "skuId=aegis-4", "expiredOn=soon"): "expiredOn must be a time",
		message("createInstance", "aliUid="+uid, "orderBizId=biz/2", "orderId=o4", "skuId=aegis-4"):                   "orderBizId must be",
		message("createInstance", "aliUid="+uid, "orderBizId=aegis-2", "orderId=o5", "skuId=aegis-4"):                 "would pass for",
		create("biz-3", uid): "InstanceAlreadyExists",
		message("createInstance", "aliUid=3000000000000008", "orderBizId=biz-0", "orderId=o6", "skuId=aegis-4"): "belongs to another account",
		message("createInstance", "aliUid="+uid, "orderBizId=biz-0", "orderId=o-biz-0", "skuId=aegis-1"):        "done before",
		message("renewInstance", "instanceId=nobodys", "orderId=o7", "expiredOn=2028-01-01 00:00:00"):           "was not sold by the marketplace",
		message("upgradeInstance", "instanceId=biz-0", "skuId=aegis-1", "orderId=o8"):                           "InvalidUpgrade.NotHigher",
		message("releaseInstance", "instanceId=biz-0", "isRefund=false"):                                        "InvalidInstanceStatus.NotExpired",
		message("releaseInstance", "instanceId=biz-0", "isRefund=perhaps"):                                      "isRefund must be",
		message("renewInstance", "instanceId=biz-0", "expiredOn=2028-01-01 00:00:00"):                           "orderId is missing",
		wrong: "The token is wrong",
	}
	var bodies []string
	for body := range bad {
		bodies = append(bodies, body)
	}
	bodies = append(bodies, create("biz-5", "3000000000000009"))
	r := s.consume(bodies...)
	require.Equal(t, market.Report{Messages: len(bad) + 1, Done: 1, Dead: len(bad)}, r)
	reasons := s.letters()
	require.Len(t, reasons, len(bad))
	for body, why := range bad {
		require.Contains(t, strings.Join(reasons, "\n"), why, body)
	}
	require.Equal(t, "biz-5", s.account("3000000000000009").Instance.ID)
	require.Len(t, s.orders(uid), 1)
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
	require.Equal(t, market.Report{Messages: 4, Done: 2, Dead: 1}, r)
	down = false
	require.Equal(t, market.Report{Messages: 4, Done: 3, Replayed: 2, Dead: 1}, s.consume(bodies...))
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

// The instance expires while the outcome of its upgrade is unknown: the write may
// still land, so that the refusal which follows is no reason to give the message up.
func TestAnUnknownOutcomeIsNoDeadLetter(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	s.gate.BeforeCommit = func(int, []store.Change) error {
		s.now = s.now.AddDate(1, 0, 0)
		return fmt.Errorf("nobody knows: %w", store.ErrUnknown)
	}
	_, err := s.Consume(context.Background(), batch(message("upgradeInstance", "instanceId=biz-1", "skuId=aegis-4", "vm_number=9", "orderId=o-2")))
	require.ErrorIs(t, err, ledger.ErrUnavailable)
	require.Empty(t, s.letters())
}

func TestALetterThatCannotBeParkedIsNotLost(t *testing.T) {
	s := open(t)
	s.gate.BeforeCommit = func(int, []store.Change) error { return store.ErrNotApplied }
	_, err := s.Consume(context.Background(), batch("poison"))
	require.ErrorIs(t, err, store.ErrNotApplied)
	require.Empty(t, s.letters())
}

func TestADeadLetterIsRetried(t *testing.T) {
	ctx := context.Background()
	s := open(t)
	late := message("renewInstance", "instanceId=biz-1", "orderId=o-3", "expiredOn=2028-01-01 00:00:00")
	s.consume(late)
	letters, _, err := s.Letters().List(ctx, "", 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	id := letters[0].ID
	_, err = s.Retry(ctx, id)
	require.ErrorContains(t, err, "was not sold by the marketplace")
	letter, err := s.Letters().Find(ctx, id)
	require.NoError(t, err)
	require.Equal(t, 2, letter.Attempts)

	s.consume(create("biz-1", uid))
	receipt, err := s.Retry(ctx, id)
	require.NoError(t, err)
	require.NotEmpty(t, receipt.OrderID)
	require.Equal(t, 2027, s.account(uid).Instance.Period.End().UTC().Year())
	_, err = s.Retry(ctx, id)
	require.ErrorIs(t, err, market.ErrNoLetter)
	require.ErrorIs(t, s.Letters().Discard(ctx, id), market.ErrNoLetter)
}

func TestRepetitionsOfOneCallAreOneLetter(t *testing.T) {
	s := open(t)
	s.consume(create("biz-1", uid))
	other := create("biz-2", uid)
	s.consume(other, " "+other, other, "x"+other)
	require.Len(t, s.letters(), 2)
}

func TestAHugeBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute on a busy machine")
	}
	s := open(t)
	bodies := make([]string, 10_000)
	for i := range bodies {
		bodies[i] = "poison " + strings.Repeat("x", 1+i)
	}
	for i := range 100 {
		bodies[i*100] = create(fmt.Sprint("biz-", i), fmt.Sprint(3000000000000000+i))
	}
	r := s.consume(bodies...)
	require.Equal(t, market.Report{Messages: 10_000, Done: 100, Dead: 9_900}, r)
}

func TestAMessageOf32MBIsCutAndSaidToBe(t *testing.T) {
	s := open(t)
	s.consume(strings.Repeat("x", 32<<20))
	letters, _, err := s.Letters().List(context.Background(), "", 10)
	require.NoError(t, err)
	require.Equal(t, 32<<20, letters[0].Cut)
	require.Len(t, letters[0].Body, market.MaxKept)
	_, err = s.Retry(context.Background(), letters[0].ID)
	require.ErrorContains(t, err, "Only the beginning")
}

func TestADeadlineFailsTheBatchInsteadOfBeginningWhatIsLate(t *testing.T) {
	s := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Consume(ctx, batch(create("biz-1", uid)))
	require.True(t, errors.Is(err, context.Canceled), err)
}
