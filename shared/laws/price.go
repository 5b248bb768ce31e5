package laws

import "time"

// paidFor checks that time was not sold below the cheapest rate: a year of 366 days for
// ten months' price.
func (j *judge) paidFor(o Order, time time.Duration, edition, machines int) {
	if price, ok := j.prices[edition]; ok {
		j.atLeast(o, price*int64(machines), time)
	}
}

func (j *judge) atLeast(o Order, monthly int64, d time.Duration) {
	if o.Amount < 1 {
		j.broken(o, "what is priced was charged nothing")
		return
	}
	if monthly <= 0 || d <= 0 {
		return
	}

	least := float64(monthly) * 10 * d.Seconds() / (366 * 86400)
	if float64(o.Amount) < least-1 {
		j.broken(o, "%s at %d fen a month were charged %d fen: less than any rate (%.0f)", d, monthly, o.Amount, least)
	}
}
