package policies_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/policies"
	"aegis/scripts/internal/events"
	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local"
	"aegis/shared/marketplace"
	"aegis/shared/renewals"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

// recorder is a store that records which requests it gets for which table.
type recorder struct {
	*store.Store
	mu   sync.Mutex
	seen map[string]bool // such as "ots:BatchGetRow sales"
}

func (r *recorder) saw(request, table string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen["ots:"+request+" "+table] = true
}

// take returns what was recorded since the last take.
func (r *recorder) take() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = map[string]bool{}
	return seen
}

func (r *recorder) Read(ctx context.Context, keys ...store.Key) ([]store.Row, error) {
	for _, k := range keys {
		r.saw("BatchGetRow", k.Table.Name)
	}
	return r.Store.Read(ctx, keys...)
}

func (r *recorder) Commit(ctx context.Context, changes ...store.Change) error {
	for _, c := range changes {
		r.saw("BatchWriteRow", c.Key.Table.Name)
	}
	return r.Store.Commit(ctx, changes...)
}

func (r *recorder) Range(ctx context.Context, q store.Range) ([]store.Row, string, error) {
	r.saw("GetRange", q.Table.Name)
	return r.Store.Range(ctx, q)
}

func (r *recorder) Find(ctx context.Context, q store.IndexRange) ([]store.Row, store.Cursor, error) {
	r.saw("GetRange", q.Index.Name)
	return r.Store.Find(ctx, q)
}

func (r *recorder) Scan(ctx context.Context, t store.Table, start store.Key, limit int) ([]store.Row, store.Key, error) {
	r.saw("GetRange", t.Name)
	return r.Store.Scan(ctx, t, start, limit)
}

// system is all functions on one recorded store.
type system struct {
	t     *testing.T
	store *recorder
	books *ledger.Ledger
	api   *api.Service
	maker events.Maker
	used  map[string]map[string]bool // by group
}

func startSystem(t *testing.T) *system {
	t.Helper()
	real, _ := storetest.Start(t, app.Tables()...)
	require.NoError(t, real.EnsureIndexes(t.Context(), app.Indexes()...))
	s := &system{t: t, store: &recorder{Store: real, seen: map[string]bool{}}, used: map[string]map[string]bool{}}
	var err error
	s.books, err = ledger.New(ledger.Config{Store: s.store})
	require.NoError(t, err)
	ledgertest.SetBalance(t, s.books, local.Owner, 10_000_000)
	s.openAPI()
	root, err := local.ModuleRoot()
	require.NoError(t, err)
	s.maker = events.Maker{Root: root, Secret: local.MarketSecret, Now: time.Now()}
	s.store.take() // what made accounts and keys
	return s
}

func (s *system) openAPI() {
	s.t.Helper()
	master, err := access.ParseMasterKey(local.MasterKey)
	require.NoError(s.t, err)
	keys, err := access.New(access.Config{Store: s.store, Master: master})
	require.NoError(s.t, err)
	ctx := s.t.Context()
	require.NoError(s.t, keys.EnsureCanary(ctx))
	require.NoError(s.t, keys.Create(ctx, access.Key{ID: local.OwnerKey, Secret: local.OwnerSecret, Owner: local.Owner}, nil))
	require.NoError(s.t, keys.Create(ctx, access.Key{
		ID: local.FinanceKey, Secret: local.FinanceSecret, Reseller: true,
		Operations: []string{"SetMachineNumber", "DepositBalance", "AdjustBalance"},
	}, []string{local.Owner}))
	require.NoError(s.t, keys.Create(ctx, access.Key{ID: local.ResellerKey, Secret: local.ResellerSecret, Reseller: true}, []string{local.Owner}))
	require.NoError(s.t, keys.EditLimits(ctx, local.ResellerKey, func(l *access.Limits) { l.DailyFen = 1_000_000 }))
	s.api, err = api.New(api.Config{Operations: api.All(), Access: keys, Backend: s.books})
	require.NoError(s.t, err)
}

// call makes a call of an operation and books what it used under its function's group.
// The call must succeed, or be refused as the sale refuses.
func (s *system) call(name string, changes ...string) map[string]any {
	s.t.Helper()
	event, err := s.maker.Make(name, changes)
	require.NoError(s.t, err)
	envelope := s.api.Handle(s.t.Context(), event.Text)
	require.Contains(s.t, []int{200, 400, 403}, envelope.StatusCode, "%s: %s", name, envelope.Body)
	var fields map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(envelope.Body), &fields))
	s.book(event.Function)
	return fields
}

func (s *system) book(function string) {
	s.t.Helper()
	group, ok := policies.Of(function)
	require.True(s.t, ok)
	if s.used[group.Name] == nil {
		s.used[group.Name] = map[string]bool{}
	}
	for request := range s.store.take() {
		require.Contains(s.t, granted(group), request, "%s needs it", function)
		s.used[group.Name][request] = true
	}
}

