package sale

import "time"

// ReleaseInstance gives up an instance for ever.
const ReleaseInstance Operation = "ReleaseInstance"

// Release gives up an expired instance. The owner may then create another.
type Release struct {
	InstanceID string
	Channel    Channel
	Refund     bool          // the marketplace has paid the buyer back, or confirmed that it closed the instance: unexpired ones too
	After      time.Duration // that the instance must have been expired for
	Seen       int           // of a confirmed end: the instance's change number when it was said; 0: any
}

// Operation returns ReleaseInstance.
func (Release) Operation() Operation { return ReleaseInstance }

// Parameters returns the instance alone: it is released once.
func (r Release) Parameters() []Parameter { return []Parameter{{"InstanceId", r.InstanceID}} }

// Decide refuses while the instance is unexpired, unless the marketplace refunded it.
// It pays nothing back: the marketplace returns what it took. API and marketplace
// release what they sold; the timer releases both.
func (r Release) Decide(_ Catalogue, a Account, at DecideContext) (Decision, error) {
	instance, err := a.live(r.InstanceID)
	if err == nil && r.Channel != Timer {
		instance, err = a.soldBy(r.Channel, r.InstanceID)
	}
	if err != nil {
		return Decision{}, err
	}

	refunded := r.Refund && r.Channel == Market && !instance.changedSince(r.Seen)
	if !refunded && !instance.expiredFor(r.After, at.Now) {
		return Decision{}, refuse(InstanceNotExpired, "Instance %s is paid until %s.", instance.ID, instance.Period.End().Format(time.RFC3339))
	}
	return a.release(r.Channel, at)
}

// expiredFor reports whether the instance has been expired for at least d.
func (i Instance) expiredFor(d time.Duration, now time.Time) bool {
	return !now.Before(i.expiredSince().Add(d))
}

// expiredSince returns when the instance was marked expired, else when its term ends.
func (i Instance) expiredSince() time.Time {
	if !i.Expired.IsZero() {
		return i.Expired
	}
	return i.Period.End()
}
