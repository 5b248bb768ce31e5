package recorder_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/functions"
	"aegis/shared/local/gateway"
	"aegis/shared/local/recorder"
	"aegis/shared/local/tablestore"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// purchase records one call from the request to the answer.
func purchase(r *recorder.Recorder, id, owner, token, outcome string) {
	target := "/?Action=CreateInstance&OwnerId=" + owner + "&ClientToken=" + token
	r.Received(gateway.Request{Request: httptest.NewRequest("POST", target, nil), RequestID: id, At: noon()}, "pop")
	r.Invoked("pop", "pop-1", false, functions.Invocation{RequestID: id, Event: []byte("{}")}, noon())
	r.RoundTrip(tablestore.RoundTrip{Token: "sts/" + id, Operation: "BatchGetRow", Tables: []string{"sales"}, Rows: 2})
	r.Printed("pop-1", fmt.Appendf(nil, `{"msg":"call","requestId":"R-%s","fcRequestId":"%s","operation":"CreateInstance","owner":"%s","outcome":"%s"}`, id, id, owner, outcome))
	r.Returned(id, functions.Result{Payload: []byte("{}")})
	r.Answered(id, gateway.Answer{Status: 200, Header: http.Header{}, Body: []byte("{}")}, noon().Add(time.Millisecond))
}

func TestARequestIsKeptWithAllThatHappened(t *testing.T) {
	r := recorder.New(recorder.Config{Clock: noon})
	purchase(r, "A", "1", "t", "OK")

	kept, ok := r.ByRequestID("R-A")
	require.True(t, ok)
	require.Equal(t, "BatchGetRow", kept.Trips[0].Operation)
	require.Empty(t, kept.Trips[0].Token, "the credentials of the invocation are not kept")
	require.Len(t, kept.Lines, 1)
	require.Equal(t, 200, kept.Answer.Status)
	require.Equal(t, time.Millisecond, kept.Took)
	require.Equal(t, recorder.Summary{
		Seq: 1, ID: "A", RequestID: "R-A", At: noon(), Micros: 1000, Function: "pop", Operation: "CreateInstance", Owner: "1",
		TokenHash: recorder.TokenHash("t"), Code: "OK", Status: 200, Trips: 1,
	}, r.List(recorder.Filter{})[0])
}

func TestWhatAFunctionCouldNotLogIsReadFromTheAnswer(t *testing.T) {
	r := recorder.New(recorder.Config{Clock: noon})
	form := httptest.NewRequest("POST", "/", strings.NewReader("Action=GetSummary&OwnerId=7&AccessKeyId=k"))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Received(gateway.Request{Request: form, Body: []byte("Action=GetSummary&OwnerId=7&AccessKeyId=k"), RequestID: "A", At: noon()}, "pop")
	r.Answered("A", gateway.Answer{Status: 404, Body: []byte("<Error><Code>Some.Code</Code></Error>"), Header: http.Header{"X-Acs-Request-Id": {"R"}}}, noon())

	s := r.List(recorder.Filter{})[0]
	require.Equal(t, "GetSummary 7 k Some.Code R", strings.Join([]string{s.Operation, s.Owner, s.Key, s.Code, s.RequestID}, " "))
}

func TestAnEventOfTheTimerIsCompleteWhenItReturns(t *testing.T) {
	r := recorder.New(recorder.Config{Clock: noon})
	r.Invoked("renewals", "renewals-1", true, functions.Invocation{RequestID: "A"}, noon())
	require.Empty(t, r.List(recorder.Filter{}), "it is under way")
	r.Returned("A", functions.Result{ErrorType: functions.UnhandledInvocationError, Duration: time.Second})
	require.Equal(t, functions.UnhandledInvocationError, r.List(recorder.Filter{})[0].Code)
}

