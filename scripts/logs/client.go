package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"aegis/shared/local/recorder"
)

// client reads from a console.
type client struct{ base, token string }

// newClient takes the link that opens a console, with the token in its fragment.
func newClient(link string) client {
	base, token, _ := strings.Cut(link, "/#")
	return client{base, token}
}

// query are the filters, as the page sends them.
func (c *command) query() url.Values {
	q := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	for name, value := range map[string]string{"owner": c.Owner, "code": c.Code, "requestId": c.RequestID, "token": c.Token} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// list are the last requests, the newest first, and the position that follows them.
type list struct {
	Requests []recorder.Summary
	Position uint64
}

func (c client) last(ctx context.Context, q url.Values) (l list, err error) {
	return l, c.get(ctx, "/api/requests?"+q.Encode(), &l)
}

// detail is what a request printed.
type detail struct{ Lines []struct{ Text string } }

func (c client) detail(ctx context.Context, seq uint64) (d detail, err error) {
	return d, c.get(ctx, "/api/requests/"+strconv.FormatUint(seq, 10), &d)
}

func (c client) get(ctx context.Context, path string, into any) error {
	body, err := c.open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // read to its end
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("read %s of the console: %w", path, err)
	}
	return nil
}

func (c client) open(ctx context.Context, path string) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the console: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // what there is of it will do
		_ = answer.Body.Close()
		return nil, fmt.Errorf("ask the console: HTTP %d: %s", answer.StatusCode, strings.TrimSpace(string(text)))
	}
	return answer.Body, nil
}

// maxEvent bounds one event of the stream.
const maxEvent = 64 << 20

// follow hands over what is new or has changed until the stream ends.
func (c client) follow(ctx context.Context, q url.Values, position uint64, do func([]recorder.Summary) error) error {
	q.Del("limit")
	q.Set("position", strconv.FormatUint(position, 10))
	body, err := c.open(ctx, "/api/requests/live?"+q.Encode())
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it has no end of its own

	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		text, isEvent := strings.CutPrefix(lines.Text(), "data: ")
		if !isEvent {
			continue
		}
		var some []recorder.Summary
		if err := json.Unmarshal([]byte(text), &some); err != nil {
			return fmt.Errorf("read the stream: %w", err)
		}
		if err := do(some); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return fmt.Errorf("the stack has stopped")
}
