package sale

import (
	"math/big"
	"slices"
	"time"
)

// Segment is a stretch of paid time: what was licensed, at which rate, by which order.
// The segments of an instance follow one another without gaps, and the last one ends at
// the instance's expiry.
type Segment struct {
	From, To    time.Time
	VersionCode int
	VmNumber    int
	Cycle       Cycle  // the unit in which the time was bought; "": by the marketplace or an operator
	Years       int    // of a Year segment: how many were bought …
	Whole       int64  // … and the seconds that the whole purchase lasted, also after a split
	Amount      Fen    // charged for this stretch, upgrades included; 0: paid elsewhere
	OrderID     string // the order that granted the time
	Operator    bool   // an operator granted the time
}

// renewal reports whether the marketplace granted the time: only that is undone by a
// refund of its.
func (s Segment) renewal() bool { return s.Cycle == "" && !s.Operator }

// MaxSegments bounds the segments kept for an instance. Past ones go first; then
// neighbours of the same rate are joined.
const MaxSegments = 120

// paidTime returns the instance's segments. An instance written before segments
// were kept has one, at the monthly rate.
func (i Instance) paidTime() []Segment {
	if len(i.Segments) > 0 {
		return i.Segments
	}
	return []Segment{{From: i.Created, To: i.Period.End(), VersionCode: i.VersionCode, VmNumber: i.VmNumber, Cycle: Month}}
}

// extend grants the instance the time up to the end of the period.
func (i Instance) extend(p Period, t Term, amount Fen, orderID string) Instance {
	granted := Segment{
		From: i.Period.End(), To: p.End(), VersionCode: i.VersionCode, VmNumber: i.VmNumber,
		Cycle: t.Cycle, Amount: amount, OrderID: orderID,
	}
	if t.Cycle == Year {
		granted.Years = t.Duration
		granted.Whole = granted.To.Unix() - granted.From.Unix()
	}

	i.Segments = append(slices.Clone(i.paidTime()), granted)
	return i.prolong(p)
}

// end cuts the instance's paid time at a moment.
func (i Instance) end(at time.Time) Instance {
	var kept []Segment
	for _, s := range i.paidTime() {
		if !s.From.Before(at) {
			break
		}
		if s.To.After(at) {
			s, _ = s.split(at)
		}
		kept = append(kept, s)
	}

	i.Segments = kept
	i.Period = Period{Anchor: at, Exact: true}
	return i
}

// split divides a segment at a moment inside it. The amount is divided by time, and
// what cannot be divided stays with the later part.
func (s Segment) split(at time.Time) (before, after Segment) {
	before, after = s, s
	before.To, after.From = at, at
	whole := s.To.UnixMilli() - s.From.UnixMilli()
	before.Amount = floor(s.Amount, at.UnixMilli()-s.From.UnixMilli(), whole)
	after.Amount = s.Amount - before.Amount
	return before, after
}

// upgraded returns the segments with all time from now on raised to an edition and
// a number of machines, and the price of that. The price of each stretch is the
// difference of the monthly prices at the rate at which the stretch was bought: a
// year at ten months' price for its own length, all else at a month's for 30 days.
// It is not below zero and not rounded.
func (i Instance) upgraded(c Catalogue, to Edition, machines int, now time.Time) ([]Segment, *big.Rat, error) {
	total := new(big.Rat)

	var segments []Segment
	for _, s := range i.paidTime() {
		if !s.To.After(now) {
			segments = append(segments, s)
			continue
		}
		if s.From.Before(now) {
			past, rest := s.split(now)
			segments = append(segments, past)
			s = rest
		}
		today, err := c.find(s.VersionCode)
		if err != nil {
			return nil, nil, err
		}
		more := to.MonthlyFen*Fen(machines) - today.MonthlyFen*Fen(s.VmNumber)
		total.Add(total, s.price(more))
		s.VersionCode, s.VmNumber = to.VersionCode, machines
		segments = append(segments, s)
	}

	if total.Sign() < 0 {
		total.SetInt64(0)
	}
	return segments, total, nil
}

// price returns what the segment's time costs at a monthly price.
func (s Segment) price(monthly Fen) *big.Rat {
	const month = 30 * 24 * 60 * 60
	months, seconds := int64(1), int64(month)
	if s.Cycle == Year && s.Whole > 0 {
		months, seconds = 10*int64(s.Years), s.Whole
	}
	price := new(big.Rat).SetInt64(int64(monthly))
	price.Mul(price, new(big.Rat).SetInt64(months*(s.To.Unix()-s.From.Unix())))
	return price.Quo(price, new(big.Rat).SetInt64(seconds))
}

// charge distributes an upgrade's price over the time that it raised, by length; the
// remainder goes to the last segment.
func charge(segments []Segment, price Fen, now time.Time) {
	if len(segments) == 0 {
		return
	}

	end := segments[len(segments)-1].To

	left := price
	seconds := end.UnixMilli() - now.UnixMilli()
	for i := range segments {
		s := &segments[i]
		if !s.To.After(now) || seconds <= 0 {
			continue
		}
		part := floor(price, s.To.UnixMilli()-s.From.UnixMilli(), seconds)
		s.Amount += part
		left -= part
	}

	segments[len(segments)-1].Amount += left
}

// bounded returns at most MaxSegments segments.
func bounded(segments []Segment, now time.Time) []Segment {
	for len(segments) > MaxSegments && !segments[0].To.After(now) {
		segments = segments[1:]
	}

	for at := 0; len(segments) > MaxSegments && at+1 < len(segments); {
		joined, ok := segments[at].join(segments[at+1])
		if !ok {
			at++
			continue
		}
		segments = append(append(slices.Clone(segments[:at]), joined), segments[at+2:]...)
	}

	return segments
}

// full reports whether one more segment could not be kept.
func (i Instance) full(next Cycle, now time.Time) bool {
	segments := append(slices.Clone(i.Segments), Segment{
		From: i.Period.End(), To: i.Period.End().Add(time.Second), VersionCode: i.VersionCode, VmNumber: i.VmNumber, Cycle: next,
	})
	return len(bounded(segments, now)) > MaxSegments
}

// join merges two neighbouring segments of the same rate. The order is the later one's.
func (s Segment) join(next Segment) (Segment, bool) {
	if s.VersionCode != next.VersionCode || s.VmNumber != next.VmNumber || s.Cycle != next.Cycle || s.Operator != next.Operator {
		return s, false
	}
	s.To, s.OrderID = next.To, next.OrderID
	s.Amount += next.Amount
	s.Years += next.Years
	s.Whole += next.Whole
	return s, true
}
