package api

import (
	"errors"
	"math"
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
// Nobody can slow down others: a key's and an owner's calls count once their signature
// has been verified. A signature that does not match counts against its source. It counts
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

// admit admits a call whose caller is known.
func (t *throttle) admit(c *activeCall, now time.Time) error {
	for _, who := range []string{"key " + c.AccessKeyID, "owner " + c.owner} {
		if err := t.refusals.check(who, now); err != nil {
			return err
		}
		if err := t.calls.take(who, now); err != nil {
			return err
		}
	}
	return nil
}

// finish counts a call that was refused, for its key and its owner. A repeated nonce does
// not count: whoever has seen a request can send it again.
func (t *throttle) finish(c *activeCall, err error, now time.Time) {
	if answer := refusal(err); answer.Status >= 500 || answer.Code == "SignatureNonceUsed" {
		return
	}
	_ = t.refusals.take("key "+c.AccessKeyID, now) // it holds for the next call
	_ = t.refusals.take("owner "+c.owner, now)
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
