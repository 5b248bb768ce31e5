package sale

import "time"

// The life of an instance after its creation. The commands AutoRenew, Expire and
// Release decide which step may follow.
const (
	RenewalLead         = 9 * 24 * time.Hour  // automatic renewal is first tried so long before the expiry
	DefaultReleaseAfter = 15 * 24 * time.Hour // and the release comes so long after it

	renewalOpens, renewalCloses = 8, 18 // hours of Asia/Shanghai
)

// ExpiredAt reports whether the instance cannot be used at a moment: its term is
// over, or it is marked expired from an earlier moment on.
func (i Instance) ExpiredAt(now time.Time) bool {
	return !now.Before(i.Period.End()) || !i.Expired.IsZero() && !now.Before(i.Expired)
}

// RenewalHours reports whether automatic renewals are made at this time of day: 08:00
// to 18:00 in Asia/Shanghai, when people who are charged can be reached.
func RenewalHours(now time.Time) bool {
	hour := now.In(Shanghai()).Hour()
	return hour >= renewalOpens && hour < renewalCloses
}

// NextRenewal returns when automatic renewal is tried next: from nine days before the
// expiry, once a day, in renewal hours. It is zero for an instance that is renewed by
// hand.
func (i Instance) NextRenewal() time.Time {
	switch {
	case i.AutoRenewMonths == 0 || i.Channel == Market:
		return time.Time{}
	case i.RenewalTried.IsZero():
		return nextRenewalHour(i.Period.End().Add(-RenewalLead))
	}
	year, month, day := i.RenewalTried.In(Shanghai()).Date()
	return time.Date(year, month, day+1, renewalOpens, 0, 0, 0, Shanghai())
}

// nextRenewalHour returns t if it is in the renewal hours, else their next beginning.
func nextRenewalHour(t time.Time) time.Time {
	if RenewalHours(t) {
		return t
	}
	year, month, day := t.In(Shanghai()).Date()
	if t.In(Shanghai()).Hour() >= renewalCloses {
		day++
	}
	return time.Date(year, month, day, renewalOpens, 0, 0, 0, Shanghai())
}

// DueQueue is the list on which the timer finds an instance.
type DueQueue string

const (
	Running DueQueue = "running" // in its term, or expired and still to be renewed automatically
	Expired DueQueue = "expired" // to be released
)

// Due returns the queue that the account's instance is in and from when the timer
// has to look at it: Running at the next try of a renewal or at the expiry, Expired
// from the expiry on. ok is false without an instance.
func (a Account) Due() (on DueQueue, at time.Time, ok bool) {
	i := a.Instance
	if i == nil {
		return "", time.Time{}, false
	}

	renewal := i.NextRenewal()
	switch {
	case i.Expired.IsZero() && (renewal.IsZero() || i.Period.End().Before(renewal)):
		return Running, i.Period.End(), true
	case renewal.IsZero():
		return Expired, i.Expired, true
	}

	return Running, renewal, true
}

// RenewalFailed returns the account with a note that the renewal at an expiry was
// refused and why, so that it is tried again the next day. ok is false if the instance
// is no longer at that expiry.
func (a Account) RenewalFailed(instanceID string, expiry, now time.Time, why Code) (_ Account, ok bool) {
	if a.Instance == nil || a.Instance.ID != instanceID || !a.Instance.Period.End().Equal(expiry) {
		return a, false
	}
	i := *a.Instance
	i.RenewalTried, i.RenewalFailure = now, why
	a.Instance = &i
	return a, true
}

// prolong returns the instance with a new term and without the notes about the last
// one.
func (i Instance) prolong(p Period) Instance {
	i.Period = p
	i.Expired = time.Time{}
	i.RenewalTried = time.Time{}
	i.RenewalFailure = ""
	return i
}
