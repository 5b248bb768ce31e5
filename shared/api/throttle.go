package api

import (
	"errors"
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"aegis/shared/pop"
)

// Rates are how many events a second one instance of a function lets pass. A burst of
// twice as many passes at once. 0: any number.
type Rates struct {
	Calls    float64 // of one key, one owner and one source
	Refusals float64 // of calls of one key and of one owner
	Failures float64 // signatures that do not match and unknown keys, of one key and of one source
}

// throttle holds the rates of one instance.
//
// Nobody can slow down others: a key's and an owner's calls count once the call has been
// accepted as theirs, and a request that is sent again counts for neither. A signature that does not match counts against its source. It counts
// against the key too, but there it only turns the answer to further such calls into
// Throttling.User.
type throttle struct{ calls, refusals, failures *buckets }

func newThrottle(r Rates) *throttle {
	return &throttle{newBuckets(r.Calls), newBuckets(r.Refusals), newBuckets(r.Failures)}
}

// arrive admits a call before anything is done for it.
func (t *throttle) arrive(c *activeCall, now time.Time) error {
	if err := t.failures.check("unknown "+c.AccessKeyID, now); err != nil {
		return err
	}
	if !c.source.IsValid() {
		return nil
	}
	source := c.source.String()
	if err := t.failures.check(source, now); err != nil {
		return err
	}
	return t.calls.take(source, now)
}

// refuse counts a call that was not authorised. It returns the error of the answer.
func (t *throttle) refuse(c *activeCall, err error, now time.Time) error {
	var answer *pop.Error
	if !errors.As(err, &answer) {
		return err
	}
	counted := "key " + c.AccessKeyID
	switch answer.Code {
	case "InvalidAccessKeyId.NotFound":
		counted = "unknown " + c.AccessKeyID
	case "SignatureDoesNotMatch":
	default:
		return err
	}

	if c.source.IsValid() {
		_ = t.failures.take(c.source.String(), now) // it holds for the next call
	}
	if throttled := t.failures.take(counted, now); throttled != nil {
		return throttled
	}
	return err
}

// admit admits a call whose caller is known. It counts nothing: whether the key may act
// for the owner is not certain before the call has run.
func (t *throttle) admit(c *activeCall, now time.Time) error {
	for _, who := range []string{"key " + c.AccessKeyID, "owner " + c.owner} {
		if err := t.refusals.check(who, now); err != nil {
			return err
		}
		if err := t.calls.check(who, now); err != nil {
			return err
		}
	}
	return nil
}

// finish counts a call that has run, for its key and its owner. A call that the key may not
// make counts for the key alone: its owner has nothing to do with it. A repeated nonce does
// not count at all: whoever has seen a request can send it again.
func (t *throttle) finish(c *activeCall, err error, now time.Time) {
	counted := []string{"key " + c.AccessKeyID, "owner " + c.owner}
	refused := false
	if err != nil {
		answer := refusal(err)
		refused = answer.Status < 500
		switch {
		case answer.Code == "SignatureNonceUsed":
			return
		case isAccess(answer.Code):
			counted = counted[:1]
		}
	}

	for _, who := range counted {
		_ = t.calls.take(who, now) // it holds for the next call
		if refused {
			_ = t.refusals.take(who, now)
		}
	}
}

// isAccess reports whether a code says that the key may not make the call.
func isAccess(code string) bool {
	return code == "Forbidden.RAM" || strings.HasPrefix(code, "InvalidAccessKeyId.") || strings.HasPrefix(code, "InvalidSecurityToken.")
}

// maxBuckets bounds the keys, owners and sources that one kind of event remembers.
const maxBuckets = 4096

// buckets are the rate limiters of one kind of event. They are safe for concurrent use.
type buckets struct {
	rate float64
	mu   sync.Mutex
	of   map[string]*rate.Limiter
}

func newBuckets(perSecond float64) *buckets {
	return &buckets{rate: perSecond, of: map[string]*rate.Limiter{}}
}

func (b *buckets) burst() int { return max(1, int(math.Ceil(2*b.rate))) }

// take counts an event, or returns Throttling.User if there were too many.
func (b *buckets) take(who string, now time.Time) error {
	if b.rate == 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, ok := b.of[who]
	if !ok {
		b.makeRoom(now)
		limiter = rate.NewLimiter(rate.Limit(b.rate), b.burst())
		b.of[who] = limiter
	}
	if limiter.AllowN(now, 1) {
		return nil
	}
	return b.throttled(limiter, now)
}

// check returns Throttling.User if there were too many events, and counts none.
func (b *buckets) check(who string, now time.Time) error {
	if b.rate == 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, ok := b.of[who]
	if !ok || limiter.TokensAt(now) >= 1 {
		return nil
	}
	return b.throttled(limiter, now)
}

func (b *buckets) throttled(limiter *rate.Limiter, now time.Time) error {
	wait := (1 - limiter.TokensAt(now)) / b.rate
	return pop.ThrottlingUser(time.Duration(math.Ceil(wait*1000)) * time.Millisecond)
}

// makeRoom forgets who has been quiet, and everybody if that is not enough: then there
// are more callers than one instance can serve anyway.
func (b *buckets) makeRoom(now time.Time) {
	if len(b.of) < maxBuckets {
		return
	}
	for who, limiter := range b.of {
		if limiter.TokensAt(now) >= float64(b.burst()) {
			delete(b.of, who)
		}
	}
	if len(b.of) > maxBuckets/2 {
		clear(b.of)
	}
}
