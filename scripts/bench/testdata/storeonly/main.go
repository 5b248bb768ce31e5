// Command storeonly makes a purchase's requests to the store and nothing else:
// what its invocation takes beyond an echo's is the store's part of a purchase.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"

	"aegis/shared/access"
	"aegis/shared/pop"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

func main() {
	s, err := store.Open(store.Config{
		Endpoint: os.Getenv("TABLESTORE_ENDPOINT"), Instance: os.Getenv("TABLESTORE_INSTANCE"),
		Credentials: pop.Credentials{AccessKeyID: "local", AccessKeySecret: "local"},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	fc.Start(func(ctx context.Context, event json.RawMessage) (json.RawMessage, error) {
		return event, purchase(ctx, s, fmt.Sprint(time.Now().UnixNano()))
	})
}

// purchase reads two rows beside recording a nonce, and commits three rows of the
// size of an account, an order and a token.
func purchase(ctx context.Context, s *store.Store, id string) error {
	row := func(kind string) store.Key { return tokenrow.Key("1", kind+id) }
	nonce := make(chan error, 1)
	go func() {
		key := store.Key{Table: access.Nonces(), Partition: id}
		nonce <- s.Commit(ctx, store.Insert(key, store.Columns{store.String("request_id", id)}))
	}()

	_, err := s.Read(ctx, row("token"), row("account"))
	if err := errors.Join(err, <-nonce); err != nil {
		return err
	}

	columns := store.Columns{store.String("parameters", strings.Repeat("x", 100))}
	for i := range 14 {
		columns = append(columns, store.Int(fmt.Sprint("column_", i), i))
	}

	return s.Commit(ctx, store.Insert(row("token"), columns), store.Insert(row("order"), columns), store.Insert(row("account"), columns))
}
