package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/local/functions"
	"aegis/shared/pop"
)

// probe builds the function that does as it is told.
func probe(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "probe")
	out, err := exec.Command("go", "build", "-o", binary, "./testdata/probe").CombinedOutput()
	require.NoError(t, err, string(out))
	return binary
}

type buffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *buffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

// run starts a runtime with the probe as its one function.
func run(t testing.TB, c functions.Config, f functions.Function) *functions.Runtime {
	t.Helper()
	f.Name = "probe"
	if f.Binary == "" {
		f.Binary = probe(t)
	}
	r, err := functions.New(c, f)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}

type event map[string]any

func invoke(t testing.TB, r *functions.Runtime, id string, e event) functions.Result {
	t.Helper()
	text, err := json.Marshal(e)
	require.NoError(t, err)
	result, err := r.Invoke(context.Background(), "probe", functions.Invocation{RequestID: id, Event: text, Details: true})
	require.NoError(t, err)
	return result
}

type answer struct {
	PID                                                  int
	RequestID, AccessKeyID, SecurityToken, Name, Setting string
	LeftMS                                               int64
}

func read(t testing.TB, r functions.Result) answer {
	t.Helper()
	require.Empty(t, r.ErrorType, string(r.Payload))
	var a answer
	require.NoError(t, json.Unmarshal(r.Payload, &a))
	return a
}

func TestAnEventReachesTheFunctionWithItsContext(t *testing.T) {
	r := run(t, functions.Config{Credentials: pop.Credentials{AccessKeyID: "role", SecurityToken: "sts"}},
		functions.Function{Timeout: 20 * time.Second, Env: []string{"PROBE_SETTING=x", "FC_FUNCTION_NAME=overridden"}})
	a := read(t, invoke(t, r, "id-1", event{}))
	require.Equal(t, "id-1", a.RequestID)
	require.Equal(t, "role", a.AccessKeyID)
	require.Equal(t, "sts", a.SecurityToken)
	require.Equal(t, "x", a.Setting)
	require.Equal(t, "probe", a.Name, "the platform's variables win")
	require.Greater(t, a.LeftMS, int64(1000))
	require.LessOrEqual(t, a.LeftMS, int64(20000))
}

func TestAnInstanceIsKeptAndUsedAgain(t *testing.T) {
	r := run(t, functions.Config{}, functions.Function{})
	first := read(t, invoke(t, r, "1", event{}))
	second := read(t, invoke(t, r, "2", event{}))
	require.Equal(t, first.PID, second.PID)
	require.Equal(t, []int{first.PID}, r.Pids("probe"))
}

func TestInstancesHandleOneEventAtATimeUpToTheLimit(t *testing.T) {
	r := run(t, functions.Config{Instances: 2}, functions.Function{})
	dir := t.TempDir()
	marker := func(i int) string { return filepath.Join(dir, fmt.Sprint(i)) }
	results := make(chan answer, 3)
	for i := range 3 {
		go func() { results <- read(t, invoke(t, r, fmt.Sprint(i), event{"Marker": marker(i)})) }()
	}
	handled := func() []string {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		var names []string
		for _, e := range entries {
			names = append(names, filepath.Join(dir, e.Name()))
		}
		return names
	}
	require.Eventually(t, func() bool { return len(handled()) == 2 }, 10*time.Second, time.Millisecond, "two at once")
	require.Len(t, r.Pids("probe"), 2)
	require.NoError(t, os.Remove(handled()[0]))
	<-results
	require.Eventually(t, func() bool { return len(handled()) == 2 }, 10*time.Second, time.Millisecond, "the third takes the place of the first")
	require.Len(t, r.Pids("probe"), 2)
	for _, m := range handled() {
		require.NoError(t, os.Remove(m))
	}
	<-results
	<-results
}

func TestAFailedInvocation(t *testing.T) {
	r := run(t, functions.Config{}, functions.Function{})
	pid := read(t, invoke(t, r, "0", event{})).PID
	for name, e := range map[string]event{"by an error": {"Fail": "no luck"}, "by a panic": {"Panic": true}} {
		t.Run(name+" leaves the process alive", func(t *testing.T) {
			result := invoke(t, r, name, e)
			require.Equal(t, functions.UnhandledInvocationError, result.ErrorType)
			require.Contains(t, string(result.Payload), "errorMessage")
			require.Equal(t, pid, read(t, invoke(t, r, name+"'", event{})).PID)
		})
	}
	t.Run("by the end of the process has it replaced", func(t *testing.T) {
		result := invoke(t, r, "exit", event{"Exit": true})
		require.Equal(t, functions.UnhandledInvocationError, result.ErrorType)
		require.Contains(t, string(result.Payload), "Process exited unexpectedly")
		require.NotEqual(t, pid, read(t, invoke(t, r, "next", event{})).PID)
	})
}

func TestAnInvocationThatOutlivesItsTimeoutIsKilled(t *testing.T) {
	r := run(t, functions.Config{}, functions.Function{Timeout: 300 * time.Millisecond})
	pid := read(t, invoke(t, r, "1", event{})).PID
	result := invoke(t, r, "2", event{"Sleep": time.Hour})
	require.Equal(t, functions.UnhandledInvocationError, result.ErrorType)
	require.Contains(t, string(result.Payload), "timed out after 0.3 seconds")
	require.NotEqual(t, pid, read(t, invoke(t, r, "3", event{})).PID)
	require.Equal(t, int64(1), r.TimedOut())
}

