package access_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

const (
	masterText = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	otherText  = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
)

func master(t testing.TB, text string) access.MasterKey {
	t.Helper()
	m, err := access.ParseMasterKey(text)
	require.NoError(t, err)
	return m
}

// lobby is a registry on a real store, with a clock to turn.
type lobby struct {
	*access.Registry
	gate *storetest.Faulty
	now  time.Time
}

func open(t testing.TB) *lobby {
	t.Helper()
	s, _ := storetest.Start(t, access.Keys(), access.Nonces(), access.Ceilings())
	l := &lobby{gate: &storetest.Faulty{Client: s}, now: time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)}
	l.Registry = l.another(t, masterText)
	return l
}

// another is a registry on the same store that has seen nothing yet.
func (l *lobby) another(t testing.TB, masterKey string) *access.Registry {
	t.Helper()
	r, err := access.New(access.Config{Store: l.gate, Master: master(t, masterKey), Clock: func() time.Time { return l.now }})
	require.NoError(t, err)
	return r
}

func (l *lobby) put(t testing.TB, k access.Key, owners ...string) {
	t.Helper()
	require.NoError(t, l.Put(context.Background(), k, owners))
}

func TestAKeyIsFoundAsItWasPut(t *testing.T) {
	l := open(t)
	expires := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	k := access.Key{ID: "STS.a", Secret: "s€cret", Owner: "1", SecurityToken: "token", Expires: expires, Disabled: true}
	l.put(t, k)
	found, err := l.another(t, masterText).Find(context.Background(), "STS.a")
	require.NoError(t, err)
	require.True(t, expires.Equal(found.Expires))
	found.Expires = k.Expires
	require.Equal(t, k, found)
}

func TestASecretIsStoredSealed(t *testing.T) {
	l := open(t)
	l.put(t, access.Key{ID: "a", Secret: "the-secret", Owner: "1"})
	l.put(t, access.Key{ID: "b", Secret: "other", Owner: "1"})
	row := func(id string) store.Key { return store.Key{Table: access.Keys(), Partition: id, Sort: "key"} }
	rows, err := l.gate.Client.Read(context.Background(), row("a"), row("b"))
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(rows[0].Columns), "the-secret")
	require.NotContains(t, string(rows[0].Bytes("secret")), "the-secret")

	t.Run("and opens under no other master key", func(t *testing.T) {
		_, err := l.another(t, otherText).Find(context.Background(), "a")
		require.ErrorContains(t, err, "sealed under another master key")
		require.NotContains(t, err.Error(), "the-secret")
	})
	t.Run("and opens for no other key", func(t *testing.T) {
		moved := store.Update(row("b"), store.Columns{store.Bytes("secret", rows[0].Bytes("secret"))}, "rev", rows[1].Int("rev"))
		require.NoError(t, l.gate.Client.Commit(context.Background(), moved))
		_, err := l.another(t, masterText).Find(context.Background(), "b")
		require.ErrorContains(t, err, "for another key")
	})
}

// call returns a request of a caller who knows a key's secret.
func call(keyID, secret, named string) access.Request {
	return access.Request{KeyID: keyID, Owner: named, Nonce: "n", RequestID: "r", Signature: signedWith(secret)}
}

// signedWith is the signature of a request that was signed with a secret.
type signedWith string

var (
	errSignature = errors.New("the signature does not match")
	errUnknown   = errors.New("no such key")
)

func (s signedWith) Verify(secret string) error {
	if string(s) == secret {
		return nil
	}
	return errSignature
}

func (signedWith) VerifyUnknown() error { return errUnknown }

func TestWhomAKeyActsFor(t *testing.T) {
	l := open(t)
	l.put(t, access.Key{ID: "own", Secret: "s", Owner: "1"})
	l.put(t, access.Key{ID: "reseller", Secret: "s", Owner: "5", Reseller: true}, "2", "3")
	l.put(t, access.Key{ID: "pure", Secret: "s", Reseller: true}, "2")
	for _, c := range []struct{ name, key, named, owner string }{
		{"a key acts for its owner", "own", "", "1"},
		{"also when the call names it", "own", "1", "1"},
		{"but for no other", "own", "2", ""},
		{"a reseller's key acts for an owner granted", "reseller", "3", "3"},
		{"for its own account when named", "reseller", "5", "5"},
		{"but not without a name", "reseller", "", ""},
		{"and not for another's", "reseller", "1", ""},
		{"a key without an account has no default", "pure", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, key := range []string{"stored", "cached"} {
				caller, err := l.Authorize(context.Background(), call(c.key, "s", c.named))
				if err == nil {
					err = caller.Check(l.rows(t, caller))
				}
				if c.owner == "" {
					require.ErrorIs(t, err, access.ErrForbidden, key)
					continue
				}
				require.NoError(t, err, key)
				require.Equal(t, c.owner, caller.Owner, key)
			}
		})
	}
}

