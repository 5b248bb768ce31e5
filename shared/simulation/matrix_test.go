package simulation_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local/gateway"
	"aegis/shared/pop"
	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
	"aegis/shared/upstream"
)

var update = flag.Bool("update", false, "write the generated tables into the READMEs")

// The faults that strike at an effect, in the order of the table's columns.
var columns = []string{"crash before", "crash after", "answer lost", "throttled", "conflict", "timeout"}

// The effects of a call, in the order of the table's rows.
const (
	readKey   = "read the key"
	readRows  = "read token and account"
	useNonce  = "record the nonce"
	commit    = "commit"
	fence     = "fence the account"
	readAgain = "look the token up again"

	readOrder = "read the order"
	readToken = "read the token"
	reserve   = "reserve the token"
	forward   = "forward"
	record    = "record the end"
)

// TestTheCrashMatrix strikes every effect of every operation with every fault,
// and then calls once more. A cell says what the first caller was answered, and what
// the second: anything but the same order, or a clear error and then the order,
// fails. The table of this folder's README is what this test makes.
func TestTheCrashMatrix(t *testing.T) {
	var table strings.Builder
	table.WriteString("| operation | effect | " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat("---|", len(columns)+2) + "\n")
	for _, o := range operations() {
		for _, effect := range o.effects {
			fmt.Fprintf(&table, "| %s | %s |", o.name, effect)
			for _, fault := range columns {
				fmt.Fprintf(&table, " %s |", strike(t, o, effect, fault))
			}
			table.WriteString("\n")
		}
	}
	requireInREADME(t, "crash matrix", table.String())
}

// operation is one to be struck.
type operation struct {
	name    string
	balance sale.Fen
	params  func(instance string) pop.Params
	effects []string
	answer  string // the field that names the result
	forward bool   // by a reseller, to the seller
	late    bool   // the instance has expired
	query   bool   // of rows other than the account
	silent  bool   // its success is an answer without a Code, and it makes an order
}

func operations() []operation {
	write := []string{readKey, readRows, useNonce, commit}
	call := func(action string, more ...pop.Param) func(string) pop.Params {
		return func(instance string) pop.Params {
			p := pop.Params{{Name: "Action", Value: action}, {Name: "Version", Value: api.Version}, {Name: "Format", Value: "JSON"}, {Name: "ClientToken", Value: "token"}}
			if instance != "" {
				p = append(p, pop.Param{Name: "InstanceId", Value: instance})
			}
			return append(p, more...)
		}
	}
	month := []pop.Param{{Name: "Duration", Value: "1"}, {Name: "PricingCycle", Value: "Month"}, {Name: "VmNumber", Value: "5"}}
	edition := func(code string) pop.Param { return pop.Param{Name: "VersionCode", Value: code} }
	create := call("CreateInstance", append(month, edition("1"))...)
	upgrade := call("UpgradeInstance", edition("2"), pop.Param{Name: "VmNumber", Value: "5"})
	return []operation{
		{name: "CreateInstance", balance: 1_000_000, params: create, effects: write, answer: "OrderId"},
		{name: "CreateInstance, refused", balance: 10, params: create, effects: []string{readKey, readRows, useNonce, fence}, answer: "Code"},
		{name: "UpgradeInstance", balance: 1_000_000, params: upgrade, effects: write, answer: "OrderId"},
		{name: "UpgradeInstance, too late", balance: 1_000_000, params: upgrade, effects: []string{readKey, readRows, useNonce, fence}, answer: "Code", late: true},
		{name: "RenewInstance", balance: 1_000_000, params: call("RenewInstance", month...), effects: write, answer: "OrderId"},
		{name: "GetSummary", balance: 1_000_000, params: call("GetSummary"), effects: []string{readKey, readRows, useNonce}, answer: "TotalMachineNum"},
		{name: "QueryPrice", balance: 1_000_000, params: call("QueryPrice", append(month, edition("1"), pop.Param{Name: "OrderType", Value: "NewOrder"})...), effects: []string{readKey, readRows, useNonce}, answer: "TradePrice"},
		{name: "QueryOrders", balance: 1_000_000, params: call("QueryOrders"), effects: []string{readKey, readToken, useNonce}, answer: "TokenStatus", query: true},
		{name: "GetOrderDetail", balance: 1_000_000, params: call("GetOrderDetail", pop.Param{Name: "OrderId", Value: "0"}), effects: []string{readKey, readOrder, useNonce}, answer: "Code", query: true},
		{name: "ReleaseInstance", balance: 1_000_000, params: call("ReleaseInstance"), effects: write, answer: "Code", late: true, silent: true},
		{name: "SetRenewal", balance: 1_000_000, params: call("SetRenewal", pop.Param{Name: "RenewalStatus", Value: "AutoRenewal"}, pop.Param{Name: "RenewalPeriod", Value: "1"}), effects: write, answer: "OrderId"},
		{name: "SetMachineNumber", balance: 1_000_000, params: call("SetMachineNumber", pop.Param{Name: "MachineNumber", Value: "9"}), effects: write, answer: "OrderId"},
		{name: "DepositBalance", balance: 1_000_000, params: call("DepositBalance", pop.Param{Name: "Amount", Value: "1.00"}, pop.Param{Name: "Reference", Value: "bank-1"}), effects: write, answer: "OrderId"},
		{name: "AdjustBalance", balance: 1_000_000, params: call("AdjustBalance", pop.Param{Name: "Amount", Value: "-1.00"}, pop.Param{Name: "Reason", Value: "test"}), effects: write, answer: "OrderId"},
		{name: "CreateInstance, above MaxAmount", balance: 1_000_000, params: call("CreateInstance", append(month, edition("1"), pop.Param{Name: "MaxAmount", Value: "1"})...), effects: []string{readKey, readRows, useNonce, fence}, answer: "Code"},
		{name: "CreateInstance, DryRun", balance: 1_000_000, params: call("CreateInstance", append(month, edition("1"), pop.Param{Name: "DryRun", Value: "true"})...), effects: []string{readKey, readRows, useNonce}, answer: "Code"},
		{name: "CreateInstance, by a reseller", balance: 1_000_000, params: create, effects: []string{readKey, readToken, useNonce, reserve, forward, record}, answer: "OrderId", forward: true},
		{name: "CreateInstance, by a reseller, refused", balance: 10, params: create, effects: []string{reserve, forward, record}, answer: "Code", forward: true},
	}
}