// granted lists what a group may do with the store.
func granted(g policies.Group) []string {
	var all []string
	for _, statement := range g.Document(place()).Statement {
		_, table, ok := strings.Cut(statement.Resource[0], "/table/")
		for _, action := range statement.Action {
			if ok {
				all = append(all, action+" "+table)
			}
		}
	}
	return all
}

// The functions run on a store that records their requests: each is granted to the role
// of its function, and no role is granted what its functions never use.
func TestARoleMayDoWhatItsFunctionsUseAndNoMore(t *testing.T) {
	s := startSystem(t)
	s.operate()
	s.sellInTheMarketplace()
	s.fireTheTimer()

	// A nonce and a letter are read again after a lost answer. The timer handles held letters
	// as marketorders handles messages; there are none here.
	rare := map[string][]string{
		"sales":   {"ots:BatchGetRow nonces"},
		"summary": {"ots:BatchGetRow nonces"},
		"orders":  {"ots:BatchGetRow dead_letters"},
		"timer": {
			"ots:BatchGetRow market_instances", "ots:BatchWriteRow market_instances",
			"ots:BatchGetRow dead_letters", "ots:BatchWriteRow dead_letters",
		},
	}
	for _, g := range policies.Groups() {
		for _, permission := range granted(g) {
			if !slices.Contains(rare[g.Name], permission) {
				require.True(t, s.used[g.Name][permission], "%s never uses %s", g.Name, permission)
			}
		}
	}
}

// operate makes a call of every operation.
func (s *system) operate() {
	s.t.Helper()
	made := s.call("createinstance")
	require.NotEmpty(s.t, made["InstanceId"], made)
	instance := "InstanceId=" + made["InstanceId"].(string)
	order := "OrderId=" + made["OrderId"].(string)
	s.call("upgradeinstance", instance)
	s.call("renewinstance", instance)
	renewed := s.call("pop", "OwnerId="+local.Owner, "Action=RenewInstance", instance, "VmNumber=5", "ClientToken=by-the-reseller")
	require.NotEmpty(s.t, renewed["OrderId"], renewed)
	s.call("releaseinstance", instance)
	s.call("setrenewal", instance)
	s.call("getsummary")
	s.call("queryprice")
	s.call("queryorders")
	s.call("queryorders", "ClientToken=another")
	s.call("getorderdetail", order)
	s.call("setmachinenumber")
	s.call("depositbalance")
	s.call("adjustbalance")
	event, err := s.maker.Make("queryorders", nil)
	require.NoError(s.t, err)
	s.api.Handle(s.t.Context(), event.Text)
	s.book("pop")
}

// sellInTheMarketplace has the marketplace order, and deliver what is no order.
func (s *system) sellInTheMarketplace() {
	s.t.Helper()
	orders := s.processor()
	for _, changes := range [][]string{{"action=createInstance"}, {"action=createInstance", "skuId=none"}} {
		event, err := s.maker.Make("marketorders", changes)
		require.NoError(s.t, err)
		_, err = orders.Consume(s.t.Context(), event.Text)
		require.NoError(s.t, err)
		s.book("marketorders")
	}

	spi, err := marketplace.NewSPI(marketplace.SPIConfig{Store: s.store, Ledger: s.books, Queue: nowhere{}, Secret: local.MarketSecret})
	require.NoError(s.t, err)
	for range 2 {
		event, err := s.maker.Make("marketspi", []string{"action=createInstance"})
		require.NoError(s.t, err)
		require.Equal(s.t, 200, api.AnswerSPI(s.t.Context(), spi, event.Text).StatusCode)
		s.book("marketspi")
	}
}

func (s *system) processor() *marketplace.OrderProcessor {
	s.t.Helper()
	orders, err := marketplace.New(marketplace.Config{Store: s.store, Ledger: s.books, Secret: local.MarketSecret, Truth: unknown{}})
	require.NoError(s.t, err)
	return orders
}

// fireTheTimer runs the timer when instances are due, and compares the books.
func (s *system) fireTheTimer() {
	s.t.Helper()
	later := func() time.Time { return time.Now().AddDate(3, 0, 0) }
	books, err := ledger.New(ledger.Config{Store: s.store, Clock: later})
	require.NoError(s.t, err)
	runner, err := renewals.New(renewals.Config{Ledger: books, Orders: s.processor(), Clock: later})
	require.NoError(s.t, err)
	for _, job := range []renewals.Job{"anytime", "check"} {
		_, err = runner.Run(s.t.Context(), job)
		require.NoError(s.t, err)
	}
	s.book("renewals")
}

// nowhere is a queue that takes everything.
type nowhere struct{}

func (nowhere) Send(context.Context, []byte) (string, error) { return "message-1", nil }

// unknown is a marketplace that has no record of any instance.
type unknown struct{}

func (unknown) Instance(context.Context, string) (marketplace.Entitlement, error) {
	return marketplace.Entitlement{}, nil
}

func (unknown) Paid(context.Context, string) (bool, error) { return true, nil }