func TestTheOldestGoFirst(t *testing.T) {
	t.Run("beyond a number of requests", func(t *testing.T) {
		r := recorder.New(recorder.Config{Requests: 3, Clock: noon})
		for i := range 10 {
			purchase(r, fmt.Sprint(i), "1", "t", "OK")
		}
		require.Equal(t, []string{"9", "8", "7"}, ids(r.List(recorder.Filter{})))
		_, ok := r.Get(7)
		require.False(t, ok)
	})
	t.Run("beyond a number of bytes, of which each counts", func(t *testing.T) {
		r := recorder.New(recorder.Config{Bytes: 8 << 10, Clock: noon})
		for i := range 10 {
			purchase(r, fmt.Sprint(i), "1", "t", "OK")
		}
		all := len(r.List(recorder.Filter{}))
		require.Less(t, all, 8)
		for range 10 {
			r.Printed("pop-1", []byte(strings.Repeat("x", 2048)))
		}
		purchase(r, "10", "1", "t", "OK")
		require.Less(t, len(r.List(recorder.Filter{})), all, "the lines of one request push others out")
	})
	t.Run("a body beyond 64 KB is cut", func(t *testing.T) {
		r := recorder.New(recorder.Config{Clock: noon})
		r.Invoked("f", "f-1", false, functions.Invocation{RequestID: "A", Event: make([]byte, 1<<20)}, noon())
		r.Returned("A", functions.Result{})
		kept, _ := r.Get(1)
		require.Len(t, kept.Event, 64<<10)
	})
}

func TestFilters(t *testing.T) {
	r := recorder.New(recorder.Config{Clock: noon})
	purchase(r, "A", "100", "t1", "OK")
	purchase(r, "B", "100", "t2", "InvalidParameter")
	purchase(r, "C", "200", "t1", "OK")
	for _, test := range []struct {
		outcome string
		filter  recorder.Filter
		want    []string
	}{
		{"an owner", recorder.Filter{Owner: "100"}, []string{"B", "A"}},
		{"the beginning of a code", recorder.Filter{Code: "invalid"}, []string{"B"}},
		{"a RequestId", recorder.Filter{RequestID: "r-c"}, []string{"C"}},
		{"an id of an invocation", recorder.Filter{RequestID: "C"}, []string{"C"}},
		{"a token", recorder.Filter{Token: "t1"}, []string{"C", "A"}},
		{"the hash of a token", recorder.Filter{Token: recorder.TokenHash("t2")}, []string{"B"}},
		{"two of them", recorder.Filter{Owner: "100", Token: "t1"}, []string{"A"}},
		{"a limit", recorder.Filter{Limit: 1}, []string{"C"}},
	} {
		t.Run(test.outcome, func(t *testing.T) { require.Equal(t, test.want, ids(r.List(test.filter))) })
	}
}

func TestWhoWaitsGetsWhatIsNewAndWhatChanged(t *testing.T) {
	r := recorder.New(recorder.Config{Clock: noon})
	purchase(r, "A", "1", "t", "OK")
	position := r.Now()
	purchase(r, "B", "1", "t", "OK")
	r.Printed("pop-1", []byte(`{"msg":"late","fcRequestId":"A"}`))

	changed, now, err := r.Since(context.Background(), position, recorder.Filter{})
	require.NoError(t, err)
	require.Equal(t, []string{"B", "A"}, ids(changed))

	waiting := make(chan []recorder.Summary)
	go func() {
		changed, _, _ := r.Since(context.Background(), now, recorder.Filter{})
		waiting <- changed
	}()
	purchase(r, "C", "1", "t", "OK")
	require.Equal(t, []string{"C"}, ids(<-waiting))

	ended, end := context.WithCancel(context.Background())
	end()
	_, _, err = r.Since(ended, r.Now(), recorder.Filter{})
	require.ErrorIs(t, err, context.Canceled)
}

func ids(all []recorder.Summary) (ids []string) {
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	return ids
}

// BenchmarkRecord is what a request pays for being recorded.
func BenchmarkRecord(b *testing.B) {
	r := recorder.New(recorder.Config{})
	request := httptest.NewRequest("POST", "/?Action=CreateInstance", nil)
	line := []byte(strings.Repeat("x", 400) + `"fcRequestId":"A"`)
	for b.Loop() {
		r.Received(gateway.Request{Request: request, RequestID: "A", At: noon()}, "pop")
		r.Invoked("pop", "pop-1", false, functions.Invocation{RequestID: "A"}, noon())
		r.RoundTrip(tablestore.RoundTrip{Token: "sts/A"})
		r.RoundTrip(tablestore.RoundTrip{Token: "sts/A"})
		r.Printed("pop-1", line)
		r.Returned("A", functions.Result{})
		r.Answered("A", gateway.Answer{}, noon())
	}
}
