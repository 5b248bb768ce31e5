package functions

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// instance is one process of a function, with a runtime API of its own.
type instance struct {
	runtime  *Runtime
	function Function
	name     string // for logs
	number   int    // of the function's instances
	version  int    // of the pool's environment, when it was made
	taken    int    // events that it handles; the pool's lock guards it

	process *exec.Cmd
	pid     int // once started
	logs    *logs
	server  *http.Server
	ready   chan struct{}    // closed by the first request for an event
	asked   sync.Once        // closes ready
	events  chan *invocation // to the request for the next event
	exited  chan struct{}    // closed when the process is gone
	ended   error            // why, valid once exited
	stopped sync.Once

	address string       // of a custom runtime's HTTP server
	client  *http.Client // of that server

	mu      sync.Mutex
	current *invocation
	handled atomic.Int64 // events so far
}

func newInstance(r *Runtime, f Function, number int) *instance {
	return &instance{
		runtime: r, function: f, name: fmt.Sprintf("%s-%d", f.Name, number), number: number,
		ready: make(chan struct{}), events: make(chan *invocation), exited: make(chan struct{}),
	}
}

// errStart: the instance did not come up.
var errStart = errors.New("the function's process did not start")

// start runs the binary and waits until it asks for its first event.
func (i *instance) start(ctx context.Context) error {
	if err := i.launch(); err != nil {
		close(i.exited)
		return fmt.Errorf("%w: %w", errStart, err)
	}

	late := time.NewTimer(i.runtime.config.StartWithin)
	defer late.Stop()
	select {
	case <-i.ready:
		return nil
	case <-i.exited:
		return fmt.Errorf("%w: it ended at once: %w: %s", errStart, i.ended, i.logs.drain())
	case <-late.C:
		return fmt.Errorf("%w: it asked for no event within %s", errStart, i.runtime.config.StartWithin)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (i *instance) launch() error {
	kind, err := i.prepare()
	if err != nil {
		return err
	}
	if i.logs, err = newLogs(i.name, i.runtime.config.Logs, i.runtime.config.Observer); err != nil {
		return fmt.Errorf("open the log: %w", err)
	}

	i.process = exec.Command(i.function.Binary)
	i.process.Env = i.environment(kind)
	i.process.Stdout, i.process.Stderr = i.logs.write, i.logs.write
	i.runtime.group.add(i.process)
	if err := i.process.Start(); err != nil {
		return err
	}

	i.pid = i.process.Process.Pid
	go i.wait()
	if i.function.custom() {
		go i.awaitServer()
	}
	return nil
}

// prepare makes what the instance's runtime needs, and returns the variable by which
// the function knows its runtime.
func (i *instance) prepare() (variable string, err error) {
	if i.function.custom() {
		err := i.reservePort()
		return "CUSTOM_RUNTIME_ADDRESS=" + i.address, err
	}

	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for the runtime API: %w", err)
	}
	i.server = &http.Server{Handler: i.api()}
	go func() { _ = i.server.Serve(api) }() // ends with Close
	return "FC_RUNTIME_API=" + api.Addr().String(), nil
}

func (i *instance) wait() {
	i.ended = i.process.Wait()
	if i.ended == nil {
		i.ended = errors.New("exit status 0")
	}
	close(i.exited)
}

// environment is the function's own and what Function Compute gives an instance;
// the latter wins.
func (i *instance) environment(runtime string) []string {
	c, f := i.runtime.config, i.function
	env := slices.Clone(f.Env)
	if c.Extra != nil {
		env = append(env, c.Extra(i.number)...)
	}

	return append(env,
		"PATH="+os.Getenv("PATH"), "HOME="+os.TempDir(), "TZ=UTC",
		runtime, "FC_FUNC_CODE_PATH=/code", "FC_FUNCTION_NAME="+f.Name,
		"FC_FUNCTION_HANDLER="+f.Handler, fmt.Sprint("FC_FUNCTION_MEMORY_SIZE=", f.Memory),
		"FC_REGION="+c.Region, "FC_ACCOUNT_ID="+c.AccountID, "FC_INSTANCE_ID="+i.name,
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+c.Credentials.AccessKeyID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET="+c.Credentials.AccessKeySecret,
		"ALIBABA_CLOUD_SECURITY_TOKEN="+c.Credentials.SecurityToken,
	)
}

// freeze stops the process until thaw: an idle instance gets no CPU.
func (i *instance) freeze() { i.signal(syscall.SIGSTOP) }

func (i *instance) thaw() { i.signal(syscall.SIGCONT) }

func (i *instance) signal(s syscall.Signal) {
	if i.runtime.config.Freeze {
		_ = i.process.Process.Signal(s) // it may just have ended
	}
}

func (i *instance) alive() bool {
	select {
	case <-i.exited:
		return false
	default:
		return true
	}
}

// stop kills the process, if it runs, and waits for its end.
func (i *instance) stop() {
	i.stopped.Do(func() {
		if i.pid != 0 {
			_ = i.process.Process.Kill()
			<-i.exited
		}
		if i.server != nil {
			_ = i.server.Close()
		}
		if i.logs != nil {
			i.logs.close()
		}
	})
}
