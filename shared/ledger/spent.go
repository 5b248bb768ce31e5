package ledger

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// colSpent is what keys with a ceiling have spent on the last day on which one of them
// spent something: the day and one key=fen for each, separated by spaces.
const colSpent = "spent"

// decide decides the call, within what its caller's key may spend.
func (c *sell) decide(ctx context.Context, s state, at sale.DecideContext) (sale.Decision, error) {
	d, err := c.Decide(c.catalogue, s.account, at)
	if err != nil || c.Budget == nil || d.Amount() <= 0 {
		return d, err
	}

	spent := s.account.Spent
	day := max(sale.DayOf(at.Now), spent.Day) // two clocks that disagree about the day count one day
	for {
		counted, sum, err := c.Budget.Allow(ctx, c.Owner, day, spent.On(day, c.Caller)+d.Amount(), c.DryRun)
		if err != nil {
			return sale.Decision{}, err
		}
		if counted == day {
			return d.Within(c.Caller, day, sum)
		}
		day = counted
	}
}

// appendSpent appends the column. An account that no key with a ceiling has used has
// none.
func appendSpent(c store.Columns, s sale.Spent) store.Columns {
	if s.Day == 0 {
		return c
	}
	words := []string{strconv.FormatInt(s.Day, 10)}
	for _, key := range slices.Sorted(maps.Keys(s.By)) {
		words = append(words, key+"="+strconv.FormatInt(int64(s.By[key]), 10))
	}
	return append(c, store.String(colSpent, strings.Join(words, " ")))
}

// readSpent reads the column. A key's id has no space and may have a "=".
func readSpent(row store.Row) sale.Spent {
	words := strings.Fields(row.String(colSpent))
	if len(words) == 0 {
		return sale.Spent{}
	}
	day, _ := strconv.ParseInt(words[0], 10, 64) // we wrote it
	s := sale.Spent{Day: day, By: map[string]sale.Fen{}}
	for _, word := range words[1:] {
		at := strings.LastIndexByte(word, '=')
		fen, _ := strconv.ParseInt(word[at+1:], 10, 64)
		s.By[word[:max(at, 0)]] = sale.Fen(fen)
	}
	return s
}