// scene is a service on a store, with a fault waiting at one effect.
type scene struct {
	t      *testing.T
	memory *storetest.Memory // the seller's
	front  *storetest.Memory // of the one that is called: the seller, or a reseller
	effect string
	fault  string
	now    time.Time

	balance  sale.Fen
	forwards bool
	query    bool

	mu     sync.Mutex // the nonce is recorded in parallel with the read
	struck bool
	dead   bool
}

var errCrashed = errors.New("crashed")

// strike plays one cell.
func strike(t *testing.T, o operation, effect, fault string) string {
	t.Helper()
	if !possible(effect, fault) {
		return "–"
	}
	s := &scene{t: t, memory: storetest.NewMemory(), forwards: o.forward, query: o.query, balance: o.balance, now: time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC)}
	if s.front = s.memory; o.forward {
		s.front = storetest.NewMemory()
	}
	instance := s.prepare(o)
	if o.late {
		s.now = s.now.AddDate(0, 2, 0)
	}
	s.effect, s.fault = effect, fault
	before := s.orders()
	first := s.call(o, instance, &storetest.Faulty{Client: s.front, BeforeRead: s.beforeRead, AfterRead: s.afterRead, BeforeCommit: s.beforeCommit, AfterCommit: s.afterCommit})
	require.True(t, s.struck, "%s has no effect %q", o.name, effect)
	made, crashed := s.orders()-before, s.dead
	s.dead, s.effect = false, "" // the next caller lives, undisturbed

	name := fmt.Sprintf("%s, %s, %s", o.name, effect, fault)
	second, waited := s.retry(name, o, instance)
	if o.answer == "OrderId" || o.silent {
		require.Equal(t, 1, s.orders()-before, "%s: one order", name)
	} else {
		require.Zero(t, s.orders()-before, "%s: no order", name)
	}
	return s.cell(name, o, crashed, first, second[o.answer], made) + waited
}

// retry calls again until there is an answer. The seller owes it at once; a
// reseller, at the latest when no earlier forward can arrive any more.
func (s *scene) retry(name string, o operation, instance string) (answer map[string]any, waited string) {
	for _, wait := range []struct {
		long time.Duration
		note string
	}{{0, ""}, {15 * time.Second, ", after the lease"}, {17 * time.Minute, ", after 17 minutes"}} {
		s.now = s.now.Add(wait.long)
		answer = s.call(o, instance, &storetest.Faulty{Client: s.front})
		if result, ok := answer[o.answer]; (ok || o.silent) && result != "ServiceUnavailable" && result != "IdempotentProcessing" {
			return answer, wait.note
		}
		require.True(s.t, o.forward, "%s: the retry ends with the answer, not %v", name, answer)
	}
	require.Fail(s.t, "the retry ends with the answer", "%s: not %v", name, answer)
	return nil, ""
}

