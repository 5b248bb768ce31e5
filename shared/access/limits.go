package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"aegis/shared/store"
)

// Limits restrict what a key may call and from where. The zero value restricts nothing.
type Limits struct {
	Operations []string       // that the key may call; none: all
	ReadOnly   bool           // only calls that change nothing
	Sources    []netip.Prefix // addresses that the key is used from; none: any
	DailyFen   int64          // that the key may spend on one day; 0: any amount
}

// allow returns ErrLimited if a call is outside the limits. A call whose source is not
// known is outside every limit of sources.
func (l Limits) allow(q Request) error {
	switch {
	case len(l.Operations) > 0 && !slices.Contains(l.Operations, q.Operation):
		return fmt.Errorf("operation %s: %w", q.Operation, ErrLimited)
	case l.ReadOnly && !q.Reads:
		return fmt.Errorf("read only: %w", ErrLimited)
	case len(l.Sources) > 0 && !l.from(q.Source):
		return fmt.Errorf("source address: %w", ErrLimited)
	}
	return nil
}

func (l Limits) from(source netip.Addr) bool {
	source = source.Unmap()
	return slices.ContainsFunc(l.Sources, func(p netip.Prefix) bool { return p.Contains(source) })
}

func (l Limits) columns() store.Columns {
	var sources []string
	for _, p := range l.Sources {
		sources = append(sources, p.String())
	}
	readOnly := store.None(colReadOnly)
	if l.ReadOnly {
		readOnly = store.Bool(colReadOnly, true)
	}
	daily := store.None(colDaily)
	if l.DailyFen != 0 {
		daily = store.Int(colDaily, l.DailyFen)
	}
	return store.Columns{list(colAllowed, l.Operations), readOnly, list(colSources, sources), daily}
}

func readLimits(row store.Row) (Limits, error) {
	l := Limits{Operations: readList(row, colAllowed), ReadOnly: row.Bool(colReadOnly), DailyFen: row.Int(colDaily)}
	for _, text := range readList(row, colSources) {
		p, err := ParseSource(text)
		if err != nil {
			return Limits{}, err
		}
		l.Sources = append(l.Sources, p)
	}
	return l, nil
}

// ParseSource reads an address, such as 192.0.2.7, or a range of them, such as
// 192.0.2.0/24.
func ParseSource(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is no address", text)
		}
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}

	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%q is no range of addresses, such as 192.0.2.0/24", text)
	}
	return p.Masked(), nil
}
