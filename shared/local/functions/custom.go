package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// HTTPRequest is a call as its caller sent it. The custom runtime gets it instead of the
// event that is made of it.
type HTTPRequest struct {
	Method, Target, Host string // Target is the path with the query
	Header               http.Header
	Body                 []byte
}

// readyEvery is how often a starting HTTP server is tried.
const readyEvery = time.Millisecond

// custom reports whether the function has the custom runtime: an HTTP server in each
// instance.
func (f Function) custom() bool { return f.Concurrency > 0 }

// perInstance is how many events an instance handles at a time.
func (f Function) perInstance() int { return max(f.Concurrency, 1) }

// reservePort finds an address for the instance's HTTP server.
func (i *instance) reservePort() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("find a port for the instance: %w", err)
	}
	i.address = l.Addr().String()
	i.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: i.function.Concurrency, DisableCompression: true}}
	return l.Close()
}

// awaitServer closes ready when the HTTP server takes connections.
func (i *instance) awaitServer() {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		c, err := net.Dial("tcp", i.address)
		if err == nil {
			_ = c.Close()
			close(i.ready)
			return
		}
		select {
		case <-i.exited:
			return
		case <-tick.C:
		}
	}
}

// exchange sends a call, or an event, to the instance's HTTP server.
func (i *instance) exchange(v *invocation) Result {
	ctx, cancel := context.WithTimeout(context.Background(), v.Timeout)
	defer cancel()
	request, err := i.request(ctx, v)
	if err != nil {
		return failure(UnhandledInvocationError, err.Error())
	}

	payload, err := i.roundTrip(request, v.HTTP != nil)
	switch {
	case err == nil:
		return Result{Payload: payload}
	case errors.Is(err, context.DeadlineExceeded):
		i.runtime.timedOut.Add(1)
		return failure(UnhandledInvocationError, fmt.Sprintf("Function timed out after %g seconds", v.Timeout.Seconds()))
	}
	i.kill() // it is dying, or broken: no other event is given to it
	return failure(UnhandledInvocationError, fmt.Sprintf("The instance gave no answer: %v", withoutURL(err)))
}

// withoutURL drops the URL that an error of net/http names: it is signed.
func withoutURL(err error) error {
	if located, ok := errors.AsType[*url.Error](err); ok {
		return located.Err
	}
	return err
}

func (i *instance) request(ctx context.Context, v *invocation) (*http.Request, error) {
	call := HTTPRequest{Method: http.MethodPost, Target: "/invoke", Header: http.Header{"X-Fc-Control-Path": {"/invoke"}}, Body: v.Event}
	if v.HTTP != nil {
		call = *v.HTTP
	}

	r, err := http.NewRequestWithContext(ctx, call.Method, "http://"+i.address+call.Target, bytes.NewReader(call.Body))
	if err != nil {
		return nil, err
	}
	if r.Host = call.Host; call.Header != nil {
		r.Header = call.Header.Clone()
	}
	i.describe(r.Header, v)
	return r, nil
}

// roundTrip returns what the gateway would get of an event's function: an envelope of an
// HTTP answer, or the answer to an event.
func (i *instance) roundTrip(r *http.Request, call bool) ([]byte, error) {
	response, err := i.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() // it is read to its end
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}

	if !call {
		if response.Header.Get("X-Fc-Status") != "" {
			return nil, errors.New(string(body))
		}
		return body, nil
	}
	return envelope(response, body)
}

func envelope(response *http.Response, body []byte) ([]byte, error) {
	text, encoded := BodyText(body)
	headers := map[string]string{}
	for name, values := range response.Header {
		headers[name] = values[0]
	}
	return json.Marshal(map[string]any{"isBase64Encoded": encoded, "statusCode": response.StatusCode, "headers": headers, "body": text})
}