// cell says how it went, and fails if a caller was answered something untrue.
func (s *scene) cell(name string, o operation, crashed bool, first map[string]any, result any, made int) string {
	s.t.Helper()
	then := " then the answer"
	if made == 1 {
		then = " then the same order"
	}
	switch code := first["Code"]; {
	case crashed:
		return "†" + then
	case first[o.answer] == result:
		return "answered at once"
	case code == "Throttling" && made == 0:
		return "Throttling" + then
	default:
		require.Equal(s.t, "ServiceUnavailable", code, "%s: the first caller was told %v", name, first)
		return "503" + then
	}
}

// possible leaves out what cannot happen: reads apply nothing and conflict with
// nothing, and a nonce is nobody else's.
func possible(effect, fault string) bool {
	switch fault {
	case "answer lost":
		return slices.Contains([]string{commit, fence, useNonce, reserve, forward, record}, effect)
	case "conflict":
		return effect == commit || effect == fence
	}
	return true
}

func (s *scene) prepare(o operation) (instance string) {
	books, err := ledger.New(ledger.Config{Store: s.memory, Clock: s.clock})
	require.NoError(s.t, err)
	s.pay(books, o.balance)
	require.NoError(s.t, s.registry(s.front).Put(context.Background(), access.Key{ID: "key", Secret: "secret", Owner: "1", Operations: []string{"DepositBalance", "AdjustBalance", "SetMachineNumber"}}, nil))
	if o.forward || strings.HasPrefix(o.name, "Create") || strings.Contains(o.name, "Balance") || strings.Contains(o.name, "Machine") {
		return ""
	}
	r, err := books.Sell(context.Background(), sale.Purchase{Owner: "1", Token: "first", Command: sale.Create{
		Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}}, nil)
	require.NoError(s.t, err)
	return r.InstanceID
}

func (s *scene) pay(books *ledger.Ledger, balance sale.Fen) {
	ledgertest.SetBalance(s.t, books, "1", balance)
}

func (s *scene) clock() time.Time { return s.now }

func (s *scene) registry(gate store.Client) *access.Registry {
	master, err := access.ParseMasterKey("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	require.NoError(s.t, err)
	r, err := access.New(access.Config{Store: gate, Master: master, Clock: s.clock})
	require.NoError(s.t, err)
	return r
}

func (s *scene) orders() int {
	books, err := ledger.New(ledger.Config{Store: s.memory})
	require.NoError(s.t, err)
	all, _, err := books.Orders(context.Background(), "1", "", 100)
	require.NoError(s.t, err)
	return len(slices.DeleteFunc(all, func(o ledger.Order) bool { return o.Credit != 0 && o.Caller != "key" }))
}

// call makes a signed call to a service of its own, as a function instance that
// has just started.
func (s *scene) call(o operation, instance string, gate store.Client) map[string]any {
	service, err := api.New(api.Config{Operations: api.All(), Access: s.registry(gate), Backend: s.backend(gate), Clock: s.clock})
	require.NoError(s.t, err)
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: "key", AccessKeySecret: "secret"}, Clock: s.clock}
	r, err := http.NewRequest(http.MethodPost, "http://aegis.test/?"+signer.SignV1(http.MethodPost, o.params(instance)).Encode(), nil)
	require.NoError(s.t, err)
	event, err := gateway.HTTPTriggerEvent(gateway.Request{Request: r, At: s.now})
	require.NoError(s.t, err)
	var fields map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(service.Handle(context.Background(), event).Body), &fields))
	return fields
}

func (s *scene) backend(gate store.Client) api.Backend {
	if !s.forwards {
		books, err := ledger.New(ledger.Config{Store: gate, Clock: s.clock})
		require.NoError(s.t, err)
		return books
	}
	reseller, err := upstream.New(upstream.Config{Store: gate, Remote: endpoint{s}, Clock: s.clock})
	require.NoError(s.t, err)
	return reseller
}

// endpoint is the seller, as the reseller reaches it.
type endpoint struct{ *scene }

func (e endpoint) Prepare(_ context.Context, owner, token string, c sale.Command) upstream.Forward {
	return func(ctx context.Context) (sale.Receipt, error) { return e.sell(ctx, owner, token, c) }
}

