package access_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/store"
)

// accepts reports whether a call that was signed with a secret is accepted, by the
// stored key and by the cached one.
func (l *lobby) accepts(t *testing.T, id, secret string) bool {
	t.Helper()
	_, stored := l.another(t, masterText).Authorize(context.Background(), call(id, secret, ""))
	caller, cached := l.Authorize(context.Background(), call(id, secret, ""))
	if cached == nil {
		cached = caller.Check(l.rows(t, caller))
	}
	require.Equal(t, stored == nil, cached == nil, "stored: %v, cached: %v", stored, cached)
	return stored == nil
}

func TestAKeyIsNotCreatedTwice(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	require.NoError(t, l.Create(ctx, access.Key{ID: "a", Secret: "s", Owner: "1"}, nil))
	require.ErrorIs(t, l.Create(ctx, access.Key{ID: "a", Secret: "other", Owner: "2"}, nil), access.ErrExists)
	require.True(t, l.accepts(t, "a", "s"))

	t.Run("nor when somebody else creates it at the same time", func(t *testing.T) {
		l.gate.BeforeCommit = func(int, []store.Change) error {
			l.gate.BeforeCommit = nil
			return l.another(t, masterText).Create(ctx, access.Key{ID: "b", Secret: "first", Owner: "1"}, nil)
		}
		require.ErrorIs(t, l.Create(ctx, access.Key{ID: "b", Secret: "second", Owner: "1"}, nil), access.ErrExists)
		require.True(t, l.accepts(t, "b", "first"))
	})
}

func TestASlashInAKeysIdIsRefusedBecauseNoncesWouldCollide(t *testing.T) {
	l := open(t)
	for _, id := range []string{"a/b", "a b", "a\x1b", "é"} {
		require.ErrorContains(t, l.Create(context.Background(), access.Key{ID: id, Secret: "s", Owner: "1"}, nil), "slash")
	}
}

func TestAChangeOfAKeyChangesNothingElse(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	expires := l.now.Add(time.Hour)
	l.put(t, access.Key{
		ID: "a", Secret: "s", Owner: "1", Reseller: true, Disabled: true, SecurityToken: "sts", Expires: expires, Operations: []string{"DepositBalance"},
	}, "2", "3")
	before, err := l.Find(ctx, "a")
	require.NoError(t, err)
	same := func(change func(*access.Key), owners ...string) {
		t.Helper()
		change(&before)
		after, err := l.another(t, masterText).Find(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, before, after)
		granted, err := l.Grants(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, owners, granted)
	}

	require.NoError(t, l.SetDisabled(ctx, "a", false))
	same(func(k *access.Key) { k.Disabled = false }, "2", "3")
	require.NoError(t, l.EditOperations(ctx, "a", func(o []string) []string { return append(o, "AdjustBalance") }))
	same(func(k *access.Key) { k.Operations = append(k.Operations, "AdjustBalance") }, "2", "3")
	require.NoError(t, l.Grant(ctx, "a", []string{"3", "4"}))
	same(func(*access.Key) {}, "2", "3", "4")
	require.NoError(t, l.Revoke(ctx, "a", []string{"2", "9"}))
	same(func(*access.Key) {}, "3", "4")
	require.NoError(t, l.EditLimits(ctx, "a", func(l *access.Limits) { l.ReadOnly = true }))
	same(func(k *access.Key) { k.Limits.ReadOnly = true }, "3", "4")
	require.NoError(t, l.EditLimits(ctx, "a", func(l *access.Limits) { l.Operations = []string{"GetSummary"} }))
	same(func(k *access.Key) { k.Limits.Operations = []string{"GetSummary"} }, "3", "4")
	require.NoError(t, l.Rotate(ctx, "a", "new", 0))
	same(func(k *access.Key) { k.Secret = "new" }, "3", "4")

	for name, change := range map[string]func() error{
		"disable": func() error { return l.SetDisabled(ctx, "none", true) },
		"rotate":  func() error { return l.Rotate(ctx, "none", "s", 0) },
		"grant":   func() error { return l.Grant(ctx, "none", []string{"1"}) },
		"revoke":  func() error { return l.Revoke(ctx, "none", []string{"1"}) },
	} {
		require.ErrorIs(t, change(), access.ErrNoKey, name)
	}
	l.put(t, access.Key{ID: "own", Secret: "s", Owner: "1"})
	require.ErrorContains(t, l.Grant(ctx, "own", []string{"2"}), "only a reseller")
}