// rows reads what a call reads along with its own rows.
func (l *lobby) rows(t testing.TB, c *access.Caller) []store.Row {
	t.Helper()
	if len(c.Keys()) == 0 {
		return nil
	}
	rows, err := l.gate.Client.Read(context.Background(), c.Keys()...)
	require.NoError(t, err)
	return rows
}

func TestACachedKeyIsComparedWithItsRows(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.put(t, access.Key{ID: "r", Secret: "s", Reseller: true}, "2")
	_, err := l.Authorize(ctx, call("r", "s", "2"))
	require.NoError(t, err)
	before, _ := l.gate.Counts()
	caller, err := l.Authorize(ctx, call("r", "s", "2"))
	require.NoError(t, err)
	require.NotEmpty(t, caller.Keys())
	after, _ := l.gate.Counts()
	require.Equal(t, before, after, "no read of its own")
	require.NoError(t, caller.Check(l.rows(t, caller)))

	t.Run("a grant that is gone does not hold any more though the key is unchanged", func(t *testing.T) {
		grant := store.Key{Table: access.Keys(), Partition: "r", Sort: "owner/2"}
		require.NoError(t, l.gate.Client.Commit(ctx, store.Delete(grant)))
		require.ErrorIs(t, caller.Check(l.rows(t, caller)), access.ErrForbidden)
	})
	t.Run("a grant that was revoked does not hold any more", func(t *testing.T) {
		l.put(t, access.Key{ID: "r", Secret: "s", Reseller: true}, "3")
		require.ErrorIs(t, caller.Check(l.rows(t, caller)), access.ErrForbidden)
	})
	t.Run("a key that was disabled is seen at once", func(t *testing.T) {
		l.put(t, access.Key{ID: "r", Secret: "s", Reseller: true, Disabled: true}, "2")
		require.ErrorIs(t, caller.Check(l.rows(t, caller)), access.ErrDisabled)
	})
	t.Run("and so is a new secret", func(t *testing.T) {
		l.put(t, access.Key{ID: "r", Secret: "new", Reseller: true}, "2")
		require.ErrorIs(t, caller.Check(l.rows(t, caller)), errSignature)
	})
}

func TestTheStateOfAKeyIsForThoseWhoKnowItsSecret(t *testing.T) {
	l := open(t)
	past := l.now.Add(-time.Second)
	l.put(t, access.Key{ID: "off", Secret: "s", Owner: "1", Disabled: true})
	l.put(t, access.Key{ID: "late", Secret: "s", Owner: "1", SecurityToken: "sts", Expires: past})
	l.put(t, access.Key{ID: "on", Secret: "s", Owner: "1", SecurityToken: "sts"})
	malformed := errors.New("the OwnerId is malformed")
	for _, c := range []struct {
		name, key, token string
		owner            error
		want             error
	}{
		{"disabled", "off", "", nil, access.ErrDisabled},
		{"expired", "late", "sts", nil, access.ErrExpired},
		{"another token", "on", "other", nil, access.ErrSecurityToken},
		{"a malformed owner", "on", "sts", malformed, malformed},
		{"unknown", "none", "", nil, errUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // stored and cached
				request := call(c.key, "s", "")
				request.SecurityToken, request.OwnerErr = c.token, c.owner
				_, err := l.Authorize(context.Background(), request)
				require.ErrorIs(t, err, c.want)

				request.Signature = signedWith("other")
				_, err = l.Authorize(context.Background(), request)
				if !errors.Is(c.want, errUnknown) {
					require.ErrorIs(t, err, errSignature)
				}
			}
		})
	}
}

