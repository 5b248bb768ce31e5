package simulation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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
	marketSecret = "the-market-secret"
	buyer        = "3000000000000001"
)

// delivery is an action of the marketplace to be struck: the messages before it, and
// the message itself.
type delivery struct {
	name   string
	before []string
	body   string
	late   bool // the term is over
}

func deliveries() []delivery {
	create := marketMessage("createInstance", "aliUid="+buyer, "orderBizId=biz-1", "orderId=o-1", "skuId=aegis-1", "expiredOn=2027-01-01 00:00:00")
	renew := marketMessage("renewInstance", "instanceId=biz-1", "orderId=o-2", "expiredOn=2028-01-01 00:00:00")
	trial := marketMessage("createInstance", "aliUid="+buyer, "orderBizId=biz-0", "orderId=o-0", "skuId=aegis-1", "trial=true")
	return []delivery{
		{name: "createInstance", body: create},
		{name: "createInstance, after a trial", before: []string{trial}, body: create},
		{name: "renewInstance", before: []string{create}, body: renew},
		{name: "renewInstance, before its creation", body: renew},
		{name: "upgradeInstance", before: []string{create}, body: marketMessage("upgradeInstance", "instanceId=biz-1", "orderId=o-3", "skuId=aegis-2", "vm_number=9")},
		{name: "upgradeInstance, without orderId", before: []string{create}, body: marketMessage("upgradeInstance", "instanceId=biz-1", "skuId=aegis-2", "vm_number=9")},
		{name: "refundRenewInstance", before: []string{create, renew}, body: marketMessage("refundRenewInstance", "instanceId=biz-1", "expiredOn=2027-01-01 00:00:00")},
		{name: "expiredInstance", before: []string{create}, body: marketMessage("expiredInstance", "instanceId=biz-1"), late: true},
		{name: "expiredInstance, while it is paid", before: []string{create}, body: marketMessage("expiredInstance", "instanceId=biz-1")},
		{name: "releaseInstance", before: []string{create}, body: marketMessage("releaseInstance", "instanceId=biz-1", "isRefund=true")},
	}
}

func marketMessage(action string, params ...string) string {
	call := map[string]string{"action": action}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		call[name] = value
	}
	call["token"] = marketplace.Sign(call, marketSecret)
	body, err := json.Marshal(map[string]any{"requestId": "r-" + action, "params": call})
	if err != nil {
		panic(err) // texts
	}
	return string(body)
}

// TestTheMatrixOfTheMarketplace strikes every request that a message leads to with
// every fault, and then delivers the message again, as the queue does. The end must
// be what it is without a fault: the same account, the same orders, the same letters.
func TestTheMatrixOfTheMarketplace(t *testing.T) {
	faults := []string{"crash before", "crash after", "answer lost", "throttled"}
	var table strings.Builder
	table.WriteString("| action | request | " + strings.Join(faults, " | ") + " |\n|" + strings.Repeat("---|", len(faults)+2) + "\n")
	for _, d := range deliveries() {
		calm := newMarketScene(t, d)
		calm.deliver("", 0, d.body)
		want := calm.end()
		for n, request := range calm.requests {
			fmt.Fprintf(&table, "| %s | %s |", d.name, request)
			for _, fault := range faults {
				fmt.Fprintf(&table, " %s |", strikeMessage(t, d, n+1, request, fault, want))
			}
			table.WriteString("\n")
		}
	}
	requireInFile(t, filepath.Join("..", "marketplace", "README.md"), "crash matrix", table.String())
}

// strikeMessage plays one cell.
func strikeMessage(t *testing.T, d delivery, n int, request, fault, want string) string {
	t.Helper()
	reads := strings.HasPrefix(request, "read")
	if reads && fault == "answer lost" {
		return "–"
	}
	s := newMarketScene(t, d)
	first := s.deliver(fault, n, d.body)
	outcome := "done at once"
	if first != nil {
		outcome = "again, then done"
		require.NoError(t, s.deliver("", 0, d.body), "%s, %s, %s", d.name, request, fault)
	}
	require.Equal(t, want, s.end(), "%s, %s, %s", d.name, request, fault)
	return outcome
}

