package pop_test

import (
	"runtime"
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func TestHostileRequestsAreRefusedBeforeTheyCost(t *testing.T) {
	large := strings.Repeat("a=1&", 10<<20/4)
	crowd := make(pop.Params, 1_000_000)
	for i := range crowd {
		crowd[i] = pop.Param{Name: "n", Value: "v"}
	}
	header := func(name, value string) pop.Params { return append(form(), pop.Param{Name: name, Value: value}) }
	for _, test := range []struct {
		outcome, message string
		request          pop.Request
	}{
		{"a body of 10 MB", `"Body" is not valid. It must not exceed 65536 bytes.`, pop.Request{Body: []byte(large), Header: form()}},
		{"a query of 10 MB", `"Query" is not valid. It must not exceed 65536 bytes.`, pop.Request{RawQuery: large}},
		{"a million parameters", `"Query" is not valid. It must not exceed 65536 bytes.`, pop.Request{Query: crowd}},
		{"decoded values that add up", `"Query" is not valid. It must not exceed 65536 bytes.`, pop.Request{Query: pop.Params{
			{Name: "a", Value: large[:16384]}, {Name: "b", Value: large[:16384]}, {Name: "c", Value: large[:16384]}, {Name: "d", Value: large[:16384]},
		}}},
		{"an Authorization of 10 MB", `"Header" is not valid. It must not exceed 65536 bytes.`, pop.Request{Header: header("Authorization", "ACS3-HMAC-SHA256 "+large)}},
		{"a million headers", `"Header" is not valid. It must not exceed 65536 bytes.`, pop.Request{Header: crowd}},
	} {
		t.Run(test.outcome+" is refused", func(t *testing.T) {
			test.request.Method = "POST"
			spent := allocated(func() {
				call, err := pop.Decode(&test.request)
				require.ErrorContains(t, err, test.message)
				require.NotNil(t, call)
			})
			require.Less(t, spent, uint64(64<<10))
		})
	}
	t.Run("the largest request that is verified stays within a few times its size", func(t *testing.T) {
		p := signer().SignV1("POST", pop.Params{
			{Name: "a", Value: strings.Repeat("\x01", 16000)}, {Name: "b", Value: strings.Repeat("\x01", 16000)}, {Name: "c", Value: strings.Repeat("\x01", 16000)},
		})
		spent := allocated(func() {
			call, err := pop.Decode(&pop.Request{Method: "POST", Query: p})
			require.NoError(t, err)
			require.NoError(t, call.Verify("testsecret"))
		})
		require.Less(t, spent, uint64(16*pop.MaxBody))
	})
}

// allocated returns the bytes that work takes from the heap.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
