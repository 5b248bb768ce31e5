package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"syscall"

	"aegis/shared/api"
	"aegis/shared/customruntime"
	"aegis/shared/pop"
	"aegis/shared/store"
)

// customAddress returns where a custom runtime's HTTP server listens, "" in the runtime
// go1. The same binary serves both.
func customAddress(getenv func(string) string) string {
	switch {
	case getenv("FC_RUNTIME_API") != "":
		return ""
	case getenv("CUSTOM_RUNTIME_ADDRESS") != "":
		return getenv("CUSTOM_RUNTIME_ADDRESS") // of the local runtime, which has many on one machine
	case getenv("FC_SERVER_PORT") != "":
		return ":" + getenv("FC_SERVER_PORT")
	}
	return ""
}

// serveCustom answers calls until SIGTERM, and then those that have begun.
func serveCustom(service *api.Service, address string) error {
	limitMemory()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()

	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen for the custom runtime: %w", err)
	}
	return customServer(service).Serve(ctx, l)
}

// customServer serves the operations over HTTP.
func customServer(service *api.Service) *customruntime.Server {
	return customruntime.New(customruntime.Config{
		MaxBody: api.MaxEvent,
		Call: func(ctx context.Context, i customruntime.Invocation, r *http.Request, body []byte) customruntime.Answer {
			e := service.HandleRequest(authenticated(ctx, i), requestOf(r, body))
			return customruntime.Answer{StatusCode: e.StatusCode, Headers: e.Headers, Body: e.Body}
		},
		Event: func(ctx context.Context, i customruntime.Invocation, event []byte) ([]byte, error) {
			return json.Marshal(service.Handle(authenticated(ctx, i), event))
		},
	})
}

func authenticated(ctx context.Context, i customruntime.Invocation) context.Context {
	ctx = api.WithInvocation(ctx, i.RequestID)
	return store.WithCredentials(ctx, pop.Credentials{
		AccessKeyID: i.AccessKeyID, AccessKeySecret: i.AccessKeySecret, SecurityToken: i.SecurityToken,
	})
}

// requestOf returns a request as its caller sent it. Repeated headers are joined by
// commas, as in events.
func requestOf(r *http.Request, body []byte) *pop.Request {
	header := make(pop.Params, 0, len(r.Header)+1)
	for name, values := range r.Header {
		header = append(header, pop.Param{Name: name, Value: strings.Join(values, ",")})
	}
	header = append(header, pop.Param{Name: "Host", Value: r.Host})
	return &pop.Request{Method: r.Method, Host: r.Host, Path: r.URL.Path, Header: header, RawQuery: r.URL.RawQuery, Body: body}
}