func TestAnUnknownKeyIsNotRemembered(t *testing.T) {
	l := open(t)
	_, err := l.Find(context.Background(), "a")
	require.ErrorIs(t, err, access.ErrNoKey)
	_, err = l.Authorize(context.Background(), call("a", "s", ""))
	require.ErrorIs(t, err, errUnknown)
	l.put(t, access.Key{ID: "a", Secret: "s", Owner: "1"})
	_, err = l.Authorize(context.Background(), call("a", "s", ""))
	require.NoError(t, err)
}

func TestAKeyIsCachedForAMinute(t *testing.T) {
	l := open(t)
	l.put(t, access.Key{ID: "a", Secret: "s", Owner: "1"})
	isCached := func() bool {
		caller, err := l.Authorize(context.Background(), call("a", "s", ""))
		require.NoError(t, err)
		return len(caller.Keys()) > 0
	}
	require.False(t, isCached())
	l.now = l.now.Add(time.Minute - time.Nanosecond)
	require.True(t, isCached())
	l.now = l.now.Add(time.Nanosecond)
	require.False(t, isCached())
}

func TestPutSetsTheGrantsExactly(t *testing.T) {
	l := open(t)
	key := access.Key{ID: "r", Secret: "s", Reseller: true}
	many := make([]string, 450)
	for i := range many {
		many[i] = strconv.Itoa(1000 + i)
	}
	for _, owners := range [][]string{{"1", "2"}, {"2", "3"}, many, {"7"}} {
		l.put(t, key, owners...)
		got, err := l.Grants(context.Background(), "r")
		require.NoError(t, err)
		require.Equal(t, owners, got)
	}
}

func TestAKeyThatCannotWorkIsNotPut(t *testing.T) {
	l := open(t)
	for fault, k := range map[string]access.Key{
		"its id must have":    {Secret: "s", Owner: "1"},
		"its secret is empty": {ID: "a", Owner: "1"},
		"it needs an owner":   {ID: "a", Secret: "s"},
	} {
		require.ErrorContains(t, l.Put(context.Background(), k, nil), fault)
	}
	require.ErrorContains(t, l.Put(context.Background(), access.Key{ID: "a", Secret: "s", Owner: "1"}, []string{"2"}), "only a reseller")
}

func TestANonceIsGoodOncePerKey(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	require.NoError(t, l.UseNonce(ctx, "a", "n", "r1"))
	require.ErrorIs(t, l.UseNonce(ctx, "a", "n", "r2"), access.ErrNonceUsed)
	require.NoError(t, l.UseNonce(ctx, "b", "n", "r3"))
	require.NoError(t, l.UseNonce(ctx, "a", "m", "r4"))
}

func TestANonceThatMayHaveBeenRecordedIsNotCalledUsed(t *testing.T) {
	l := open(t)
	l.gate.AfterCommit = func(int, []store.Change) error { return store.ErrUnknown }
	err := l.UseNonce(context.Background(), "a", "n", "r")
	require.ErrorIs(t, err, access.ErrUnavailable)
	require.NotErrorIs(t, err, access.ErrNonceUsed)
}

func TestAStoreThatIsDownIsNoUnknownKey(t *testing.T) {
	l := open(t)
	l.gate.BeforeRead = func(int, []store.Key) error { return store.ErrNotApplied }
	_, err := l.Find(context.Background(), "a")
	require.ErrorIs(t, err, access.ErrUnavailable)
	require.NotErrorIs(t, err, access.ErrNoKey)
}

func TestABadMasterKeyIsRefused(t *testing.T) {
	for _, text := range []string{"", "short", "MDEyMzQ1Njc4OWFiY2RlZg==", "not base64 not base64 not base64 not base64"} {
		_, err := access.ParseMasterKey(text)
		require.ErrorContains(t, err, "32 bytes in base64")
	}
}

func TestANonceWhoseInsertWasResentIsNotTakenForAnother(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.gate.AfterCommit = func(int, []store.Change) error { return fmt.Errorf("applied, and sent again: %w", store.ErrCondition) }
	require.NoError(t, l.UseNonce(ctx, "k", "n", "request-1"))
	l.gate.AfterCommit = nil
	require.ErrorIs(t, l.UseNonce(ctx, "k", "n", "request-2"), access.ErrNonceUsed)
}
