package main_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local"
	"aegis/shared/local/customer"
	"aegis/shared/local/localtest"
	"aegis/shared/store/storetest"
)

// command is the command's executable, which TestMain puts on the PATH for scripts.
func command(t *testing.T) string {
	t.Helper()
	binary, err := exec.LookPath("local")
	require.NoError(t, err)
	return binary
}

// running is the command while it runs.
type running struct {
	*exec.Cmd
	url, store string
}

// dataFolder is empty but for the functions: those that are up to date are not linked again.
// The README's command, which .ci/smoke runs, builds them all.
func dataFolder(t *testing.T) string {
	t.Helper()
	data, built := t.TempDir(), localtest.BuildDir(t)
	require.NoError(t, os.MkdirAll(built, 0o755))
	require.NoError(t, os.Symlink(built, filepath.Join(data, "bin")))
	return data
}

// start runs the command on a data folder and waits until it says ready.
func start(t *testing.T, binary, data string, more ...string) *running {
	t.Helper()
	c := exec.Command(binary, append([]string{"-listen", "127.0.0.1:0", "-tablestore", "127.0.0.1:0", "-data", data}, more...)...)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	progress, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	r := &running{Cmd: c}
	lines := bufio.NewReader(progress)
	for r.store == "" {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		if _, rest, ok := strings.Cut(line, "tablestore at "); ok {
			r.store, _, _ = strings.Cut(rest, ",")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(line, "ready http://"), line)
	r.url = strings.TrimSpace(strings.TrimPrefix(line, "ready "))
	return r
}

func buyer(t *testing.T, r *running, owner string) *customer.Customer {
	t.Helper()
	c, err := customer.New(customer.Config{URL: r.url, KeyID: local.ResellerKey, Secret: local.ResellerSecret, Owner: owner})
	require.NoError(t, err)
	return c
}

func token(owner string) string { return "create-" + owner }

// The stack is killed in the middle of a hundred purchases. Afterwards every
// acknowledged order is there, every retry answers its order, and the money adds up.
func TestEverythingSurvivesSIGKILL(t *testing.T) {
	binary, data := command(t), dataFolder(t)
	first := start(t, binary, data)
	owners := local.ResellersOwners()
	acknowledged := buyUntilKilled(t, first, owners)
	require.GreaterOrEqual(t, len(acknowledged), 50)
	require.Less(t, len(acknowledged), len(owners), "the kill came too late to prove anything")

	second := start(t, binary, data)
	for _, owner := range owners {
		order, instance, err := buyer(t, second, owner).Create(token(owner), 4, 5, 1)
		require.NoError(t, err)
		if before, ok := acknowledged[owner]; ok {
			require.Equal(t, before, order+" "+instance)
		}
		requireOneOrder(t, second, owner, order)
	}
}

// buyUntilKilled lets eight customers buy for owner after owner, kills the stack
// at the fiftieth answer, and returns what was acknowledged.
func buyUntilKilled(t *testing.T, r *running, owners []string) map[string]string {
	t.Helper()
	queue := make(chan string, len(owners))
	for _, owner := range owners {
		queue <- owner
	}
	close(queue)
	var mu sync.Mutex
	var answers atomic.Int32
	acknowledged := map[string]string{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for owner := range queue {
				order, instance, err := buyer(t, r, owner).Create(token(owner), 4, 5, 1)
				if err != nil {
					continue
				}
				mu.Lock()
				acknowledged[owner] = order + " " + instance
				mu.Unlock()
				if answers.Add(1) == 50 {
					_ = r.Process.Signal(syscall.SIGKILL)
				}
			}
		})
	}
	all.Wait()
	_ = r.Wait()
	return acknowledged
}

func requireOneOrder(t *testing.T, r *running, owner, order string) {
	t.Helper()
	books, err := ledger.New(ledger.Config{Store: storetest.Open(t, r.store)})
	require.NoError(t, err)
	account, err := books.Account(context.Background(), owner)
	require.NoError(t, err)
	orders := ledgertest.Sales(t, books, owner)
	require.Len(t, orders, 1)
	require.Equal(t, order, orders[0].ID)
	require.Equal(t, account.Deposited-account.Balance, orders[0].Amount)
}

func TestAnInterruptStopsEverythingItStarted(t *testing.T) {
	binary := command(t)
	for name, signal := range map[string]os.Signal{"interrupt": os.Interrupt, "SIGKILL": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			data := dataFolder(t)
			r := start(t, binary, data)
			described, err := local.ReadDescription(data)
			require.NoError(t, err)
			require.Equal(t, []string{r.url, r.store}, []string{described.Gateway, described.Tablestore})
			children := descendants(t, r.Process.Pid)
			require.Greater(t, len(children), 5, "five functions and their group's leader")
			require.NoError(t, r.Process.Signal(signal))
			err = r.Wait()
			_, left := local.ReadDescription(data)
			if signal == os.Interrupt {
				require.NoError(t, err, "a clean exit")
				require.ErrorIs(t, left, fs.ErrNotExist, "no tool finds it any more")
			} else {
				require.NoError(t, left, "tools have to ask whether it answers")
			}
			for _, pid := range children {
				require.Eventually(t, func() bool { return gone(pid) }, 10*time.Second, 5*time.Millisecond)
			}
		})
	}
}

// descendants lists the processes below pid.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	require.NoError(t, err)
	if len(lists) == 0 {
		t.Skip("this system does not list a process's children under /proc")
	}
	var all []int
	for _, list := range lists {
		text, err := os.ReadFile(list)
		require.NoError(t, err)
		for _, field := range strings.Fields(string(text)) {
			var child int
			_, err := fmt.Sscan(field, &child)
			require.NoError(t, err)
			all = append(append(all, child), descendants(t, child)...)
		}
	}
	return all
}

// gone tells that a process has ended; one that nobody has waited for yet counts.
func gone(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err != nil || strings.Contains(string(status), "State:\tZ")
}

func TestAStackThatCannotStartExitsWithOneLine(t *testing.T) {
	binary, data := command(t), dataFolder(t)
	r := start(t, binary, data)
	for name, c := range map[string]struct {
		args []string
		why  string
	}{
		"a busy port":          {[]string{"-listen", strings.TrimPrefix(r.url, "http://"), "-memory"}, "address already in use"},
		"a data folder in use": {[]string{"-listen", "127.0.0.1:0", "-tablestore", "127.0.0.1:0", "-data", data}, "another process"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command(binary, c.args...).CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			require.Equal(t, 1, exit.ExitCode())
			require.Contains(t, string(out), c.why)
			require.Len(t, strings.Split(strings.TrimSpace(string(out)), "\n"), 1, string(out))
		})
	}
}

func TestAnAddressThatOthersCanReachIsWarnedOf(t *testing.T) {
	for address, warned := range map[string]bool{
		"127.0.0.1:8080": false, "localhost:8080": false, "[::1]:8080": false, "0.0.0.0:8080": true, ":8080": true, "192.0.2.1:8080": true,
	} {
		require.Equal(t, warned, local.IsOpen(address), address)
	}
}
