package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"aegis/shared/local"
	"aegis/shared/local/functions"
	"aegis/shared/pop"
)

// subject is one instance of a binary that is measured.
type subject struct {
	name    string
	runtime *functions.Runtime
	event   func() []byte // a new one for every call
}

// setup says in what a process differs from the deployed function.
type setup struct {
	stock bool // as Go runs it by itself: without GOMAXPROCS=1
}

// start starts a binary and waits for its first request for an event.
func (s *shop) start(ctx context.Context, name, binary string, u setup) (*subject, error) {
	f := local.Deploy("pop", binary, s.server.URL)
	if u.stock {
		f.Env = slices.DeleteFunc(f.Env, func(v string) bool { return strings.HasPrefix(v, "GOMAXPROCS=") })
	}

	runtime, err := functions.New(functions.Config{Instances: 1, Credentials: pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local"}}, f)
	if err != nil {
		return nil, err
	}
	if err := runtime.Warm(ctx); err != nil {
		_ = runtime.Close()
		return nil, err
	}

	echo := []byte(`{"body":"` + strings.Repeat("x", 900) + `"}`)
	return &subject{name: name, runtime: runtime, event: func() []byte { return echo }}, nil
}

func (s *subject) close() { _ = s.runtime.Close() }

func (s *subject) call(ctx context.Context) (time.Duration, error) {
	return invoke(ctx, s.runtime, s.event())
}

func (s *subject) pid() (int, error) {
	pids := s.runtime.Pids("pop")
	if len(pids) != 1 {
		return 0, fmt.Errorf("%s has %d processes instead of one", s.name, len(pids))
	}
	return pids[0], nil
}

// startOrders starts the function and has every owner buy an instance. Its events are
// then renewals, each of them a new order.
func (s *shop) startOrders(ctx context.Context, binary string, u setup) (*subject, error) {
	function, err := s.start(ctx, "new order", binary, u)
	if err != nil {
		return nil, err
	}
	s.bought++ // a token of its own for every process
	var instances []string
	for _, owner := range local.ResellersOwners() {
		id, err := s.instance(ctx, function.runtime, owner)
		if err != nil {
			function.close()
			return nil, err
		}
		instances = append(instances, id)
	}

	n, run := 0, s.bought
	function.event = func() []byte {
		n++
		i := n % len(instances)
		return event(s.root, local.ResellersOwners()[i], "Action=RenewInstance", "InstanceId="+instances[i],
			"VmNumber=5", fmt.Sprintf("ClientToken=order-%d-%d", run, n))
	}
	return function, nil
}

// instance returns the owner's instance, which is bought on the first call.
func (s *shop) instance(ctx context.Context, r *functions.Runtime, owner string) (string, error) {
	fields, err := answer(ctx, r, event(s.root, owner, "VmNumber=5", "ClientToken=first"))
	if err != nil {
		return "", err
	}
	return fields.InstanceID, nil
}

type orderFields struct {
	InstanceID string `json:"InstanceId"`
	Code       string
	Message    string
}

// answer returns the fields of a function's answer.
func answer(ctx context.Context, r *functions.Runtime, event []byte) (orderFields, error) {
	result, err := r.Invoke(ctx, "pop", functions.Invocation{RequestID: strconv.FormatInt(time.Now().UnixNano(), 10), Event: event})
	if err != nil {
		return orderFields{}, err
	}

	var envelope struct{ Body string }
	var fields orderFields
	if err := json.Unmarshal(result.Payload, &envelope); err != nil {
		return orderFields{}, fmt.Errorf("%w: %s", err, result.Payload)
	}
	if err := json.Unmarshal([]byte(envelope.Body), &fields); err != nil {
		return orderFields{}, fmt.Errorf("%w: %s", err, envelope.Body)
	}
	if fields.Code != "" {
		return orderFields{}, fmt.Errorf("%s: %s", fields.Code, fields.Message)
	}

	return fields, nil
}

// cpuTime is what the threads of a process have run so far.
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("this system has no /proc/PID/task/TID/schedstat")
	}

	var sum time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		nanoseconds, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(nanoseconds, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", file, err)
		}
		sum += time.Duration(n)
	}

	return sum, nil
}