func TestATimeoutCanBeCapped(t *testing.T) {
	r := run(t, functions.Config{MaxTimeout: 300 * time.Millisecond}, functions.Function{Timeout: time.Hour})
	result := invoke(t, r, "1", event{"Sleep": time.Hour})
	require.Contains(t, string(result.Payload), "timed out after 0.3 seconds")
}

func TestAnInstanceIsFrozenBetweenTwoEvents(t *testing.T) {
	r := run(t, functions.Config{Freeze: true}, functions.Function{})
	pid := read(t, invoke(t, r, "1", event{})).PID
	stat := fmt.Sprintf("/proc/%d/stat", pid)
	if _, err := os.Stat(stat); err != nil {
		t.Skip("this system has no /proc")
	}
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(stat)
		return err == nil && bytes.Contains(text, []byte(") T "))
	}, 10*time.Second, time.Millisecond, "it is stopped")
	require.Equal(t, pid, read(t, invoke(t, r, "2", event{})).PID, "and goes on with the next event")
}

func TestAnInstanceHasAnEnvironmentOfItsOwn(t *testing.T) {
	own := func(instance int) []string { return []string{fmt.Sprint("PROBE_SETTING=", instance)} }
	r := run(t, functions.Config{Extra: own}, functions.Function{Env: []string{"PROBE_SETTING=x"}})
	require.Equal(t, "1", read(t, invoke(t, r, "1", event{})).Setting)
}

func TestAProcessKilledBetweenTwoEventsIsReplaced(t *testing.T) {
	r := run(t, functions.Config{}, functions.Function{})
	pid := read(t, invoke(t, r, "1", event{})).PID
	p, err := os.FindProcess(pid)
	require.NoError(t, err)
	require.NoError(t, p.Kill())
	require.Eventually(t, func() bool { return len(r.Pids("probe")) == 0 }, 10*time.Second, time.Millisecond)
	require.NotEqual(t, pid, read(t, invoke(t, r, "2", event{})).PID)
}

func TestAChangedSettingReachesEveryLaterEvent(t *testing.T) {
	r := run(t, functions.Config{}, functions.Function{Name: "probe", Binary: probe(t), Env: []string{"PROBE_SETTING=old", "OTHER=1"}})
	marker := filepath.Join(t.TempDir(), "busy")
	before := make(chan answer, 1)
	go func() { before <- read(t, invoke(t, r, "1", event{"Marker": marker})) }()
	require.Eventually(t, func() bool { _, err := os.Stat(marker); return err == nil }, 5*time.Second, time.Millisecond)
	r.Setenv("PROBE_SETTING", "new")
	require.Equal(t, "new", read(t, invoke(t, r, "2", event{})).Setting)
	require.NoError(t, os.Remove(marker))
	require.Equal(t, "old", (<-before).Setting, "an event under way ends as it began")
	require.Equal(t, "new", read(t, invoke(t, r, "3", event{})).Setting)
}

func TestAFunctionThatDoesNotStart(t *testing.T) {
	t.Run("because it ends at once tells what it printed", func(t *testing.T) {
		r := run(t, functions.Config{}, functions.Function{Env: []string{"PROBE_EXIT=1"}})
		require.ErrorContains(t, r.Warm(context.Background()), "no, thank you")
		result := invoke(t, r, "1", event{})
		require.Equal(t, functions.InitializationError, result.ErrorType)
	})
	t.Run("because there is no such file", func(t *testing.T) {
		r := run(t, functions.Config{}, functions.Function{Binary: "/nowhere"})
		require.ErrorContains(t, r.Warm(context.Background()), "no such file")
	})
	t.Run("because nobody deployed it", func(t *testing.T) {
		r := run(t, functions.Config{}, functions.Function{})
		_, err := r.Invoke(context.Background(), "other", functions.Invocation{})
		require.ErrorIs(t, err, functions.ErrNoFunction)
	})
}

func TestWhatAnInstancePrintsIsShownWithItsNameAndKeptForTheInvocation(t *testing.T) {
	var logs buffer
	r := run(t, functions.Config{Logs: &logs}, functions.Function{})
	first := invoke(t, r, "1", event{"Print": "hello"})
	second := invoke(t, r, "2", event{"Print": "world"})
	require.Contains(t, string(first.Log), "hello\n")
	require.Contains(t, string(second.Log), "world\n")
	require.NotContains(t, string(second.Log), "hello")
	require.Contains(t, logs.text(), "[probe-1] hello\n")
	require.NotContains(t, logs.text(), "\x00")
}

func TestCloseEndsWhatIsGoingOn(t *testing.T) {
	r := run(t, functions.Config{}, functions.Function{})
	marker := filepath.Join(t.TempDir(), "marker")
	results := make(chan functions.Result, 1)
	go func() { results <- invoke(t, r, "1", event{"Marker": marker}) }()
	require.Eventually(t, func() bool { _, err := os.Stat(marker); return err == nil }, 10*time.Second, time.Millisecond)
	require.NoError(t, r.Close())
	require.Equal(t, functions.UnhandledInvocationError, (<-results).ErrorType)
	_, err := r.Invoke(context.Background(), "probe", functions.Invocation{})
	require.Error(t, err)
}
