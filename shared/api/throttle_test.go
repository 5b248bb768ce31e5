package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/ledger"
	"aegis/shared/local/gateway"
)

// limited has the desk's service limit calls.
func (d *desk) limited(r api.Rates) {
	d.t.Helper()
	books, err := ledger.New(ledger.Config{Store: d.gate, Clock: d.clock})
	require.NoError(d.t, err)
	d.service, err = api.New(api.Config{Operations: api.All(), Access: d.keys, Backend: books, Clock: d.clock, Log: d.log, Rates: r})
	require.NoError(d.t, err)
}

// from sends a signed query from an address.
func (d *desk) from(address, key, secret string) answer {
	d.t.Helper()
	signer := d.signer()
	signer.AccessKeyID, signer.AccessKeySecret = key, secret
	r, err := http.NewRequest("POST", "http://aegis.test/?"+signer.SignV1("POST", summaryOf("")).Encode(), nil)
	require.NoError(d.t, err)
	r.RemoteAddr = address + ":4711"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	event, err := gateway.HTTPTriggerEvent(gateway.Request{Request: r, RequestID: "fc-1", At: d.now})
	require.NoError(d.t, err)
	return d.handle(event)
}

func (d *desk) requireThrottled(a answer, wait string) {
	d.t.Helper()
	d.requireError(a, 400, "Throttling.User", "")
	require.Equal(d.t, wait, a.header["x-acs-retry-after"])
}

func TestACallOfAKeyThatCallsTooOftenIsRefusedBeforeTheStoreIsAsked(t *testing.T) {
	d := open(t)
	d.putKey(access.Key{ID: "other", Secret: secret, Owner: "2"})
	d.limited(api.Rates{Calls: 2})
	for range 4 {
		require.Equal(t, 200, d.call(summaryOf("")).status)
	}
	reads, commits := d.gate.Counts()
	d.requireThrottled(d.call(create()), "500")
	after, afterCommits := d.gate.Counts()
	require.Equal(t, reads, after)
	require.Equal(t, commits, afterCommits)
	d.requireUntouched()
	d.requireError(d.callAs("other", secret, summaryOf("")), 400, "InvalidOwnerId", "") // others are not slowed down

	d.now = d.now.Add(500 * time.Millisecond)
	require.Equal(t, 200, d.call(create()).status)
}

func TestAnOwnerOfAResellerIsLimitedToo(t *testing.T) {
	d := open(t)
	for n := range 3 {
		d.putKey(access.Key{ID: fmt.Sprint("reseller", n), Secret: secret, Reseller: true}, owner)
	}
	d.limited(api.Rates{Calls: 1})
	require.Equal(t, 200, d.callAs("reseller0", secret, summaryOf(owner)).status)
	require.Equal(t, 200, d.callAs("reseller1", secret, summaryOf(owner)).status)
	d.requireThrottled(d.callAs("reseller2", secret, summaryOf(owner)), "1000")
}

func TestRefusalsAreLimited(t *testing.T) {
	d := open(t)
	d.limited(api.Rates{Refusals: 1})
	for range 2 {
		d.requireError(d.call(create("Duration=0")), 400, "InvalidParameter", "")
	}
	d.requireThrottled(d.call(create()), "1000")
	d.now = d.now.Add(time.Second)
	require.Equal(t, 200, d.call(create()).status)
}

func TestWrongSignaturesAreThrottledAndDoNotLockOutTheKey(t *testing.T) {
	d := open(t)
	d.limited(api.Rates{Failures: 1})
	for range 2 {
		d.requireError(d.from("192.0.2.1", keyID, "wrong"), 400, "SignatureDoesNotMatch", "")
	}
	d.requireThrottled(d.from("192.0.2.1", keyID, "wrong"), "1000")
	d.requireThrottled(d.from("192.0.2.1", keyID, secret), "1000") // the source has to wait
	d.requireThrottled(d.from("192.0.2.2", keyID, "wrong"), "1000")
	require.Equal(t, 200, d.from("192.0.2.3", keyID, secret).status, "the key's owner does not")
}

