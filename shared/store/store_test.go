package store_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore/tablestoretest"
	"aegis/shared/pop"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

func things() store.Table { return store.Table{Name: "things", Partition: "p", Sort: "s"} }

func thing(sort string) store.Key { return store.Key{Table: things(), Partition: "one", Sort: sort} }

func TestWhatIsCommittedIsRead(t *testing.T) {
	s, _ := storetest.Start(t, things())
	ctx := context.Background()
	columns := store.Columns{
		store.String("text", "天"), store.Int("number", -7), store.Bool("truth", true), store.Bytes("bytes", []byte{0, 1}), store.None("nothing"),
	}
	require.NoError(t, s.Commit(ctx, store.Insert(thing("a"), columns)))

	rows, err := s.Read(ctx, thing("missing"), thing("a"))
	require.NoError(t, err)
	require.False(t, rows[0].Exists())
	require.Equal(t, "天", rows[1].String("text"))
	require.EqualValues(t, -7, rows[1].Int("number"))
	require.True(t, rows[1].Bool("truth"))
	require.Equal(t, []byte{0, 1}, rows[1].Bytes("bytes"))
	require.False(t, rows[1].Has("nothing"))
}

func TestACommitIsAllOrNothing(t *testing.T) {
	s, _ := storetest.Start(t, things())
	ctx := context.Background()
	require.NoError(t, s.Commit(ctx, store.Insert(thing("a"), store.Columns{store.Int("rev", 1)})))
	for name, change := range map[string]store.Change{
		"an insert of a row that exists":     store.Insert(thing("a"), store.Columns{store.Int("rev", 2)}),
		"an update from another value":       store.Update(thing("a"), store.Columns{store.Int("rev", 3)}, "rev", 2),
		"an update of a missing row":         store.Update(thing("x"), store.Columns{store.Int("rev", 3)}, "rev", 2),
		"an update compared with no column":  store.Update(thing("a"), store.Columns{store.Int("rev", 3)}, "none", 0),
		"the deletion of a row that is none": store.Delete(thing("x")),
	} {
		t.Run(name+" fails the batch", func(t *testing.T) {
			err := s.Commit(ctx, store.Insert(thing("b"), store.Columns{store.Int("rev", 1)}), change)
			require.ErrorIs(t, err, store.ErrCondition)
			rows, err := s.Read(ctx, thing("a"), thing("b"))
			require.NoError(t, err)
			require.EqualValues(t, 1, rows[0].Int("rev"))
			require.False(t, rows[1].Exists())
		})
	}
	t.Run("conditions that hold apply it", func(t *testing.T) {
		require.NoError(t, s.Commit(ctx, store.Update(thing("a"), store.Columns{store.Int("rev", 2), store.None("gone")}, "rev", 1), store.Insert(thing("b"), store.Columns{store.Int("rev", 1)})))
		require.NoError(t, s.Commit(ctx, store.Delete(thing("b"))))
		rows, err := s.Read(ctx, thing("a"), thing("b"))
		require.NoError(t, err)
		require.EqualValues(t, 2, rows[0].Int("rev"))
		require.False(t, rows[1].Exists())
	})
}

func TestARangeIsReadInPagesBothWays(t *testing.T) {
	s, _ := storetest.Start(t, things())
	ctx := context.Background()
	for _, sort := range []string{"a", "o/1", "o/2", "o/3", "p"} {
		require.NoError(t, s.Commit(ctx, store.Insert(thing(sort), store.Columns{store.String("v", sort)})))
	}
	for _, backward := range []bool{false, true} {
		var seen []string
		for start, first := "", true; first || start != ""; first = false {
			rows, next, err := s.Range(ctx, store.Range{Table: things(), Partition: "one", Prefix: "o/", Start: start, Backward: backward, Limit: 2})
			require.NoError(t, err)
			for _, row := range rows {
				seen = append(seen, row.Key.Sort)
			}
			start = next
		}
		if backward {
			require.Equal(t, []string{"o/3", "o/2", "o/1"}, seen)
		} else {
			require.Equal(t, []string{"o/1", "o/2", "o/3"}, seen)
		}
	}
}

