package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"aegis/shared/access"
	"aegis/shared/ledger"
	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/sample"
	"aegis/shared/local/tablestore"
	"aegis/shared/sale"
	"aegis/shared/store"
)

// shop is a store in memory that counts its requests, and the functions built for
// deployment.
type shop struct {
	root, dir string
	server    *httptest.Server
	requests  atomic.Int64
	store     *store.Store
}

func openShop(ctx context.Context, dataDir string) (*shop, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return nil, err
	}
	server, err := tablestore.Open(tablestore.Config{Dir: dataDir})
	if err != nil {
		return nil, err
	}
	s := &shop{root: root}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		server.ServeHTTP(w, r)
	}))
	s.store, err = store.Open(store.Config{
		Endpoint: s.server.URL, Instance: local.Instance, Credentials: store.Credentials{AccessKeyID: "local", AccessKeySecret: "local"},
	})
	if err != nil {
		return nil, err
	}
	return s, local.Seed(ctx, s.store)
}

// build compiles the function and the floor as they are deployed.
func (s *shop) build(ctx context.Context) (function, hello string, err error) {
	if s.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return "", "", err
	}
	function, hello = filepath.Join(s.dir, "main"), filepath.Join(s.dir, "hello")
	for binary, pkg := range map[string]string{function: "./functions/pop", hello: "./scripts/bench/testdata/hello"} {
		c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, pkg)
		c.Dir, c.Env = s.root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			return "", "", fmt.Errorf("build %s: %w: %s", pkg, err, out)
		}
	}
	return function, hello, nil
}

func (s *shop) close() { s.server.Close(); _ = os.RemoveAll(s.dir) }

func measureFunctions(ctx context.Context, _ options) error {
	s, err := openShop(ctx, "")
	if err != nil {
		return err
	}
	defer s.close()
	function, hello, err := s.build(ctx)
	if err != nil {
		return err
	}
	return errors.Join(s.cold(ctx, function, hello), s.warm(ctx, function, hello), s.depth(ctx, function), size(function))
}

// runtimeOf makes a runtime with one instance of a binary.
func (s *shop) runtimeOf(binary string) (*functions.Runtime, error) {
	f := local.Deploy("pop", binary, s.server.URL)
	return functions.New(functions.Config{Instances: 1, Credentials: functions.Credentials{AccessKeyID: "local", AccessKeySecret: "local"}}, f)
}

// cold measures from exec to the first request for an event, in turns.
func (s *shop) cold(ctx context.Context, function, hello string) error {
	start := func(binary string) (time.Duration, error) {
		r, err := s.runtimeOf(binary)
		if err != nil {
			return 0, err
		}
		defer r.Close()
		began := time.Now()
		err = r.Warm(ctx)
		return time.Since(began), err
	}
	ours, floor, err := inTurns(40, func() (time.Duration, error) { return start(function) }, func() (time.Duration, error) { return start(hello) })
	if err != nil {
		return err
	}
	fmt.Printf("cold start, exec to first next     %8s   hello world %8s   ratio %.2f (goal 1.3)\n", ours, floor, ratio(ours, floor))
	return nil
}

// warm measures a purchase through the runtime, less the store's part of it,
// beside an echo.
func (s *shop) warm(ctx context.Context, function, hello string) error {
	r, err := s.runtimeOf(function)
	if err != nil {
		return err
	}
	defer r.Close()
	echo, err := s.runtimeOf(hello)
	if err != nil {
		return err
	}
	defer echo.Close()
	for _, owner := range local.ResellersOwners() { // so that the key and its grants are known
		if _, err := invoke(ctx, r, event(s.root, owner, "Action=GetSummary", "ClientToken=")); err != nil {
			return err
		}
	}
	n := 0
	var inStore []time.Duration
	purchase := func() (time.Duration, error) {
		n++
		owner := local.ResellersOwners()[n%100]
		took, err := invoke(ctx, r, event(s.root, owner, fmt.Sprint("ClientToken=bench-", n)))
		direct, directErr := s.directly(ctx, n, owner)
		inStore = append(inStore, direct)
		return took, errors.Join(err, directErr)
	}
	ours, floor, err := inTurns(100, purchase, func() (time.Duration, error) {
		return invoke(ctx, echo, []byte(`{"body":"`+strings.Repeat("x", 900)+`"}`))
	})
	if err != nil {
		return err
	}
	stored := median(inStore)
	fmt.Printf("warm CreateInstance                %8s   of it in the store %s\n", ours, stored)
	fmt.Printf("warm CreateInstance, less store    %8s   echo        %8s   ratio %.2f (goal 1.3)\n", ours-stored, floor, ratio(ours-stored, floor))
	return nil
}

