package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"aegis/scripts/internal/cloud"
)

const mendAccount = "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET to a key of the account that was deployed to"

// identify asks whose key this is.
func (e *exam) identify(ctx context.Context) error {
	var caller struct{ AccountID, Arn string }
	if err := e.Cloud.Do(ctx, cloud.GetCallerIdentity(), &caller); err != nil {
		return err
	}
	if caller.AccountID == "" {
		return fmt.Errorf("the answer of GetCallerIdentity names no account")
	}
	e.account = caller.AccountID
	return nil
}

// checkAccount compares the key's account with that of the roles of the deployment.
func checkAccount(_ context.Context, e *exam) finding {
	role := e.Values("FC_ROLE_SALES")
	if want := "acs:ram::" + e.account + ":role/"; len(role) < len(want) || role[:len(want)] != want {
		return bad(mendAccount, "the key is of account %s, FC_ROLE_SALES is %s", e.account, role)
	}
	return good("account %s", e.account)
}

// How far a clock may be off.
const (
	clockWarns = 5 * time.Second
	clockFails = 15 * time.Minute
)

// checkClock compares the date of an answer of the store with this machine's clock. The
// date may have no fractions of a second.
func checkClock(ctx context.Context, e *exam) finding {
	const mend = "synchronise this machine's clock (NTP)"
	began := e.Clock()
	theirs, err := e.storeTime(ctx)
	if err != nil {
		return bad("check the network between this machine and "+e.StoreURL, "%v", err)
	}
	middle := began.Add(e.Clock().Sub(began) / 2)
	switch off := middle.Sub(theirs).Truncate(time.Second); {
	case off.Abs() >= clockFails:
		return bad(mend, "ahead of the store by %s: every signature is refused", off)
	case off.Abs() > clockWarns:
		return warn(mend, "ahead of the store by %s", off)
	default:
		return good("ahead of the store by %s", off)
	}
}

// storeTime reads the store's time from any answer of it.
func (e *exam) storeTime(ctx context.Context) (time.Time, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.StoreURL, nil)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask the store for its time: %w", err)
	}
	response, err := e.HTTP.Do(request)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask the store for its time: %w", err)
	}
	_ = response.Body.Close()
	text := cmp.Or(response.Header.Get("x-ots-date"), response.Header.Get("Date"))
	if at, err := time.Parse("2006-01-02T15:04:05.000Z", text); err == nil {
		return at, nil
	}
	if at, err := http.ParseTime(text); err == nil {
		return at.Add(time.Second / 2), nil // it was cut to a second
	}
	return time.Time{}, fmt.Errorf("ask the store for its time: its answer has no date: %q", text)
}
