package ledger

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/sale"
)

func TestTheScannerReadsEverySegmentThatIsWritten(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		want := randomSegments(rng)
		text := encodeSegments(want)

		got, scanned := scanSegments(text)
		require.True(t, scanned, text)
		require.Equal(t, want, got, text)
	}
}

func TestATextThatTheScannerDoesNotKnowIsLeftToJSON(t *testing.T) {
	for name, order := range map[string]string{"a quote": `a"b`, "a backslash": `a\b`, "Chinese": "订单", "markup": "<&>"} {
		t.Run(name, func(t *testing.T) {
			want := []sale.Segment{{From: time.UnixMilli(1), To: time.UnixMilli(2), VersionCode: 1, VmNumber: 1, OrderID: order}}
			got, err := decodeSegments(encodeSegments(want))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// FuzzScanSegments holds the scanner against encoding/json: what it accepts means the
// same there.
func FuzzScanSegments(f *testing.F) {
	f.Add(`[{"f":1,"t":2,"v":3,"n":4}]`)
	f.Add(`[{"f":1,"t":2,"v":3,"n":4,"c":"Month","y":1,"w":2,"a":3,"o":"x","p":true},{"f":-1,"t":2,"v":3,"n":4}]`)
	f.Add(`[{"f":01,"t":--2,"v":3,"n":4}]`)
	f.Fuzz(func(t *testing.T, text string) {
		got, scanned := scanSegments(text)
		if !scanned {
			return
		}
		var rows []segment
		require.NoError(t, json.Unmarshal([]byte(text), &rows), text)
		require.Len(t, got, len(rows))
		again, scanned := scanSegments(encodeSegments(got))
		require.True(t, scanned)
		require.Equal(t, got, again)
		for n, r := range rows {
			require.Equal(t, r.From, got[n].From.UnixMilli(), text)
			require.Equal(t, r.Amount, got[n].Amount, text)
			require.Equal(t, r.Order, got[n].OrderID, text)
		}
	})
}

func randomSegments(rng *rand.Rand) []sale.Segment {
	maybe := func(n int64) int64 { return rng.Int64N(2) * rng.Int64N(n) }
	segments := make([]sale.Segment, 1+rng.IntN(5))
	for n := range segments {
		segments[n] = sale.Segment{
			From: time.UnixMilli(rng.Int64N(4e12) - 1e12), To: time.UnixMilli(rng.Int64N(4e12)),
			VersionCode: rng.IntN(4), VmNumber: rng.IntN(1e6), Cycle: []sale.Cycle{"", sale.Month, sale.Year}[rng.IntN(3)],
			Years: int(maybe(6)), Whole: maybe(1e9), Amount: sale.Fen(maybe(1e12)), OrderID: strings.Repeat("0Z", rng.IntN(14)), Operator: rng.IntN(2) == 0,
		}
	}
	return segments
}
