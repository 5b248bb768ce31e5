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

	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/local/sample"
	"aegis/shared/local/tablestore"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// shop is a store in memory that counts its requests, and the functions built for
// deployment.
type shop struct {
	root, dir string
	server    *httptest.Server
	requests  atomic.Int64
	store     *store.Store
	bought    int // processes that orders were sent to
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
		Endpoint: s.server.URL, Instance: local.Instance, Credentials: pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local"},
	})
	if err != nil {
		return nil, err
	}

	return s, local.Seed(ctx, s.store)
}

// build compiles packages as they are deployed.
func (s *shop) build(ctx context.Context, packages ...string) (binaries []string, err error) {
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "bench"); err != nil {
			return nil, err
		}
	}

	for _, pkg := range packages {
		binary := filepath.Join(s.dir, filepath.Base(pkg))
		c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, pkg)
		c.Dir, c.Env = s.root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w: %s", pkg, err, out)
		}
		binaries = append(binaries, binary)
	}

	return binaries, nil
}

func (s *shop) close() { s.server.Close(); _ = os.RemoveAll(s.dir) }

func measureFunctions(ctx context.Context, o options) error {
	s, err := openShop(ctx, "")
	if err != nil {
		return err
	}
	defer s.close()
	b, err := s.build(ctx, "./functions/pop", "./scripts/bench/testdata/hello", "./scripts/bench/testdata/storeonly")
	if err != nil {
		return err
	}
	return errors.Join(o.cold(ctx, s, b[0], b[1]), o.warm(ctx, s, b[0], b[2], b[1]), o.cost(ctx, s, b[0]), o.size(b[0]))
}

// runtimeOf makes a runtime with one instance of a binary.
func (s *shop) runtimeOf(binary string) (*functions.Runtime, error) {
	f := local.Deploy("pop", binary, s.server.URL)
	return functions.New(functions.Config{Instances: 1, Credentials: pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local"}}, f)
}

// cold measures from exec to the first request for an event, in turns.
func (o options) cold(ctx context.Context, s *shop, function, hello string) error {
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
	m, err := inTurns(40, func() (time.Duration, error) { return start(function) }, func() (time.Duration, error) { return start(hello) })
	if err != nil {
		return err
	}

	o.add(figure{Name: "cold start, exec to first next", Value: ms(m[0]), Unit: "ms", Floor: "hello world", Of: ms(m[1]), Goal: "≤ 1.2"})
	return nil
}

// warm measures a purchase through the runtime, less the store's part of it,
// beside an echo. The store's part is that of a function that makes the same
// requests and nothing else.
func (o options) warm(ctx context.Context, s *shop, function, storeonly, hello string) error {
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
	stored, err := s.runtimeOf(storeonly)
	if err != nil {
		return err
	}
	defer stored.Close()
	for _, owner := range local.ResellersOwners() { // so that the key and its grants are known
		if _, err := invoke(ctx, r, event(s.root, owner, "Action=GetSummary", "ClientToken=")); err != nil {
			return err
		}
	}

	n := 0
	ours := func() (time.Duration, error) {
		n++
		return invoke(ctx, r, event(s.root, local.ResellersOwners()[n%100], fmt.Sprint("ClientToken=bench-", n)))
	}
	body := []byte(`{"body":"` + strings.Repeat("x", 900) + `"}`)
	of := func(r *functions.Runtime) func() (time.Duration, error) {
		return func() (time.Duration, error) { return invoke(ctx, r, body) }
	}
	medians, err := inTurns(100, ours, of(stored), of(echo))
	if err != nil {
		return err
	}

	inStore := medians[1] - medians[2]
	o.add(figure{Name: "warm CreateInstance", Value: ms(medians[0]), Unit: "ms", Floor: "the store's part", Of: ms(inStore)})
	o.add(figure{Name: "warm CreateInstance, less the store's part", Value: ms(medians[0] - inStore), Unit: "ms", Floor: "echo", Of: ms(medians[2]), Goal: "≤ 1.15"})
	return nil
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
func eventOfOwner(root, operation string, changes ...string) []byte {
	call, err := sample.Load(root, operation, changes)
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
	_, err := answerOf(ctx, r, event)
	return time.Since(began), err
}

// answerOf invokes a function and returns its envelope.
func answerOf(ctx context.Context, r *functions.Runtime, event []byte) ([]byte, error) {
	result, err := r.Invoke(ctx, "pop", functions.Invocation{RequestID: fmt.Sprint(time.Now().UnixNano()), Event: event})
	if err == nil && result.ErrorType != "" {
		err = errors.New(string(result.Payload))
	}
	return result.Payload, err
}

// size measures the zip and the instance's memory after a call.
func (o options) size(function string) error {
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

	o.add(figure{Name: "function zip", Value: float64(info.Size()) / 1e6, Unit: "MB", Goal: "≤ 4.5"})
	return nil
}

// inTurns measures things alternately, so that all meet the same neighbours, and
// returns their medians.
func inTurns(n int, measures ...func() (time.Duration, error)) ([]time.Duration, error) {
	all := make([][]time.Duration, len(measures))
	for range n {
		for i, measure := range measures {
			took, err := measure()
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], took)
		}
	}

	medians := make([]time.Duration, len(measures))
	for i := range all {
		medians[i] = median(all[i])
	}

	return medians, nil
}

func median(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[len(d)/2].Round(time.Microsecond)
}
