package access_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/store"
)

func keyRowOf(id string) store.Key {
	return store.Key{Table: access.Keys(), Partition: id, Sort: "key"}
}

func TestSecretsMoveToANewMasterKey(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	require.NoError(t, l.EnsureCanary(ctx))
	l.put(t, access.Key{ID: "a", Secret: "one", Owner: "1", SecurityToken: "sts"})
	require.NoError(t, l.Rotate(ctx, "a", "two", time.Hour))
	before, err := l.Find(ctx, "a")
	require.NoError(t, err)

	both := l.another(t, otherText+", "+masterText)
	found, err := both.Find(ctx, "a")
	require.NoError(t, err, "both open it, before it is resealed")
	require.Equal(t, before, found)
	changed, err := both.Reseal(ctx, "a")
	require.NoError(t, err)
	require.True(t, changed)
	require.NoError(t, both.ResealCanary(ctx))

	found, err = l.another(t, otherText).Find(ctx, "a")
	require.NoError(t, err, "the new one alone opens every secret of it")
	require.Equal(t, before, found)
	require.NoError(t, l.another(t, otherText).CheckMasterKey(ctx))
	_, err = l.another(t, masterText).Find(ctx, "a")
	require.ErrorIs(t, err, access.ErrMasterKey)

	t.Run("and once", func(t *testing.T) {
		before, _ := l.gate.Counts()
		changed, err := both.Reseal(ctx, "a")
		require.NoError(t, err)
		require.False(t, changed)
		after, _ := l.gate.Counts()
		require.Equal(t, 1, after-before)
		_, err = both.Reseal(ctx, "none")
		require.ErrorIs(t, err, access.ErrNoKey)
	})
}

// sealedBefore seals as the releases before versions did.
func sealedBefore(t *testing.T, keyID, secret string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(masterText)
	require.NoError(t, err)
	block, err := aes.NewCipher(raw)
	require.NoError(t, err)
	aead, err := cipher.NewGCM(block)
	require.NoError(t, err)
	nonce := []byte("twelve bytes")
	return aead.Seal(nonce, nonce, []byte(secret), []byte(keyID))
}

func TestASecretOfAnEarlierReleaseOpensAndIsResealed(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	old := store.Insert(keyRowOf("old"), store.Columns{
		store.Bytes("secret", sealedBefore(t, "old", "s")), store.String("owner", "1"), store.Int("rev", 7),
	})
	require.NoError(t, l.gate.Client.Commit(ctx, old))
	require.True(t, l.accepts(t, "old", "s"))
	changed, err := l.Reseal(ctx, "old")
	require.NoError(t, err)
	require.True(t, changed)
	require.True(t, l.accepts(t, "old", "s"))
}

func TestAWrongMasterKeyIsToldByTheFirstCallWhicheverKeyItNames(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	require.NoError(t, l.EnsureCanary(ctx))
	l.put(t, access.Key{ID: "a", Secret: "s", Owner: "1"})
	wrong := l.another(t, otherText)
	for _, id := range []string{"a", "none"} {
		_, err := wrong.Authorize(ctx, call(id, "s", ""))
		require.ErrorIs(t, err, access.ErrWrongMasterKey, id)
	}
	require.ErrorIs(t, wrong.CheckMasterKey(ctx), access.ErrWrongMasterKey)
	require.ErrorIs(t, wrong.EnsureCanary(ctx), access.ErrWrongMasterKey, "and makes no canary of its own")

	t.Run("at no round trip, and once", func(t *testing.T) {
		right := l.another(t, masterText)
		before, _ := l.gate.Counts()
		_, err := right.Authorize(ctx, call("a", "s", ""))
		require.NoError(t, err)
		after, _ := l.gate.Counts()
		require.Equal(t, 1, after-before)

		rows := 0
		l.gate.BeforeRead = func(_ int, keys []store.Key) error { rows = len(keys); return nil }
		_, err = right.Authorize(ctx, call("none", "s", ""))
		require.ErrorIs(t, err, errUnknown)
		require.Equal(t, 2, rows)
		l.gate.BeforeRead = nil
	})
}

func TestAMasterKeyIsFetchedByTheFirstCallThatNeedsIt(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.put(t, access.Key{ID: "a", Secret: "s", Owner: "1"})
	fetched, down := 0, true
	r, err := access.New(access.Config{Store: l.gate, Unwrap: func(context.Context) (access.MasterKey, error) {
		if fetched++; down {
			return access.MasterKey{}, errors.New("no answer")
		}
		return access.ParseMasterKey(masterText)
	}})
	require.NoError(t, err)
	require.Zero(t, fetched)

	_, err = r.Authorize(ctx, call("a", "s", ""))
	require.ErrorIs(t, err, access.ErrUnavailable, "the caller tries again")
	down = false
	for range 3 {
		_, err = r.Authorize(ctx, call("a", "s", ""))
		require.NoError(t, err)
	}
	require.Equal(t, 2, fetched, "once it was fetched it is kept")
}

func TestAKeyWhoseSecretEverybodyKnowsIsDisabled(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.put(t, access.Key{ID: "a", Secret: "public-secret", Owner: "1"})
	r, err := access.New(access.Config{Store: l.gate, Master: master(t, masterText), Public: []string{"public-secret"}})
	require.NoError(t, err)
	for range 2 { // stored and cached
		_, err = r.Authorize(ctx, call("a", "public-secret", ""))
		require.ErrorIs(t, err, access.ErrDisabled)
	}
}
