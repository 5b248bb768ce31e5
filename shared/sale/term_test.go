package sale_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/sale"
)

func shanghai(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, sale.Shanghai())
	require.NoError(t, err)
	return at
}

func month(n int) sale.Term { return sale.Term{Duration: n, Cycle: sale.Month} }
func year(n int) sale.Term  { return sale.Term{Duration: n, Cycle: sale.Year} }
func day(n int) sale.Term   { return sale.Term{Duration: n, Cycle: sale.Day} }
func hour(n int) sale.Term  { return sale.Term{Duration: n, Cycle: sale.Hour} }

func TestATermEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		bought string
		terms  []sale.Term
		end    string
	}{
		{"at the midnight after the same day next month", "2019-08-09 13:00:00", []sale.Term{month(1)}, "2019-09-10 00:00:00"},
		{"a month later again when renewed", "2019-08-09 13:00:00", []sale.Term{month(1), month(1)}, "2019-10-10 00:00:00"},
		{"at that very midnight when bought at midnight", "2026-05-01 00:00:00", []sale.Term{month(1)}, "2026-06-01 00:00:00"},
		{"a day later when bought a second past midnight", "2026-05-01 00:00:01", []sale.Term{month(1)}, "2026-06-02 00:00:00"},
		{"on the last day of a short month", "2026-01-31 00:00:00", []sale.Term{month(1)}, "2026-02-28 00:00:00"},
		{"on 29 February of a leap year", "2028-01-31 00:00:00", []sale.Term{month(1)}, "2028-02-29 00:00:00"},
		{"on the 31st again after a short month", "2026-01-31 00:00:00", []sale.Term{month(1), month(1)}, "2026-03-31 00:00:00"},
		{"on 28 February a year after a leap day", "2028-02-29 00:00:00", []sale.Term{year(1)}, "2029-02-28 00:00:00"},
		{"on the leap day again after four years", "2028-02-29 00:00:00", []sale.Term{year(1), year(3)}, "2032-02-29 00:00:00"},
		{"in the next year", "2026-11-30 10:00:00", []sale.Term{month(3)}, "2027-03-01 00:00:00"},
		{"exactly a day later when a day is added", "2026-05-01 09:00:00", []sale.Term{month(1), day(1)}, "2026-06-03 00:00:00"},
		{"exactly an hour later when an hour is added", "2026-05-01 09:00:00", []sale.Term{month(1), hour(1)}, "2026-06-02 01:00:00"},
		{"exactly a month after an exact end", "2026-01-31 09:00:00", []sale.Term{month(1), hour(30), month(1)}, "2026-04-02 06:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := sale.Period{Anchor: shanghai(t, c.bought)}
			for _, term := range c.terms {
				p = p.Extend(term)
			}
			require.Equal(t, shanghai(t, c.end), p.End().In(sale.Shanghai()))
		})
	}
}

func TestAPurchaseIsCountedInShanghaiWhereverItIsMade(t *testing.T) {
	evening := time.Date(2026, 4, 30, 20, 0, 0, 0, time.UTC) // 04:00 on 1 May in Shanghai
	p := sale.Period{Anchor: evening}.Extend(month(1))
	require.Equal(t, shanghai(t, "2026-06-02 00:00:00"), p.End().In(sale.Shanghai()))
}

func drawInstant(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(1_000_000_000, 4_000_000_000).Draw(t, "second"), 0)
}

func TestRenewalsOfMonthsDoNotDrift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawInstant(t)
		steps := rapid.SliceOfN(rapid.IntRange(1, 12), 1, 20).Draw(t, "steps")
		p, total := sale.Period{Anchor: at}, 0
		for _, n := range steps {
			p, total = p.Extend(month(n)), total+n
		}
		require.Equal(t, sale.Period{Anchor: at}.Extend(month(total)).End(), p.End(), "in steps %v", steps)
	})
}

func TestEveryTermMovesTheEndForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := sale.Period{Anchor: drawInstant(t)}.Extend(month(rapid.IntRange(1, 36).Draw(t, "months")))
		term := sale.Term{
			Duration: rapid.IntRange(1, 100).Draw(t, "duration"),
			Cycle:    rapid.SampledFrom([]sale.Cycle{sale.Year, sale.Month, sale.Day, sale.Hour}).Draw(t, "cycle"),
		}
		require.True(t, p.Extend(term).End().After(p.End()))
	})
}

func TestAMonthIsNeverShorterThanPaidFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawInstant(t)
		n := rapid.IntRange(1, 120).Draw(t, "months")
		end := sale.Period{Anchor: at}.Extend(month(n)).End()
		local := at.In(sale.Shanghai())
		wanted := time.Date(local.Year(), local.Month()+time.Month(n), 1, 0, 0, 0, 0, sale.Shanghai())
		require.False(t, end.Before(wanted), "ends before its month")
		h, m, s := end.In(sale.Shanghai()).Clock()
		require.Zero(t, h+m+s, "ends at midnight")
		require.LessOrEqual(t, end.Sub(at), time.Duration(n)*31*24*time.Hour+24*time.Hour)
	})
}
