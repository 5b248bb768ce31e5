package local

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aegis/shared/app"
	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/local/queue"
	"aegis/shared/local/tablestore"
	"aegis/shared/local/watch"
	"aegis/shared/operations"
	"aegis/shared/operations/reference"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// Config says where a Stack listens and keeps its data. Its zero value listens
// on free ports of the loopback interface and keeps everything in memory.
type Config struct {
	Listen     string    // of the gateway; "": a free port
	Tablestore string    // of the store; "": a free port
	Data       string    // folder of the store's data; "": in memory
	Binaries   string    // folder of built functions, used as they are; "": they are built into BuildDir
	BuildDir   string    // "": bin under Data, or under .local
	Instances  int       // of each function at most; 0: 8
	Progress   io.Writer // what is going on, for people; nil: nowhere
	Market     string    // address of the marketplace's side; "": hand-made SPI calls only, and nobody is asked
	StoreURL   string    // a store that runs already, used instead of one of the stack's own
	Console    string    // address of the console; "": none, and nothing is recorded
	Describe   string    // folder of stack.json, by which tools find the stack; "": there is none

	Settings map[string]string // of the functions, in addition to those that name the store

	Queue       queue.Config  // how the order queue delivers; Dir, Clock, Deliver and Dead are the stack's
	GatewayHost string        // that functions see instead of the caller's Host; "": the caller's
	ClockOffset time.Duration // by which the sale's clock is ahead of the real one

	Concurrency int // calls that an instance of pop handles at a time, in a custom runtime; 0: one, in the runtime go1

	Freeze     bool                             // stop a function's processes between two events, as the platform does
	MaxTimeout time.Duration                    // caps the functions' timeouts; 0: they are as deployed
	Skew       func(instance int) time.Duration // by which an instance's clock is ahead of the others'; nil: none is

	ConsoleIfFree bool   // go on without the console if its port is taken
	ConsoleToken  string // "": a new one; a stack that is started again keeps the page open
	Project       string // folder with events/ for the console; "": the module's

	Watch bool // build functions again when their sources change, and replace their instances

	// Reopen loads or resets the data for the console: whoever started the stack closes it,
	// does so and starts it again. Nil: the console cannot.
	Reopen func(what, name string) error

	seller *Stack // that sales are forwarded to, for the console; nil: this one sells
}

// Stack is everything, running.
type Stack struct {
	URL       string // of the gateway
	StoreURL  string
	MarketURL string // of the marketplace's side; "": there is none
	Runtime   *functions.Runtime
	Store     *tablestore.Server

	gate    *store.Store // of the stack's own requests
	queue   *queue.Queue
	copied  atomic.Pointer[queue.Queue] // the queue, once snapshots may copy it
	clock   *clock
	closers []func() error // run last to first

	sources *watch.Watcher // nil: nothing is built again

	upstream  string // gateway of the stack that sales are forwarded to
	described string // folder of the description
	page      page
}

// Start brings the stack up and returns when every function has an instance that
// waits for its first event. The ports are taken first, so that a busy one is
// reported at once. After an error nothing is left running.
func Start(ctx context.Context, c Config) (_ *Stack, err error) {
	s := &Stack{clock: newClock(c.ClockOffset)}
	c.Progress = oneAtATime(c.Progress)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	front, err := s.listen(c.Listen)
	if err != nil {
		return nil, err
	}

	s.URL = "http://" + front.Addr().String()
	if err := s.openConsole(c); err != nil {
		return nil, err
	}
	if err := s.startStore(ctx, c); err != nil {
		return nil, err
	}
	if err := s.openQueue(c); err != nil {
		return nil, err
	}
	if c.Market != "" {
		if c.Settings, err = s.openMarketplace(c); err != nil {
			return nil, err
		}
	}
	if err := s.startFunctions(ctx, c); err != nil {
		return nil, err
	}

	measure := &metrics{of: map[invoked]*duration{}, waiting: s.waiting}
	g := s.gateway(c.GatewayHost, measure.measured(s.Runtime.Invoke))
	s.serve(front, g)
	s.startMarket(g, c.Progress)
	s.upstream, s.described = c.Settings["UPSTREAM_ENDPOINT"], c.Describe
	g.Handle("GET /metrics", measure)
	g.Handle("GET "+DescriptionPath, http.HandlerFunc(s.serveDescription))
	g.Handle("GET "+reference.Path, reference.Handler())
	g.Handle("GET "+reference.ErrorPath+"/", reference.Handler())
	if err := s.serveConsole(c); err != nil {
		return nil, err
	}
	g.Ready()
	if err := s.describe(); err != nil {
		return nil, err
	}

	return s, nil
}

// Close stops everything that was started, the gateway first.
func (s *Stack) Close() error {
	var failures []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		failures = append(failures, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(failures...)
}

func (s *Stack) listen(address string) (net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}

	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, errors.Unwrap(err))
	}

	s.closers = append(s.closers, func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})

	return l, nil
}

// serve answers on a listener until the stack is closed, and then gives the
// requests under way five seconds.
func (s *Stack) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with Shutdown or Close
	s.closers = append(s.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if server.Shutdown(ctx) == nil {
			return nil
		}
		return server.Close()
	})
}

func (s *Stack) startStore(ctx context.Context, c Config) error {
	if s.StoreURL = c.StoreURL; s.StoreURL == "" {
		if err := s.serveStore(c); err != nil {
			return err
		}
	}

	gate, err := store.Open(storeConfig(s.StoreURL))
	if err != nil {
		return err
	}

	s.gate = gate
	return Seed(ctx, s.gate)
}

