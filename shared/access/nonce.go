package access

import (
	"context"
	"errors"
	"fmt"

	"aegis/shared/store"
)

// Nonces returns the table of nonces seen, forgotten after a day.
func Nonces() store.Table {
	return store.Table{Name: "nonces", Partition: "nonce", TTLSeconds: 24 * 60 * 60}
}

// ErrNonceUsed: the key has been used with this nonce before.
var ErrNonceUsed = errors.New("the nonce was used already")

// UseNonce records a key's nonce, or returns ErrNonceUsed. After ErrUnavailable the
// nonce may be recorded, so a retry needs a new one; every client sends one.
//
// Call it for verified requests only: otherwise anyone could use up the nonces of
// others. The nonce comes first in the row's key because nonces are random and spread
// the load.
func (r *Registry) UseNonce(ctx context.Context, keyID, nonce, requestID string) error {
	key := store.Key{Table: Nonces(), Partition: nonce + "/" + keyID}
	err := r.store.Commit(ctx, store.Insert(key, store.Columns{store.String(colRequestID, requestID)}))
	if errors.Is(err, store.ErrCondition) {
		err = r.ours(ctx, key, requestID)
	}

	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNonceUsed):
		return err
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrNotApplied):
		err = unavailable(err)
	}

	return fmt.Errorf("record a nonce of key %s: %w", keyID, err)
}

// colRequestID says which call recorded a nonce.
const colRequestID = "request_id"

// ours returns nil if this call itself recorded the nonce: the service, or a proxy in
// front of it, received the insert twice. Otherwise it returns ErrNonceUsed.
func (r *Registry) ours(ctx context.Context, key store.Key, requestID string) error {
	rows, err := r.store.Read(ctx, key)
	if err != nil {
		return err
	}
	if rows[0].Exists() && rows[0].String(colRequestID) == requestID {
		return nil
	}
	return ErrNonceUsed
}