// marketScene is an order processor whose n-th request meets a fault.
type marketScene struct {
	t        *testing.T
	memory   *storetest.Memory
	now      time.Time
	requests []string
	fault    string
	at       int
	dead     bool
}

func newMarketScene(t *testing.T, d delivery) *marketScene {
	s := &marketScene{t: t, memory: storetest.NewMemory(), now: time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC)}
	for _, body := range d.before {
		require.NoError(t, s.deliver("", 0, body))
	}
	if d.late {
		s.now = s.now.AddDate(1, 0, 0)
	}
	return s
}

func (s *marketScene) clock() time.Time { return s.now }

// deliver hands a message to a consumer that has just started.
func (s *marketScene) deliver(fault string, at int, body string) error {
	s.requests, s.fault, s.at, s.dead = nil, fault, at, false
	gate := &storetest.Faulty{Client: s.memory}
	gate.BeforeRead = func(_ int, keys []store.Key) error {
		return s.before("read "+kindOf(keys[0]), store.ErrNotApplied)
	}
	gate.AfterRead = func(int, []store.Row) error { return s.after() }
	gate.BeforeCommit = func(_ int, c []store.Change) error {
		return s.before("write "+kindOf(c[len(c)-1].Key), store.ErrNotApplied)
	}
	gate.AfterCommit = func(int, []store.Change) error { return s.after() }
	books, err := ledger.New(ledger.Config{Store: gate, Clock: s.clock})
	require.NoError(s.t, err)
	p, err := marketplace.New(marketplace.Config{Store: gate, Ledger: books, Secret: marketSecret, Clock: s.clock})
	require.NoError(s.t, err)
	_, err = p.Consume(context.Background(), []byte(body))
	if s.dead {
		return errCrashed
	}
	return err
}

func (s *marketScene) before(request string, throttled error) error {
	if s.dead {
		return errCrashed
	}
	s.requests = append(s.requests, request)
	if len(s.requests) != s.at {
		return nil
	}
	switch s.fault {
	case "crash before":
		s.dead = true
		return errCrashed
	case "throttled":
		return fmt.Errorf("busy: %w", throttled)
	}
	return nil
}

func (s *marketScene) after() error {
	if len(s.requests) != s.at {
		return nil
	}
	switch s.fault {
	case "crash after":
		s.dead = true
		return errCrashed
	case "answer lost":
		return fmt.Errorf("lost: %w", store.ErrUnknown)
	}
	return nil
}

// end is all that a reader of the books sees, without the ids.
func (s *marketScene) end() string {
	books, err := ledger.New(ledger.Config{Store: s.memory})
	require.NoError(s.t, err)
	var end strings.Builder
	account, err := books.Account(context.Background(), buyer)
	if !errors.Is(err, sale.ErrNoAccount) {
		require.NoError(s.t, err)
		fmt.Fprintf(&end, "%d machines, released %v\n", account.Machines, account.Released)
		if i := account.Instance; i != nil {
			fmt.Fprintf(&end, "%s %s %d %d until %s, expired %t, change %d\n", i.ID, i.Channel, i.VersionCode, i.VmNumber, i.Period.End().UTC(), !i.Expired.IsZero(), i.Change)
		}
	}
	var orders []string
	for _, o := range ledgertest.Sales(s.t, books, buyer) {
		orders = append(orders, fmt.Sprintf("%s %s %s until %s\n", o.Operation, o.InstanceID, o.Token, o.Expires.UTC()))
	}
	slices.Sort(orders)
	letters, _, err := marketplace.NewDeadLetterStore(s.memory, marketplace.Queue, nil).List(context.Background(), "", 10)
	require.NoError(s.t, err)
	for _, l := range letters {
		orders = append(orders, fmt.Sprintf("letter %s %s\n", l.State, l.Action))
	}
	return end.String() + strings.Join(orders, "")
}

// kindOf names the row that a request is about.
func kindOf(k store.Key) string {
	if k.Table.Name != tokenrow.Sales().Name {
		return map[string]string{"market_instances": "the instance's owner", "dead_letters": "the letter"}[k.Table.Name]
	}
	item, _, _ := strings.Cut(k.Sort, "/")
	return map[string]string{"account": "the account", "token": "the token", "order": "the order"}[item]
}
