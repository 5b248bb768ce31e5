package laws

import (
	"slices"
	"time"
)

// term is the current knowledge about an instance.
type term struct {
	channel           string
	edition, machines int
	ends              time.Time
	released          bool
	last              string      // order
	steps             []time.Time // the ends that the marketplace sold and did not refund, in order
	corrected         time.Time   // the end that an operator last set
}

func (j *judge) create(o Order, known bool) {
	switch {
	case known:
		j.broken(o, "instance %s was created before", o.Instance)
	case j.live != "":
		j.broken(o, "instance %s is live", j.live)
	case o.Channel != "api" && o.Channel != "market":
		j.broken(o, "channel %s sells nothing", o.Channel)
	}

	t := &term{channel: o.Channel, edition: o.Edition, machines: o.Machines, ends: o.Expires, last: o.ID, steps: []time.Time{o.Expires}}
	j.terms[o.Instance] = t
	j.live = o.Instance
	if o.Channel == "api" {
		const day = 24 * time.Hour // a purchase ends at the midnight after its last instant
		j.paidFor(o, o.Expires.Sub(o.At)-day, o.Edition, o.Machines)
		j.noMoreThanBought(o, o.Expires.Sub(o.At)-day)
	}
}

func (j *judge) change(o Order, t *term) {
	added := o.Expires.Sub(t.ends)
	switch o.Operation {
	case "RenewInstance":
		j.renewal(o, t, added)
	case "UpgradeInstance":
		j.upgrade(o, t, added)
	case "RefundRenewInstance":
		j.refund(o, t, added)
	case "ReleaseInstance":
		t.released = true
		j.live = ""
		j.ends(o, t, added)
	case "ExpireInstance":
		j.ends(o, t, added)
	case "CorrectInstance":
		t.cut(o.Expires)
		t.corrected = o.Expires
	case "AdoptInstance":
	default:
		if added != 0 || o.Edition != t.edition || o.Machines != t.machines || o.Amount != 0 {
			j.broken(o, "it changes what is licensed")
		}
	}
}

func (j *judge) renewal(o Order, t *term, added time.Duration) {
	if o.Edition != t.edition || o.Machines != t.machines {
		j.broken(o, "a renewal changes what is licensed: edition %d for %d to %d for %d", t.edition, t.machines, o.Edition, o.Machines)
	}
	switch {
	case added < 0:
		j.broken(o, "a renewal takes %s", -added)
	case o.Channel == "market":
		t.sold(o)
	case added == 0:
		j.broken(o, "a renewal was charged %d fen and adds no time", o.Amount)
	default:
		j.paidFor(o, added, o.Edition, o.Machines)
		j.noMoreThanBought(o, added)
	}
}

// sold records an end that the marketplace sold. Its renewals arrive in any order.
func (t *term) sold(o Order) {
	if o.Until.IsZero() || slices.ContainsFunc(t.steps, o.Until.Equal) {
		return
	}
	t.steps = append(t.steps, o.Until)
	slices.SortFunc(t.steps, time.Time.Compare)
}

// cut shortens what the marketplace sold to an end that an operator has set: a renewal
// that was cut can still be refunded.
func (t *term) cut(end time.Time) {
	after := func(step time.Time) bool { return step.After(end) }
	if !slices.ContainsFunc(t.steps, after) {
		return
	}
	t.steps = slices.DeleteFunc(t.steps, after)
	if !slices.ContainsFunc(t.steps, end.Equal) {
		t.steps = append(t.steps, end)
	}
}

func (j *judge) refund(o Order, t *term, added time.Duration) {
	if o.Channel != "market" || added > 0 {
		j.broken(o, "a refund by %s moves the end by %s", o.Channel, added)
		return
	}

	last := len(t.steps) - 1
	undoes := last > 0 && t.steps[last].Equal(t.ends) && t.before(last).Equal(o.Expires)
	if o.Reason == "" && !undoes {
		j.broken(o, "it undoes no renewal that was not undone before")
	}

	t.steps = slices.DeleteFunc(t.steps, func(end time.Time) bool { return end.After(o.Expires) })
}

// before returns the end from which a renewal went on: the step before its own, or what an
// operator had added to that.
func (t *term) before(step int) time.Time {
	if t.corrected.After(t.steps[step-1]) && t.corrected.Before(t.steps[step]) {
		return t.corrected
	}
	return t.steps[step-1]
}

func (j *judge) noMoreThanBought(o Order, time time.Duration) {
	if o.Longest > 0 && time > o.Longest {
		j.broken(o, "it bought %s at most and got %s", o.Longest, time)
	}
}

func (j *judge) upgrade(o Order, t *term, added time.Duration) {
	if added != 0 {
		j.broken(o, "an upgrade moves the end by %s", added)
	}
	if o.Machines < t.machines {
		j.broken(o, "an upgrade takes machines: %d to %d", t.machines, o.Machines)
	}
	if !o.At.Before(t.ends) {
		j.broken(o, "an upgrade of a term that is over")
	}
	if o.Channel != "api" {
		return
	}

	to := j.prices[o.Edition] * int64(o.Machines)
	from := j.prices[t.edition] * int64(t.machines)
	if j.prices[o.Edition] != 0 && j.prices[t.edition] != 0 {
		j.atLeast(o, to-from, t.ends.Sub(o.At))
	}
}

// ends checks the end of a term by expiry or release.
func (j *judge) ends(o Order, t *term, added time.Duration) {
	if added != 0 {
		j.broken(o, "it moves the end of the term by %s", added)
	}
	own := o.Channel == "api" || o.Channel == "timer"
	if own && o.Operation == "ExpireInstance" && o.At.Before(t.ends) {
		j.broken(o, "the term is paid until %s", t.ends)
	}
}
