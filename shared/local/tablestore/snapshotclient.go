package tablestore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"aegis/shared/local/tablestore/internal/engine"
)

// ErrInUse is wrapped by what fails because another process uses a data folder.
var ErrInUse = engine.ErrInUse

// snapshotTimeout is how long a running server may take to copy its file.
const snapshotTimeout = 10 * time.Minute

// RequestSnapshot asks the server at an address for a snapshot of its data. The
// folder in the answer is as the server names it.
func RequestSnapshot(ctx context.Context, server, name string) (taken Snapshot, err error) {
	ctx, cancel := context.WithTimeout(ctx, snapshotTimeout)
	defer cancel()
	request, err := newSnapshotRequest(ctx, server, name)
	if err != nil {
		return taken, fmt.Errorf("ask %s for a snapshot: %w", server, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return taken, fmt.Errorf("ask %s for a snapshot: %w", server, err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end, or of no use

	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // what there is of it will do
		return taken, errors.New(strings.TrimSpace(string(text)))
	}
	if err := json.NewDecoder(answer.Body).Decode(&taken); err != nil {
		return taken, fmt.Errorf("read the answer of %s: %w", server, err)
	}
	return taken, nil
}

func newSnapshotRequest(ctx context.Context, server, name string) (*http.Request, error) {
	address, err := url.JoinPath(server, "snapshots")
	if err != nil {
		return nil, err
	}

	body, err := json.Marshal(Snapshot{Name: name})
	if err != nil {
		return nil, err
	}

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}

	request.Header.Set("Content-Type", "application/json")
	return request, nil
}
