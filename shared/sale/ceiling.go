package sale

import (
	"maps"
	"time"
)

// Spent is what keys with a ceiling have spent from an account on one day (UTC+8).
type Spent struct {
	Day int64 // such as 20260510
	By  map[string]Fen
}

// on returns what a key has spent on a day.
func (s Spent) on(day int64, key string) Fen {
	if s.Day != day {
		return 0
	}
	return s.By[key]
}

// add returns what has been spent after a key spends more. Earlier days are forgotten.
func (s Spent) add(day int64, key string, amount Fen) Spent {
	next := Spent{Day: day, By: map[string]Fen{}}
	if s.Day == day {
		next.By = maps.Clone(s.By)
	}
	next.By[key] += amount
	return next
}

// Within returns the decision of a key that may spend no more than the ceiling on one
// day, with what it has spent afterwards. It is refused if it exceeds the ceiling. What
// costs nothing is not.
func (d Decision) Within(key string, ceiling Fen, now time.Time) (Decision, error) {
	amount := d.Order.Amount
	for _, step := range d.Earlier {
		amount += step.Order.Amount
	}
	if amount <= 0 {
		return d, nil
	}

	local := now.In(Shanghai())
	day := int64(local.Year()*10000 + int(local.Month())*100 + local.Day())
	day = max(day, d.Account.Spent.Day) // two clocks that disagree about the day count one day
	spent := d.Account.Spent.on(day, key)
	if amount > ceiling-spent {
		return Decision{}, refuse(CeilingExceeded, "It may spend %s CNY a day, has spent %s CNY, and this costs %s CNY.", ceiling, spent, amount)
	}
	d.Account.Spent = d.Account.Spent.add(day, key, amount)
	return d, nil
}
