package tablestore_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/stretchr/testify/require"

	"aegis/shared/local/tablestore"
)

// childFolder is the environment variable that turns the test binary into a
// server of that data folder.
const childFolder = "TABLESTORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		serveForever(folder)
	}
	os.Exit(m.Run())
}

// serveForever prints the address it serves on, and serves until it is killed.
func serveForever(folder string) {
	server, err := tablestore.Open(tablestore.Config{Dir: folder})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("http://" + listener.Addr().String())
	fmt.Println("failed", http.Serve(listener, server))
	os.Exit(1)
}

// child is a server in a process of its own, to be killed.
type child struct {
	process *exec.Cmd
	client  *sdk.TableStoreClient
}

func startChild(t *testing.T, folder string) *child {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), childFolder+"="+folder)
	stdout, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	url := strings.TrimSpace(line)
	require.True(t, strings.HasPrefix(url, "http://"), url)
	config := sdk.NewDefaultTableStoreConfig()
	config.RetryTimes = 0
	return &child{process: process, client: sdk.NewClientWithConfig(url, "local", "local", "local", "", config)}
}

// kill is SIGKILL: the process has no chance to do anything more.
func (c *child) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, c.process.Process.Kill())
	require.Error(t, c.process.Wait())
}

// TestKillsLoseNothingAcknowledged kills a server under load, again and again,
// and after each restart looks for every write that was ever acknowledged.
// Each write is an atomic batch of a counter, its own row, and a copy of it.
func TestKillsLoseNothingAcknowledged(t *testing.T) {
	const rounds, writers, enough = 4, 8, 150
	folder := t.TempDir()
	c := startChild(t, folder)
	(&fixture{T: t, client: c.client}).table("sales", indexed)
	acked := make([]int, writers) // by writer: batches acknowledged so far
	for round := range rounds {
		load(c, acked, enough)
		c.kill(t)
		c = startChild(t, folder)
		f := &fixture{T: t, client: c.client}
		for w := range writers {
			acked[w] = f.checkWriter(w, acked[w])
		}
		require.GreaterOrEqual(t, total(acked), (round+1)*enough, "too little load to prove anything")
	}
	c.kill(t)
}

func total(acked []int) int {
	sum := 0
	for _, n := range acked {
		sum += n
	}
	return sum
}

// load has every writer write, one batch after the other, and returns while
// they do so, once enough batches were acknowledged. The writers end with the
// first error: that is the kill.
func load(c *child, acked []int, enough int) {
	var done atomic.Int64
	reached := make(chan struct{})
	var writers sync.WaitGroup
	for w := range acked {
		writers.Go(func() {
			for (&fixture{client: c.client}).writeNumbered(w, acked[w]+1) == nil {
				acked[w]++
				if done.Add(1) == int64(enough) {
					close(reached)
					_ = c.process.Process.Kill()
				}
			}
		})
	}
	<-reached
	writers.Wait()
}

func owner(w int) string { return fmt.Sprint("writer", w) }

func (f *fixture) writeNumbered(w, n int) error {
	counter := updateChange("sales", key(owner(w), "counter"))
	counter.PutColumn("n", int64(n))
	counter.PutColumn("shard", owner(w))
	counter.PutColumn("due", int64(n))
	item := fmt.Sprintf("%06d", n)
	results, err := f.tryBatch(true, counter,
		putChange("sales", key(owner(w), "row"+item), mustMiss, "n", int64(n), "pad", strings.Repeat("x", 300)),
		putChange("sales", key(owner(w), "too"+item), mustMiss, "n", int64(n)))
	if err != nil {
		return err
	}
	for _, r := range results {
		if !r.IsSucceed {
			return fmt.Errorf("%s: %s", r.Error.Code, r.Error.Message)
		}
	}
	return nil
}

// checkWriter requires all that was acknowledged, at most one batch more, and
// no batch in part. It returns what the counter says.
func (f *fixture) checkWriter(w, acked int) int {
	f.Helper()
	counter := f.get("sales", key(owner(w), "counter"))
	if acked == 0 && counter == nil {
		return 0
	}
	n := int(counter["n"].(int64))
	require.GreaterOrEqual(f, n, acked, "an acknowledged batch is lost")
	require.LessOrEqual(f, n, acked+1, "a batch that nobody sent")
	c := criteria("sales", lowest(owner(w)), highest(owner(w)), sdk.FORWARD)
	require.Len(f, f.scan(c).Rows, 1+2*n, "half a batch")
	require.Equal(f, []string{fmt.Sprint(n, " ", owner(w), "/counter <nil>")}, f.due("sales_by_due", owner(w)))
	return n
}