func TestAnUnknownKeyIsNotLookedUpForEver(t *testing.T) {
	d := open(t)
	d.limited(api.Rates{Failures: 1})
	for range 2 {
		d.requireError(d.callAs("none", secret, summaryOf("")), 404, "InvalidAccessKeyId.NotFound", "")
	}
	reads, _ := d.gate.Counts()
	d.requireThrottled(d.callAs("none", secret, summaryOf("")), "1000")
	after, _ := d.gate.Counts()
	require.Equal(t, reads, after)

	d.now = d.now.Add(time.Second)
	d.putKey(access.Key{ID: "none", Secret: secret, Owner: owner})
	require.Equal(t, 200, d.callAs("none", secret, summaryOf("")).status, "it holds as soon as it is made")
}

func TestAKeyIsLimitedToSourcesThatThePlatformSaw(t *testing.T) {
	d := open(t)
	here, err := access.ParseSource("192.0.2.0/24")
	require.NoError(t, err)
	forwarded, err := access.ParseSource("203.0.113.9")
	require.NoError(t, err)
	require.NoError(t, d.keys.EditLimits(context.Background(), keyID, func(l *access.Limits) { l.Sources = append(l.Sources, here) }))
	require.Equal(t, 200, d.from("192.0.2.1", keyID, secret).status)
	d.requireError(d.from("198.51.100.1", keyID, secret), 403, "Forbidden.RAM", "limited")

	require.NoError(t, d.keys.EditLimits(context.Background(), keyID, func(l *access.Limits) { l.Sources[0] = forwarded }))
	d.requireError(d.from("192.0.2.1", keyID, secret), 403, "Forbidden.RAM", "limited") // a header is not believed
}

func TestAKeyThatReadsDoesNotSell(t *testing.T) {
	d := open(t)
	require.NoError(t, d.keys.EditLimits(context.Background(), keyID, func(l *access.Limits) { l.ReadOnly = true }))
	require.Equal(t, 200, d.call(summaryOf("")).status)
	d.requireError(d.call(create()), 403, "Forbidden.RAM", "limited")
	d.requireUntouched()
}

func TestAnswersAreNotCachedAndNotGuessed(t *testing.T) {
	d := open(t)
	for _, a := range []answer{d.call(summaryOf("")), d.call(create("Duration=0")), d.handle([]byte(strings.Repeat("x", 9)))} {
		require.Equal(t, "nosniff", a.header["X-Content-Type-Options"])
		require.Equal(t, "no-store", a.header["Cache-Control"])
	}
}

func TestASourceIsLimitedWhateverKeysItNames(t *testing.T) {
	d := open(t)
	d.limited(api.Rates{Calls: 1})
	d.requireError(d.from("192.0.2.1", "none", secret), 404, "InvalidAccessKeyId.NotFound", "")
	d.requireError(d.from("192.0.2.1", keyID, "wrong"), 400, "SignatureDoesNotMatch", "")
	d.requireThrottled(d.from("192.0.2.1", keyID, secret), "1000")
	require.Equal(t, 200, d.from("192.0.2.2", keyID, secret).status)
}

func TestARequestThatSomebodySendsAgainDoesNotUseUpTheKeysRefusals(t *testing.T) {
	d := open(t)
	d.limited(api.Rates{Refusals: 1})
	target := "/?" + d.signer().SignV1("POST", summaryOf("")).Encode()
	require.Equal(t, 200, d.send("POST", target, "", nil).status)
	for range 3 {
		d.requireError(d.send("POST", target, "", nil), 400, "SignatureNonceUsed", "")
	}
	require.Equal(t, 200, d.call(summaryOf("")).status)
}

// A key that is cached decides on an owner before its grant is read: until then the call
// is not the owner's.
func TestAKeyWithoutAGrantUsesUpNothingOfTheOwner(t *testing.T) {
	for name, rates := range map[string]api.Rates{"calls": {Calls: 1}, "refusals": {Refusals: 1}} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			for _, key := range []string{"LTAI-one", "LTAI-two", "LTAI-three"} {
				d.putKey(access.Key{ID: key, Secret: secret, Reseller: true}, "2")
			}
			d.limited(rates)
			for _, key := range []string{"LTAI-one", "LTAI-two", "LTAI-three"} {
				d.callAs(key, secret, summaryOf("2")) // it is cached now
				require.NotEqual(t, 200, d.callAs(key, secret, summaryOf(owner)).status)
			}
			bought := d.call(create())
			require.Equal(t, 200, bought.status, bought.body)
		})
	}
}
