package tablestorebench_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
	"aegis/shared/local/tablestore/tablestorebench"
)

// BenchmarkHandler measures operations without a network, 64 at a time, each
// write synced: what -cpuprofile shows is the server's own.
func BenchmarkHandler(b *testing.B) {
	for name, request := range map[string]func(run, n int) []byte{
		"PutRow": tablestorebench.PutRow, "UpdateRow": tablestorebench.UpdateRow,
		"GetRow": tablestorebench.GetRow, "AtomicBatch": tablestorebench.AtomicBatch,
	} {
		b.Run(name, func(b *testing.B) {
			server, err := tablestore.Open(tablestore.Config{Dir: b.TempDir()})
			require.NoError(b, err)
			defer func() { require.NoError(b, server.Close()) }()
			front := httptest.NewServer(server)
			defer front.Close()
			require.NoError(b, tablestorebench.Prepare(sdk.NewClient(front.URL, "local", "local", "local"), 1000))

			requests := make([]*http.Request, b.N)
			for i := range requests {
				requests[i], err = http.ReadRequest(bufio.NewReader(bytes.NewReader(request(b.N, i))))
				require.NoError(b, err)
			}
			var next atomic.Int64
			b.SetParallelism(32) // times two cores
			b.ResetTimer()
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					answer := httptest.NewRecorder()
					server.ServeHTTP(answer, requests[next.Add(1)-1])
					if answer.Code != http.StatusOK {
						b.Error(answer.Body.String())
					}
				}
			})
		})
	}
}