func TestARotatedKeyHasTwoSecretsForTheOverlap(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.put(t, access.Key{ID: "a", Secret: "one", Owner: "1"})
	require.NoError(t, l.Rotate(ctx, "a", "two", time.Hour))
	require.True(t, l.accepts(t, "a", "one"))
	require.True(t, l.accepts(t, "a", "two"))
	require.False(t, l.accepts(t, "a", "three"))

	t.Run("and is not rotated again meanwhile, because the oldest would end", func(t *testing.T) {
		require.ErrorIs(t, l.Rotate(ctx, "a", "three", time.Hour), access.ErrRotating)
		require.True(t, l.accepts(t, "a", "one"))
	})
	t.Run("and no longer", func(t *testing.T) {
		l.now = l.now.Add(time.Hour)
		require.False(t, l.accepts(t, "a", "one"))
		require.True(t, l.accepts(t, "a", "two"))
	})
	t.Run("without an overlap every other secret ends at once", func(t *testing.T) {
		require.NoError(t, l.Rotate(ctx, "a", "three", time.Hour))
		require.NoError(t, l.Rotate(ctx, "a", "four", 0))
		for _, secret := range []string{"one", "two", "three"} {
			require.False(t, l.accepts(t, "a", secret), secret)
		}
		require.True(t, l.accepts(t, "a", "four"))
	})
}

// counted counts the secrets that a signature is verified with.
type counted struct {
	signedWith
	tried *[]string
}

func (c counted) Verify(secret string) error {
	*c.tried = append(*c.tried, secret)
	return c.signedWith.Verify(secret)
}

func TestBothSecretsAreTriedWhicheverWasUsed(t *testing.T) {
	l := open(t)
	l.put(t, access.Key{ID: "a", Secret: "one", Owner: "1"})
	require.NoError(t, l.Rotate(context.Background(), "a", "two", time.Hour))
	for _, secret := range []string{"one", "two", "neither"} {
		var tried []string
		request := call("a", "", "")
		request.Signature = counted{signedWith(secret), &tried}
		_, _ = l.another(t, masterText).Authorize(context.Background(), request)
		require.Equal(t, []string{"two", "one"}, tried, secret)
	}
}

func TestARotationWhoseAnswerIsLostIsDone(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.put(t, access.Key{ID: "a", Secret: "one", Owner: "1"})
	l.gate.AfterCommit = func(int, []store.Change) error { return store.ErrUnknown }
	require.NoError(t, l.Rotate(ctx, "a", "two", time.Hour))
	l.gate.AfterCommit = nil
	require.True(t, l.accepts(t, "a", "two"))
}

func TestAKeyIsChangedByOneAtATime(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	l.put(t, access.Key{ID: "a", Secret: "one", Owner: "1"})
	l.gate.BeforeCommit = func(int, []store.Change) error {
		l.gate.BeforeCommit = nil
		return l.another(t, masterText).SetDisabled(ctx, "a", true)
	}
	require.ErrorIs(t, l.Rotate(ctx, "a", "two", time.Hour), access.ErrChanged)
}