func (e endpoint) sell(ctx context.Context, owner, token string, c sale.Command) (sale.Receipt, error) {
	if err := e.before(forward); errors.Is(err, store.ErrNotApplied) {
		return sale.Receipt{}, &upstream.Refused{Answer: pop.Throttling(time.Second), Cause: err, BeforeTokenCheck: true}
	} else if err != nil {
		return sale.Receipt{}, err
	}
	books, err := ledger.New(ledger.Config{Store: e.memory, Clock: e.clock})
	require.NoError(e.t, err)
	receipt, refused := books.Sell(ctx, sale.Purchase{Owner: owner, Token: token, Command: c}, nil)
	if err := e.after(forward); err != nil {
		return sale.Receipt{}, err
	}
	if refused != nil {
		return sale.Receipt{}, &upstream.Refused{Answer: refused, Cause: refused}
	}
	return receipt, nil
}

func (e endpoint) Summary(context.Context, string) (sale.Summary, error) { return sale.Summary{}, nil }

func (s *scene) beforeRead(_ int, keys []store.Key) error {
	return s.before(s.nameRead(keys))
}

func (s *scene) afterRead(_ int, rows []store.Row) error {
	keys := []store.Key{rows[0].Key}
	if len(rows) > 1 {
		keys = append(keys, rows[1].Key)
	}
	return s.after(s.nameRead(keys))
}

func (s *scene) beforeCommit(_ int, changes []store.Change) error {
	return s.before(nameCommit(changes))
}
func (s *scene) afterCommit(_ int, changes []store.Change) error { return s.after(nameCommit(changes)) }

func (s *scene) nameRead(keys []store.Key) string {
	switch {
	case keys[0].Table.Name == access.Keys().Name:
		return readKey
	case strings.HasPrefix(keys[0].Sort, "order/"):
		return readOrder
	case s.forwards, s.query:
		return readToken
	case len(keys) > 1 || keys[0].Sort == "account":
		return readRows
	}
	return readAgain
}

func nameCommit(changes []store.Change) string {
	switch {
	case changes[0].Key.Table.Name == access.Nonces().Name:
		return useNonce
	case changes[0].Key.Sort == "account" && len(changes) < 3:
		return fence
	}
	switch changes[0].Columns.String("state") {
	case "":
		if !changes[0].Columns.Has("fence") {
			return commit
		}
	case "pending":
		return reserve
	}
	return record
}

// before strikes with what happens before a request reaches the store.
func (s *scene) before(effect string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return errCrashed
	}
	if effect != s.effect || s.struck {
		return nil
	}
	switch s.fault {
	case "crash before":
		s.struck, s.dead = true, true
		return errCrashed
	case "throttled":
		s.struck = true
		return fmt.Errorf("busy: %w", store.ErrNotApplied)
	case "timeout":
		s.struck = true
		return s.unknown(effect)
	case "conflict":
		s.struck = true
		books, err := ledger.New(ledger.Config{Store: s.memory})
		require.NoError(s.t, err)
		s.pay(books, s.balance+1)
	}
	return nil
}

// after strikes with what happens once the store has done the request.
func (s *scene) after(effect string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if effect != s.effect || s.struck || s.fault != "crash after" && s.fault != "answer lost" {
		return nil
	}
	s.struck = true
	if s.fault == "crash after" {
		s.dead = true
		return errCrashed
	}
	return s.unknown(s.effect)
}

// unknown is a broken connection: of a read it means that nothing was read.
func (s *scene) unknown(effect string) error {
	if effect != readKey && effect != readRows && effect != readAgain && effect != readToken && effect != readOrder {
		return fmt.Errorf("timeout: %w", store.ErrUnknown)
	}
	return fmt.Errorf("timeout: %w", store.ErrNotApplied)
}

// requireInREADME compares a generated part of this folder's README, between two
// marks, with what it should be, or writes it with -update.
func requireInREADME(t *testing.T, part, text string) {
	t.Helper()
	requireInFile(t, "README.md", part, text)
}

// requireInFile does so for any document.
func requireInFile(t *testing.T, path, part, text string) {
	t.Helper()
	readme, err := os.ReadFile(path)
	require.NoError(t, err)
	begin, end := "<!-- "+part+" -->\n", "<!-- end of "+part+" -->"
	head, rest, ok := strings.Cut(string(readme), begin)
	require.True(t, ok, "%s has no %q", path, begin)
	old, tail, ok := strings.Cut(rest, end)
	require.True(t, ok, "%s has no %q", path, end)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(head+begin+text+end+tail), 0o644))
		return
	}
	require.Equal(t, text, old, "run: go test ./shared/simulation -run Matrix -update")
}
