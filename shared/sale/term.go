package sale

import "time"

// Cycle is the unit in which a term is bought: the parameter PricingCycle.
type Cycle string

const (
	Year  Cycle = "Year"
	Month Cycle = "Month"
	Day   Cycle = "Day"  // renewals only
	Hour  Cycle = "Hour" // renewals only
)

// Term is a length of time as it is bought: Duration times PricingCycle.
type Term struct {
	Duration int
	Cycle    Cycle
}

// longest returns how many of the unit one order may buy at most: ten years.
func (c Cycle) longest() int {
	switch c {
	case Year:
		return 10
	case Month:
		return 120
	case Day:
		return 3650
	case Hour:
		return 87600
	}

	return 0
}

// price returns what the term costs at a monthly rate: a year is ten months, a day
// 1/30 and an hour 1/720 of one, rounded up to a fen once, at the end. It is never
// below 1 fen.
func (t Term) price(monthly Fen) Fen {
	switch t.Cycle {
	case Year:
		return monthly * Fen(t.Duration) * 10
	case Month:
		return monthly * Fen(t.Duration)
	case Day:
		return ceiling(monthly, int64(t.Duration), 30)
	default:
		return ceiling(monthly, int64(t.Duration), 720)
	}
}

// Period is the time that an instance is paid for. It counts whole months from one
// anchor instead of stepping from expiry to expiry, so that renewals do not drift:
// bought on the 31st, it ends on the last day of a short month and on the 31st of a
// long one.
type Period struct {
	Anchor time.Time // when counting started: the purchase, or an exact end (Day, Hour, marketplace)
	Months int       // months paid for since; 0: the period ends at the anchor itself
	Exact  bool      // the anchor is an exact end: months end at its time of day, not at midnight
}

// Extend adds a term at the period's end. Years and months are counted on from
// the anchor; days and hours are exact and set a new anchor at their end.
func (p Period) Extend(t Term) Period {
	switch t.Cycle {
	case Year:
		return Period{Anchor: p.Anchor, Months: p.Months + 12*t.Duration, Exact: p.Exact}
	case Month:
		return Period{Anchor: p.Anchor, Months: p.Months + t.Duration, Exact: p.Exact}
	case Day:
		return until(p.End().Add(time.Duration(t.Duration) * 24 * time.Hour))
	default:
		return until(p.End().Add(time.Duration(t.Duration) * time.Hour))
	}
}

// until returns the exact period that ends at a moment.
func until(end time.Time) Period { return Period{Anchor: end, Exact: true} }

// End returns the instant at which the period is over: the anchor's day and time,
// Months later, or the last day of a month that lacks the day. A purchase of the API
// ends at the first midnight of Asia/Shanghai at or after that instant. An exact period
// ends at the instant itself, so that a renewal adds no part of a day that nobody paid
// for.
func (p Period) End() time.Time {
	if p.Months == 0 {
		return p.Anchor
	}
	end := monthsAfter(p.Anchor.In(Shanghai()), p.Months)
	if p.Exact {
		return end
	}
	return midnightAtOrAfter(end)
}

// Shanghai returns the calendar of every term: UTC+8 the whole year since 1991.
func Shanghai() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// monthsAfter returns t's day and time n months later, clamped to the month's last
// day. (time.AddDate would roll 31 January + 1 month over to 3 March.)
func monthsAfter(t time.Time, n int) time.Time {
	year, month, day := t.Date()
	month += time.Month(n)
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, t.Location()).Day() // the 0th of the next
	hour, minute, second := t.Clock()
	return time.Date(year, month, min(day, last), hour, minute, second, t.Nanosecond(), t.Location())
}

func midnightAtOrAfter(t time.Time) time.Time {
	year, month, day := t.Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, t.Location())
	if midnight.Before(t) {
		return midnight.AddDate(0, 0, 1)
	}
	return midnight
}