// breaking proxies to the store and breaks the connection after the store has
// answered, for as many requests of an operation as told.
func breaking(t *testing.T, target, operation string, breaks *atomic.Int32) string {
	to, err := url.Parse(target)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, operation) && breaks.Add(-1) >= 0 {
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAWriteWhoseAnswerIsLostIsSentOnceAndIsUnknown(t *testing.T) {
	_, server := storetest.Start(t, things())
	var breaks atomic.Int32
	breaks.Store(1)
	s := storetest.Open(t, breaking(t, server.URL, "BatchWriteRow", &breaks))

	err := s.Commit(context.Background(), store.Insert(thing("a"), store.Columns{store.String("v", "mine")}))
	require.ErrorIs(t, err, store.ErrUnknown)
	require.NotErrorIs(t, err, store.ErrCondition)
	require.Equal(t, 1, server.Requests("BatchWriteRow"), "resending would report our own row as a failed condition")
	rows, err := s.Read(context.Background(), thing("a"))
	require.NoError(t, err)
	require.Equal(t, "mine", rows[0].String("v"))
}

func TestAReadWhoseAnswerIsLostIsReadAgain(t *testing.T) {
	_, server := storetest.Start(t, things())
	var breaks atomic.Int32
	breaks.Store(2)
	s := storetest.Open(t, breaking(t, server.URL, "BatchGetRow", &breaks))
	rows, err := s.Read(context.Background(), thing("a"))
	require.NoError(t, err)
	require.False(t, rows[0].Exists())
	require.Equal(t, 3, server.Requests("BatchGetRow"))
}

func TestAStoreThatIsNotThereHasAppliedNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	s := storetest.Open(t, "http://"+l.Addr().String())
	err = s.Commit(context.Background(), store.Insert(thing("a"), store.Columns{store.String("v", "x")}))
	require.ErrorIs(t, err, store.ErrNotApplied)
}

func TestACallEndsWithItsContext(t *testing.T) {
	hung := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client has gone
		<-r.Context().Done()
	}))
	t.Cleanup(hung.Close)
	s := storetest.Open(t, hung.URL)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, s.Commit(ctx, store.Insert(thing("a"), store.Columns{store.String("v", "x")})), store.ErrUnknown)
	_, err := s.Read(ctx, thing("a"))
	require.ErrorIs(t, err, store.ErrNotApplied)
}

func TestASetUpThatCannotWorkIsNoPassingFailure(t *testing.T) {
	_, server := storetest.Start(t)
	s := storetest.Open(t, server.URL)
	t.Run("a missing table", func(t *testing.T) {
		err := s.Commit(context.Background(), store.Insert(thing("a"), store.Columns{store.String("v", "x")}))
		require.ErrorContains(t, err, "OTSObjectNotExist")
		requirePermanent(t, err)
	})
	t.Run("wrong credentials", func(t *testing.T) {
		s, err := store.Open(store.Config{Endpoint: server.URL, Instance: tablestoretest.Instance})
		require.NoError(t, err)
		ctx := store.WithCredentials(context.Background(), pop.Credentials{AccessKeyID: tablestoretest.AccessKeyID, AccessKeySecret: "wrong"})
		_, err = s.Read(ctx, thing("a"))
		require.ErrorContains(t, err, "OTSAuthFailed")
		requirePermanent(t, err)
	})
}

func requirePermanent(t *testing.T, err error) {
	for _, passing := range []error{store.ErrCondition, store.ErrNotApplied, store.ErrUnknown} {
		require.False(t, errors.Is(err, passing), "%v", passing)
	}
}

func TestErrorsDoNotTellTokens(t *testing.T) {
	_, server := storetest.Start(t)
	s := storetest.Open(t, server.URL)
	err := s.Commit(context.Background(), store.Insert(thing("token/secret-token"), store.Columns{store.String("v", "x")}))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret-token")
}