func (s *Stack) serveStore(c Config) error {
	l, err := s.listen(c.Tablestore)
	if err != nil {
		return err
	}
	if s.Store, err = tablestore.Open(tablestore.Config{Dir: c.Data, BeforeSnapshot: s.snapshotQueue, Observe: s.page.observeStore(), Faults: s.page.faults}); err != nil {
		return err
	}

	s.closers = append(s.closers, s.Store.Close)
	s.serve(l, s.Store)
	s.StoreURL = "http://" + l.Addr().String()
	report(c.Progress, "tablestore at %s, %s", s.StoreURL, where(c.Data))
	return nil
}

// snapshotQueue puts the order queue into a snapshot of the store, which is copied
// after it: a message that was delivered in between is delivered again.
func (s *Stack) snapshotQueue(folder string) error {
	q := s.copied.Load()
	if q == nil {
		return errors.New("the stack is still starting")
	}
	return q.Snapshot(folder)
}

func where(data string) string {
	if data == "" {
		return "in memory"
	}
	return "data in " + data
}

// names are the functions of the stack: one for each operation, and the others.
func names() []string {
	all := []string{"pop", "marketorders", "marketspi", "renewals"}
	for _, o := range operations.All() {
		all = append(all, o.Function())
	}
	return all
}

func (s *Stack) startFunctions(ctx context.Context, c Config) error {
	dir, err := c.build(ctx)
	if err != nil {
		return err
	}

	var deployed []functions.Function
	for _, name := range names() {
		f := Deploy(name, filepath.Join(dir, name), s.StoreURL)
		f.Env = append(OneThread(), environmentOf(name, s.variables(c))...)
		if name == "pop" {
			f.Concurrency = c.Concurrency
		}
		deployed = append(deployed, f)
	}

	s.Runtime, err = functions.New(functions.Config{
		Instances: c.Instances, Logs: c.Progress, Credentials: roleCredentials(),
		Freeze: c.Freeze, MaxTimeout: c.MaxTimeout, Extra: s.skewed(c.Skew), Observer: s.page.observeFunctions(),
	}, deployed...)
	if err != nil {
		return err
	}

	s.closers = append(s.closers, s.Runtime.Close)
	report(c.Progress, "starting %d functions", len(deployed))
	if err := s.Runtime.Warm(ctx); err != nil {
		return err
	}
	return s.watch(ctx, c, dir)
}

// skewed gives each instance a clock of its own.
func (s *Stack) skewed(skew func(instance int) time.Duration) func(int) []string {
	if skew == nil {
		return nil
	}
	return func(instance int) []string {
		return []string{"CLOCK_OFFSET=" + (s.clock.offset() + skew(instance)).String()}
	}
}

// Deploy describes a function as s.yaml deploys it, for the store at endpoint.
func Deploy(name, binary, endpoint string) functions.Function {
	f := functions.Function{Name: name, Binary: binary, Timeout: timeout(name), Memory: 128, Env: OneThread()}
	f.Env = append(f.Env, environmentOf(name, Environment(endpoint))...)
	return f
}

// variables are the settings of all functions of the stack.
func (s *Stack) variables(c Config) map[string]string {
	all := Environment(s.StoreURL)
	all["MARKET_QUEUE"], all["ERROR_PAGES"], all["CLOCK_OFFSET"] = s.URL+queuePath, s.errorPages(), c.ClockOffset.String()
	maps.Copy(all, c.Settings)
	return all
}

// environmentOf returns the variables that a function gets: its own settings, as s.yaml
// gives them, with or without a value, and no setting of others. CLOCK_OFFSET and what is
// no setting are given to it only if variables has them.
func environmentOf(function string, variables map[string]string) []string {
	given := map[string]string{}
	for name, value := range variables {
		if !slices.Contains(app.Names(), name) {
			given[name] = value
		}
	}
	for _, setting := range app.Of(function) {
		value, ok := variables[setting.Name]
		if ok || !setting.Local && !setting.File {
			given[setting.Name] = cmp.Or(value, setting.Default)
		}
	}

	var list []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		list = append(list, name+"="+given[name])
	}
	return list
}

func (c Config) build(ctx context.Context) (string, error) {
	if c.Binaries != "" {
		return c.Binaries, nil
	}

	dir := c.BuildDir
	if dir == "" {
		data := c.Data
		if data == "" {
			data = ".local"
		}
		dir = filepath.Join(data, "bin")
	}

	report(c.Progress, "building the functions into %s", dir)
	return dir, Build(ctx, dir, c.Progress, names()...)
}

// waiting counts the messages that wait in the order queue.
func (s *Stack) waiting() (int, error) {
	c, err := s.queue.Counts()
	return c.Waiting, err
}

func (s *Stack) gateway(host string, invoke invoker) *gateway.Gateway {
	routes := []gateway.Route{
		{Path: "/", Function: "pop", Event: gateway.HTTPTriggerEvent},
		{Path: "/market/spi", Function: "marketspi", Event: gateway.HTTPTriggerEvent},
	}
	for _, o := range operations.All() {
		routes = append(routes, gateway.Route{Path: "/" + o.Name, Function: o.Function(), Event: gateway.APIGatewayEvent})
	}
	return gateway.New(gateway.Config{Host: host, Invoke: invoke, RequestID: requestID, Routes: routes, Observer: s.page.observeGateway()})
}

// requestID is the platform's id of an invocation. crypto/rand ends the program
// before it returns an error.
func requestID() string {
	id, _ := pop.NewRequestID(rand.Reader)
	return id
}

func report(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...)
}

// oneAtATime lets the instances of all functions print to one writer.
func oneAtATime(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return &lockedWriter{w: w}
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write writes while no other write is under way.
func (l *lockedWriter) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(text)
}
