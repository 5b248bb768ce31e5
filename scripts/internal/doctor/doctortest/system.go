package doctortest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/scripts/internal/cloud/cloudtest"
	"aegis/scripts/internal/doctor"
	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/app"
	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/local/queue"
	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestoretest"
	"aegis/shared/marketplace"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Where the deployment is, and the key of its caller.
const (
	Region     = "cn-hangzhou"
	Account    = "1234567890123456"
	Deployment = "aegis-test"

	CallerID     = "LTAI-caller"
	CallerSecret = "a caller's secret"
	Owner        = "3000000000000001"

	MasterKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// System is the deployment.
type System struct {
	Plane *cloudtest.Server
	Store *tablestoretest.Store
	URL   string // of the gateway
	Data  string // URL of Log Service and SMQ

	Host        atomic.Pointer[string]    // that functions see instead of the caller's; nil: the caller's
	Hosts       []string                  // PUBLIC_HOSTS
	DeadMessage atomic.Pointer[string]    // ID of a message in the dead-letter queue; nil: it is empty
	LogsLost    atomic.Bool               // lines do not arrive
	QueueStuck  atomic.Bool               // messages are taken and not delivered
	TimerSilent atomic.Bool               // the timer has not run
	Answer      atomic.Pointer[Intercept] // answers some callers before the gateway; nil: none

	t     testing.TB
	lines *lines
	gate  *store.Store
}

// Intercept answers a request, unless it reports false.
type Intercept func(http.ResponseWriter, *http.Request) bool

// Start starts a deployment that ends with the test. It is sound.
func Start(t testing.TB, change ...func(*System)) *System {
	t.Helper()
	s := &System{t: t, Plane: cloudtest.Start(t), lines: &lines{}}
	for _, f := range change {
		f(s)
	}
	s.startStore()
	s.startGateway()
	s.startData()
	s.answer()
	return s
}

// Values are the values of the deployment by name.
func (s *System) Values() map[string]string {
	values := doctor.Made(Region, Account, Deployment)
	for name, value := range map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": s.Plane.Credentials.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": s.Plane.Credentials.AccessKeySecret,
		"DEPLOYMENT": Deployment, "CALLER_ACCESS_KEY_ID": CallerID, "CALLER_ACCESS_KEY_SECRET": CallerSecret,
		"MARKET_SECRET": local.MarketSecret, "ACCESS_MASTER_KEY": MasterKey,
	} {
		values[name] = value
	}
	return values
}

// Target returns the deployment for the doctor, with more values.
func (s *System) Target(more map[string]string) doctor.Target {
	s.t.Helper()
	root, err := local.ModuleRoot()
	require.NoError(s.t, err)
	values := s.Values()
	for name, value := range more {
		values[name] = value
	}
	target, err := doctor.Config{
		Root: root, Values: func(name string) string { return values[name] }, StoreURL: s.Store.URL, ControlPlane: s.Plane.URL, DataPlane: s.Data,
	}.Open()
	require.NoError(s.t, err)
	return target
}

func (s *System) startStore() {
	s.t.Helper()
	s.Store = tablestoretest.Start(s.t, tablestoretest.With(func(c *tablestore.Config) {
		c.Instances = map[string]tablestore.Credentials{
			Deployment: {AccessKeyID: s.Plane.Credentials.AccessKeyID, AccessKeySecret: s.Plane.Credentials.AccessKeySecret},
		}
	}))
	var err error
	s.gate, err = store.Open(store.Config{Endpoint: s.Store.URL, Instance: Deployment, Credentials: s.Plane.Credentials})
	require.NoError(s.t, err)
	require.NoError(s.t, s.gate.EnsureTables(s.t.Context(), app.Tables()...))
	require.NoError(s.t, s.gate.EnsureIndexes(s.t.Context(), app.Indexes()...))
}

