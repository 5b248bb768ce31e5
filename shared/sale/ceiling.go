package sale

import (
	"context"
	"maps"
	"time"
)

// Budget is what the caller's key may spend from an account on one day.
type Budget interface {
	// Allow returns how many fen the key may spend from the account on a day: least if
	// the ceiling permits it, otherwise less. A later day than the one asked for means
	// that the key's spending is already counted on that one; the sum is then not
	// valid, and has to be asked for again. A dry run changes nothing. An error leaves
	// the purchase unmade; ErrUnavailable if the store failed.
	Allow(ctx context.Context, owner string, day int64, least Fen, dryRun bool) (onDay int64, sum Fen, err error)
}

// DailyCeiling is the Budget of a key that spends from one account only.
type DailyCeiling Fen

// Allow returns the ceiling.
func (c DailyCeiling) Allow(_ context.Context, _ string, day int64, _ Fen, _ bool) (int64, Fen, error) {
	return day, Fen(c), nil
}

// Spent is what keys with a ceiling have spent from an account on one day (UTC+8).
type Spent struct {
	Day int64 // such as 20260510
	By  map[string]Fen
}

// DayOf returns the day of a time in UTC+8, such as 20260510.
func DayOf(t time.Time) int64 {
	local := t.In(Shanghai())
	return int64(local.Year()*10000 + int(local.Month())*100 + local.Day())
}

// On returns what a key has spent on a day.
func (s Spent) On(day int64, key string) Fen {
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

// Amount returns what a decision charges in all.
func (d Decision) Amount() Fen {
	amount := d.Order.Amount
	for _, step := range d.Earlier {
		amount += step.Order.Amount
	}
	return amount
}

// Within returns the decision of a key that may spend a sum on a day, with what it has
// spent afterwards. It is refused if it exceeds the sum. What costs nothing is not.
func (d Decision) Within(key string, day int64, sum Fen) (Decision, error) {
	amount := d.Amount()
	if amount <= 0 {
		return d, nil
	}

	left := sum - d.Account.Spent.On(day, key)
	if amount > left {
		return Decision{}, refuse(CeilingExceeded, "This costs %s CNY, and today the key may spend %s CNY more.", amount, max(left, 0))
	}
	d.Account.Spent = d.Account.Spent.add(day, key, amount)
	return d, nil
}