func TestAKeyIsLimited(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	source, err := access.ParseSource("192.0.2.0/24")
	require.NoError(t, err)
	one, err := access.ParseSource("2001:db8::7")
	require.NoError(t, err)
	l.put(t, access.Key{ID: "some", Secret: "s", Owner: "1", Limits: access.Limits{Operations: []string{"GetSummary", "RenewInstance"}}})
	l.put(t, access.Key{ID: "reads", Secret: "s", Owner: "1", Limits: access.Limits{ReadOnly: true}})
	l.put(t, access.Key{ID: "here", Secret: "s", Owner: "1", Limits: access.Limits{Sources: []netip.Prefix{source, one}}})
	for _, c := range []struct {
		name, key, operation string
		reads                bool
		source               string
		want                 error
	}{
		{"an operation of the list", "some", "RenewInstance", false, "", nil},
		{"another operation", "some", "CreateInstance", false, "", access.ErrLimited},
		{"a query of a key that reads", "reads", "GetSummary", true, "", nil},
		{"a change of a key that reads", "reads", "CreateInstance", false, "", access.ErrLimited},
		{"an address of the range", "here", "CreateInstance", false, "192.0.2.9", nil},
		{"the same as IPv6 writes it", "here", "CreateInstance", false, "::ffff:192.0.2.9", nil},
		{"a single address", "here", "CreateInstance", false, "2001:db8::7", nil},
		{"another address", "here", "CreateInstance", false, "192.0.3.9", access.ErrLimited},
		{"an address that is not known", "here", "CreateInstance", false, "", access.ErrLimited},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := call(c.key, "s", "")
			request.Operation, request.Reads = c.operation, c.reads
			request.Source, _ = netip.ParseAddr(c.source)
			_, err := l.another(t, masterText).Authorize(ctx, request)
			require.ErrorIs(t, err, c.want)
		})
	}

	t.Run("and a new limit holds at once in a warm function", func(t *testing.T) {
		l.put(t, access.Key{ID: "warm", Secret: "s", Owner: "1"})
		request := call("warm", "s", "")
		_, err := l.Authorize(ctx, request)
		require.NoError(t, err)
		caller, err := l.Authorize(ctx, request)
		require.NoError(t, err)
		require.NoError(t, l.another(t, masterText).EditLimits(ctx, "warm", func(l *access.Limits) { l.ReadOnly = true }))
		require.ErrorIs(t, caller.Check(l.rows(t, caller)), access.ErrLimited)
	})
	t.Run("whose state is for those who know its secret", func(t *testing.T) {
		_, err := l.Authorize(ctx, call("reads", "other", ""))
		require.ErrorIs(t, err, errSignature)
	})
}

func TestASourceIsAnAddressOrARange(t *testing.T) {
	for text, want := range map[string]string{"192.0.2.7": "192.0.2.7/32", "192.0.2.7/24": "192.0.2.0/24", "::1": "::1/128", "::ffff:192.0.2.7": "192.0.2.7/32"} {
		p, err := access.ParseSource(text)
		require.NoError(t, err)
		require.Equal(t, want, p.String())
	}
	for _, text := range []string{"", "here", "192.0.2.7:80", "192.0.2.0/33", "fe80::1%eth0", "::ffff:192.0.2.0/120"} {
		_, err := access.ParseSource(text)
		require.Error(t, err, text)
	}
}

func TestAKeyIsNotDisabledByAPublicSecretThatWasRotatedAway(t *testing.T) {
	l := open(t)
	ctx := context.Background()
	require.NoError(t, l.Create(ctx, access.Key{ID: "a", Secret: "public", Owner: "1"}, nil))
	require.NoError(t, l.Rotate(ctx, "a", "secret", time.Hour))

	deployed, err := access.New(access.Config{
		Store: l.gate, Master: master(t, masterText), Clock: func() time.Time { return l.now }, Public: []string{"public"},
	})
	require.NoError(t, err)
	k, err := deployed.Find(ctx, "a")
	require.NoError(t, err)
	require.False(t, k.Disabled)
	_, err = deployed.Authorize(ctx, call("a", "public", ""))
	require.Error(t, err, "the overlap is not for a secret that everyone knows")
}