// startGateway serves every path by the code of its function.
func (s *System) startGateway() {
	s.t.Helper()
	service, spi := s.openAPI(), s.openSPI()
	routes := []gateway.Route{{Path: "/market/spi", Function: "aegis-marketspi", Event: gateway.HTTPTriggerEvent}}
	for path, function := range doctor.Routes() {
		if path != "/market/spi" {
			routes = append(routes, gateway.Route{Path: path, Function: function, Event: gateway.HTTPTriggerEvent})
		}
	}
	g := gateway.New(gateway.Config{Routes: routes, RequestID: func() string { return "invocation-1" }, Invoke: func(ctx context.Context, function string, i functions.Invocation) (functions.Result, error) {
		var envelope api.Envelope
		if function == "aegis-marketspi" {
			envelope = api.AnswerSPI(ctx, spi, i.Event)
		} else {
			envelope = service.Handle(ctx, i.Event)
		}
		text, err := json.Marshal(envelope)
		return functions.Result{Payload: text}, err
	}})
	g.Ready()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := s.Host.Load(); host != nil {
			r.Host = *host
		}
		if answer := s.Answer.Load(); answer != nil && (*answer)(w, r) {
			return
		}
		g.ServeHTTP(w, r)
	}))
	s.t.Cleanup(server.Close)
	s.URL = server.URL
}

func (s *System) ledger() *ledger.Ledger {
	s.t.Helper()
	books, err := ledger.New(ledger.Config{Store: s.gate})
	require.NoError(s.t, err)
	return books
}

func (s *System) openAPI() *api.Service {
	s.t.Helper()
	books := s.ledger()
	ledgertest.SetBalance(s.t, books, Owner, 10_000_000)
	master, err := access.ParseMasterKey(MasterKey)
	require.NoError(s.t, err)
	keys, err := access.New(access.Config{Store: s.gate, Master: master})
	require.NoError(s.t, err)
	require.NoError(s.t, keys.EnsureCanary(s.t.Context()))
	require.NoError(s.t, keys.Create(s.t.Context(), access.Key{ID: CallerID, Secret: CallerSecret, Owner: Owner}, nil))
	service, err := api.New(api.Config{Operations: api.All(), Access: keys, Backend: books, Log: s.lines, Hosts: s.Hosts})
	require.NoError(s.t, err)
	return service
}

func (s *System) openSPI() *marketplace.SPI {
	s.t.Helper()
	spi, err := marketplace.NewSPI(marketplace.SPIConfig{Store: s.gate, Ledger: s.ledger(), Queue: nowhere{}, Secret: local.MarketSecret})
	require.NoError(s.t, err)
	return spi
}

// openQueue opens the order queue with its consumer.
func (s *System) openQueue() *queue.Queue {
	s.t.Helper()
	orders, err := marketplace.New(marketplace.Config{Store: s.gate, Ledger: s.ledger(), Secret: local.MarketSecret})
	require.NoError(s.t, err)
	q, err := queue.Open(queue.Config{Window: time.Millisecond, Deliver: func(ctx context.Context, event []byte) error {
		if s.QueueStuck.Load() {
			return nil
		}
		_, err := orders.Consume(ctx, event)
		return err
	}})
	require.NoError(s.t, err)
	q.Start()
	s.t.Cleanup(func() { q.Stop(); require.NoError(s.t, q.Close()) })
	return q
}

// nowhere is a queue that takes everything.
type nowhere struct{}

func (nowhere) Send(context.Context, []byte) (string, error) { return "message-1", nil }

// lines are the lines of the functions' log.
type lines struct {
	mu  sync.Mutex
	all [][]byte
}

// Write keeps a line.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, bytes.Clone(line))
	return len(line), nil
}

// find returns the lines that have a text.
func (l *lines) find(text string) []map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []map[string]string{}
	for _, line := range l.all {
		if bytes.Contains(line, []byte(text)) {
			found = append(found, map[string]string{"message": "FC Invoke " + string(line)})
		}
	}
	return found
}

// credentials are those of the deployment's user.
func (s *System) credentials() pop.Credentials { return s.Plane.Credentials }
