package conformance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// heal buys with the Go SDK's AutoRetry while every other answer gets lost
// after the endpoint has acted. The SDK signs each try again and keeps the
// ClientToken, so it must get its order, and only one.
func heal(t *testing.T, target Target) {
	for name, lose := range map[string]func(http.ResponseWriter){
		"a dropped connection": drop,
		"an answer of 503":     unavailable,
	} {
		t.Run(name+" is healed by trying again", func(t *testing.T) {
			lossy := lossy{way: way{target}, lose: lose}
			server := httptest.NewServer(&lossy)
			defer server.Close()
			owner := target.Owner()
			purchase := map[string]string{
				"OwnerId": owner, "ClientToken": token(owner, "heal"), "Duration": "1", "PricingCycle": "Month",
				"VersionCode": "1", "VmNumber": "3", "IsAutoRenew": "false",
			}
			key := target.Credentials
			bought := typedSDK{retry: true}.call(t, sdkCall{"", server.URL, key.AccessKeyID, key.AccessKeySecret, "CreateInstance", purchase})
			require.NotNil(t, bought.Answer, "%s: %s", bought.Code, bought.Message)
			require.EqualValues(t, 2, lossy.requests.Load(), "one answer lost, one came")
			again := typedSDK{}.call(t, sdkCall{"", target.BaseURL, key.AccessKeyID, key.AccessKeySecret, "CreateInstance", purchase})
			require.Equal(t, text(t, bought.Answer, "OrderId"), text(t, again.Answer, "OrderId"))
		})
	}
}

// lossy is a way on which every other answer, from the first, gets lost.
type lossy struct {
	way
	requests atomic.Int64
	lose     func(http.ResponseWriter)
}

func (l *lossy) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, _ := io.ReadAll(in.Body)
	if l.requests.Add(1)%2 == 0 {
		l.forward(out, in, body)
		return
	}
	l.forward(httptest.NewRecorder(), in, body)
	l.lose(out)
}

func drop(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func unavailable(out http.ResponseWriter) {
	answer(out, pop.ServiceUnavailable(100*time.Millisecond).Response(pop.JSON, "3EE8C1B8-83D3-44AF-A94F-4E0AD82FD6CF", ""))
}