// directly makes a purchase's requests without a function: what they take is the
// store's and its SDK's.
func (s *shop) directly(ctx context.Context, n int, owner string) (time.Duration, error) {
	keys := []store.Key{ledger.TokenKey(owner, fmt.Sprint("direct-", n)), ledger.TokenKey(owner, "account")}
	asked, err := ledger.Asked(sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	nonce := make(chan error, 1)
	go func() {
		key := store.Key{Table: access.Nonces(), Partition: fmt.Sprint("direct-", n)}
		nonce <- s.store.Commit(ctx, store.Insert(key, store.Columns{"request_id": "x"}))
	}()
	_, err = s.store.Read(ctx, keys...)
	if err := errors.Join(err, <-nonce); err != nil {
		return 0, err
	}
	err = s.store.Commit(ctx, store.Insert(keys[0], asked), store.Insert(ledger.TokenKey(owner, fmt.Sprint("order-", n)), asked), store.Insert(ledger.TokenKey(owner, fmt.Sprint("account-", n)), asked))
	return time.Since(began), err
}

func event(root, owner string, changes ...string) []byte {
	call, err := sample.Load(root, "pop", append(changes, "OwnerId="+owner))
	if err != nil {
		panic(err) // the project's own sample
	}
	text, err := call.Event(time.Now())
	if err != nil {
		panic(err)
	}
	return text
}

// eventOfOwner is signed with the key of the one account.
func eventOfOwner(root string, changes ...string) []byte {
	call, err := sample.Load(root, "createinstance", changes)
	if err != nil {
		panic(err) // the project's own sample
	}
	text, err := call.Event(time.Now())
	if err != nil {
		panic(err)
	}
	return text
}

func invoke(ctx context.Context, r *functions.Runtime, event []byte) (time.Duration, error) {
	began := time.Now()
	result, err := r.Invoke(ctx, "pop", functions.Invocation{RequestID: fmt.Sprint(began.UnixNano()), Event: event})
	took := time.Since(began)
	if err == nil && result.ErrorType != "" {
		err = errors.New(string(result.Payload))
	}
	return took, err
}

// depth counts the store's requests of a warm call; the nonce's runs beside the
// first read.
func (s *shop) depth(ctx context.Context, function string) error {
	r, err := s.runtimeOf(function)
	if err != nil {
		return err
	}
	defer r.Close()
	if _, err := invoke(ctx, r, eventOfOwner(s.root, "Action=GetSummary", "ClientToken=")); err != nil {
		return err
	}
	for _, c := range []struct{ name, action, token string }{
		{"new order", "CreateInstance", "depth"}, {"replay", "CreateInstance", "depth"}, {"GetSummary", "GetSummary", ""},
	} {
		before := s.requests.Load()
		if _, err := invoke(ctx, r, eventOfOwner(s.root, "Action="+c.action, "ClientToken="+c.token)); err != nil {
			return err
		}
		fmt.Printf("store requests of a warm %-10s %d, of which the nonce's runs beside the first\n", c.name, s.requests.Load()-before)
	}
	return nil
}

// size tells the zip and the instance's memory after a call.
func size(function string) error {
	path := function + ".zip"
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	z := zip.NewWriter(file)
	w, err := z.Create("main")
	if err != nil {
		return err
	}
	binary, err := os.Open(function)
	if err != nil {
		return err
	}
	defer binary.Close()
	if _, err := io.Copy(w, binary); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Printf("function zip                       %.2f MB (goal 4)\n", float64(info.Size())/1e6)
	return nil
}

// inTurns measures two things alternately, so that both meet the same neighbours,
// and returns their medians.
func inTurns(n int, a, b func() (time.Duration, error)) (ma, mb time.Duration, err error) {
	var as, bs []time.Duration
	for range n {
		x, errA := a()
		y, errB := b()
		if err := errors.Join(errA, errB); err != nil {
			return 0, 0, err
		}
		as, bs = append(as, x), append(bs, y)
	}
	return median(as), median(bs), nil
}

func median(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[len(d)/2].Round(time.Microsecond)
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
