package access

import (
	"context"
	"errors"

	"aegis/shared/store"
)

// Nonces is the table of nonces seen, forgotten after a day.
func Nonces() store.Table {
	return store.Table{Name: "nonces", Partition: "nonce", TTLSeconds: 24 * 60 * 60}
}

// ErrNonceUsed: the key has been used with this nonce before.
var ErrNonceUsed = errors.New("the nonce was used already")

// UseNonce records a key's nonce, or tells that it was used (ErrNonceUsed). With
// ErrUnavailable it may have been recorded: a retry needs a new nonce, which
// every client sends.
//
// Only verified requests may come here, else anyone could use up others' nonces.
// The nonce leads the row's key, since nonces are random and spread the load.
func (r *Registry) UseNonce(ctx context.Context, keyID, nonce, requestID string) error {
	err := r.gate.Commit(ctx, store.Change{ // as store.Insert, on a small stack: every call has a goroutine here
		Kind: store.Inserted, Key: store.Key{Table: Nonces(), Partition: nonce + "/" + keyID},
		Columns: store.Columns{store.String("request_id", requestID)},
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrCondition):
		return ErrNonceUsed
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrNotApplied):
		err = &unavailable{err}
	}
	return &failure{"record a nonce of", keyID, err}
}
