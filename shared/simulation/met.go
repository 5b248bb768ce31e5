package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aegis/shared/sale"
)

// pair is two roads that met: both acted on one instance, one right after the other,
// successfully or not.
type pair struct{ first, then sale.Channel }

// Met counts what occurred in runs.
type Met struct {
	Refusals map[sale.Code]int
	Faults   [falseFailure + 1]int
	Pairs    map[pair]int
	Trades   map[string]int // of the marketplace, by action
}

// touch notes that a road acted on an instance, or tried to.
func (w *World) touch(instance string, by sale.Channel) {
	if instance == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touches = append(w.touches, touch{instance, by})
}

// touch is a road's act on an instance.
type touch struct {
	instance string
	by       sale.Channel
}

// pairs counts who acted on an instance right after whom.
func (w *World) pairs() map[pair]int {
	pairs, last := map[pair]int{}, map[string]sale.Channel{}
	for _, t := range w.touches {
		if before, ok := last[t.instance]; ok {
			pairs[pair{before, t.by}]++
		}
		last[t.instance] = t.by
	}
	return pairs
}

func (w *World) met() Met {
	m := Met{Faults: w.faults}
	if !w.roads {
		return m
	}

	m.Refusals, m.Pairs, m.Trades = map[sale.Code]int{}, w.pairs(), w.peer.trades
	for _, e := range w.events {
		if e.outcome == refused {
			m.Refusals[e.code]++
		}
	}

	return m
}

func (m *Met) add(more Met) {
	if m.Refusals == nil {
		m.Refusals, m.Pairs, m.Trades = map[sale.Code]int{}, map[pair]int{}, map[string]int{}
	}

	for code, n := range more.Refusals {
		m.Refusals[code] += n
	}
	for f, n := range more.Faults {
		m.Faults[f] += n
	}

	for p, n := range more.Pairs {
		m.Pairs[p] += n
	}
	for action, n := range more.Trades {
		m.Trades[action] += n
	}
}

// Missing names what never occurred and must: each pair of roads on one instance, each
// fault, each trade of the marketplace.
func (m Met) Missing() (missing []string) {
	for _, first := range roads() {
		for _, then := range roads() {
			if m.Pairs[pair{first, then}] == 0 {
				missing = append(missing, fmt.Sprintf("%s then %s", first, then))
			}
		}
	}

	for f, n := range m.Faults {
		if n == 0 {
			missing = append(missing, fault(f).String())
		}
	}

	for _, action := range tradeActions() {
		if m.Trades[action] == 0 {
			missing = append(missing, action)
		}
	}

	return missing
}

func roads() []sale.Channel {
	return []sale.Channel{sale.API, sale.Market, sale.Timer, sale.Operator}
}

// String is a table of it all.
func (m Met) String() string {
	var b strings.Builder
	for _, first := range roads() {
		for _, then := range roads() {
			fmt.Fprintf(&b, "  %-8s then %-8s %9d\n", first, then, m.Pairs[pair{first, then}])
		}
	}

	for f, n := range m.Faults {
		fmt.Fprintf(&b, "  request %-15s %9d\n", fault(f), n)
	}
	for _, code := range slices.Sorted(maps.Keys(m.Refusals)) {
		fmt.Fprintf(&b, "  refused %-45s %9d\n", code, m.Refusals[code])
	}

	for _, action := range slices.Sorted(maps.Keys(m.Trades)) {
		fmt.Fprintf(&b, "  trade %-20s %9d\n", action, m.Trades[action])
	}
	return b.String()
}
