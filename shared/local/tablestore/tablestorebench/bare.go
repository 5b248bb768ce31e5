package tablestorebench

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"aegis/shared/local/tablestore/internal/engine"
)

// bare creates keys in the engine: the body's first 32 bytes are the key, the
// whole body is the value.
type bare struct{ engine *engine.Engine }

const bareBucket, bareKey = engine.Bucket(1), 32

func openBare(folder string) (http.Handler, error) {
	e, err := engine.Open(folder)
	if err != nil {
		return nil, err
	}
	return bare{e}, e.Update(func(tx *engine.Tx) error { tx.Create(bareBucket); return nil })
}

func (b bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, body); err != nil || len(body) < bareKey {
		http.Error(w, "short body", http.StatusBadRequest)
		return
	}

	key := body[:bareKey]
	exists := false
	err := b.engine.Update(func(tx *engine.Tx) error {
		if exists = tx.Get(bareBucket, key) != nil; !exists {
			tx.Put(bareBucket, key, body)
		}
		return nil
	})
	if err != nil || exists {
		http.Error(w, fmt.Sprint("exists, or ", err), http.StatusConflict)
		return
	}

	w.Header()["Content-Length"] = []string{"0"}
}

func startBare(ctx context.Context, o Options) (*server, error) {
	s, err := startChild(ctx, o, "bare")
	if err != nil {
		return nil, err
	}
	s.workloads = []workload{{"create", func(run, n int) []byte {
		body := append(fmt.Appendf(nil, "%032s", fmt.Sprintf("%d-%d-%d", shuffle(n), run, n)), value()...)
		return append(fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: local\r\nContent-Length: %d\r\n\r\n", len(body)), body...)
	}}}
	return s, nil
}
