package pop_test

import (
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		outcome string
		request *pop.Request
		format  string
		want    pop.Format
	}{
		{"version 1.0 answers XML unless asked", v1(), "", pop.XML},
		{"version 1.0 answers JSON in any case", v1(), "json", pop.JSON},
		{"version 1.0 answers XML in any case", v1(), "xml", pop.XML},
		{"version 3 answers JSON unless asked", v3(), "", pop.JSON},
		{"version 3 answers XML when asked", v3(), "XML", pop.XML},
	} {
		t.Run(test.outcome, func(t *testing.T) {
			test.request.Query = with(test.request.Query, "Format", test.format)
			call, err := pop.Decode(test.request)
			require.NoError(t, err)
			require.Equal(t, test.want, call.Format)
		})
	}
	t.Run("an unknown one is refused", func(t *testing.T) {
		r := v1()
		r.Query = with(r.Query, "Format", "YAML")
		call, err := pop.Decode(r)
		require.Equal(t, "InvalidParameter.Format", code(t, err))
		require.Equal(t, pop.XML, call.Format)
	})
	t.Run("it is known where the rest is broken", func(t *testing.T) {
		for _, r := range []*pop.Request{
			{Method: "DELETE", RawQuery: "Format=JSON"},
			{Method: "GET", RawQuery: "Format=JSON&a=%"},
			{Method: "GET", RawQuery: "Format=JSON&a=1&a=1"},
			{Method: "GET", RawQuery: "Format=JSON"},
			{Method: "POST", RawQuery: "Format=JSON", Body: make([]byte, pop.MaxBody+1)},
			{Method: "POST", RawQuery: "Format=JSON", Header: pop.Params{{Name: "a", Value: strings.Repeat("v", pop.MaxBody)}}},
			{Method: "POST", Header: form(), Body: []byte("Format=JSON&a=%")},
			{Method: "POST", Header: form(), RawQuery: "a=b", Body: []byte("Format=JSON&a=1")},
			{Method: "POST", Header: pop.Params{{Name: "Authorization", Value: "ACS3-HMAC-SHA256 nonsense"}}},
		} {
			r.Host = "aegis.example"
			call, err := pop.Decode(r)
			require.Error(t, err)
			require.Equal(t, pop.JSON, call.Format, r.RawQuery)
			require.Equal(t, "aegis.example", call.Host)
		}
	})
}
