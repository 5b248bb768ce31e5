package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

// invocation is an event while an instance has it.
type invocation struct {
	Invocation
	deadline time.Time
	done     chan outcome // of capacity one: the first answer counts
}

type outcome struct {
	payload []byte
	failed  bool
}

// handle gives the event to the instance and waits for the answer, the deadline
// or the instance's end.
func (i *instance) handle(in Invocation) Result {
	if in.Timeout == 0 {
		in.Timeout = i.function.Timeout
	}
	if most := i.runtime.config.MaxTimeout; most > 0 {
		in.Timeout = min(in.Timeout, most)
	}
	details := in.Details && !i.function.custom() // the lines of parallel calls cannot be attributed
	if details {
		i.logs.drain() // what earlier invocations printed
	}

	began := i.runtime.config.Clock()
	i.observe(in, began)
	v := &invocation{Invocation: in, deadline: began.Add(in.Timeout), done: make(chan outcome, 1)}
	result := i.run(v)
	result.Duration = i.runtime.config.Clock().Sub(began)
	if details {
		result.Log = i.logs.drain()
		result.MemoryMB = i.peakMB()
	}
	if o := i.runtime.config.Observer; o != nil {
		o.Returned(in.RequestID, result)
	}

	return result
}

func (i *instance) run(v *invocation) Result {
	if i.function.custom() {
		return i.exchange(v)
	}
	return i.await(v)
}

// observe tells the observer of an event that the instance is about to get.
func (i *instance) observe(in Invocation, at time.Time) {
	first := i.handled.Add(1) == 1
	if o := i.runtime.config.Observer; o != nil {
		o.Invoked(i.function.Name, i.name, first, in, at)
	}
}

func (i *instance) await(v *invocation) Result {
	late := time.NewTimer(v.Timeout)
	defer late.Stop()
	i.set(v)
	defer i.set(nil)
	events := i.events
	for {
		select {
		case events <- v:
			events = nil // sent; now for the answer
		case out := <-v.done:
			return out.result()
		case <-i.exited:
			return i.died(v)
		case <-late.C:
			i.runtime.timedOut.Add(1)
			i.kill()
			return failure(UnhandledInvocationError, fmt.Sprintf("Function timed out after %g seconds", v.Timeout.Seconds()))
		}
	}
}

// died answers for an instance that ended before it answered; an answer that
// arrived just before its end counts.
func (i *instance) died(v *invocation) Result {
	select {
	case out := <-v.done:
		return out.result()
	default:
		return failure(UnhandledInvocationError, fmt.Sprintf("Process exited unexpectedly before completing request (%v)", i.ended))
	}
}

func (i *instance) kill() {
	_ = i.process.Process.Kill()
	<-i.exited
}

func (i *instance) set(v *invocation) {
	i.mu.Lock()
	i.current = v
	i.mu.Unlock()
}

// invocation finds the current event by its id.
func (i *instance) invocation(requestID string) *invocation {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.current == nil || i.current.RequestID != requestID {
		return nil
	}
	return i.current
}

func (o outcome) result() Result {
	if o.failed {
		return Result{Payload: o.payload, ErrorType: UnhandledInvocationError}
	}
	return Result{Payload: o.payload}
}

func failure(errorType, message string) Result {
	payload, err := json.Marshal(map[string]string{"errorMessage": message, "errorType": errorType})
	if err != nil {
		payload = []byte(`{}`)
	}
	return Result{Payload: payload, ErrorType: errorType}
}

// peakMB is the process's peak resident memory where the system reports it.
func (i *instance) peakMB() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.process.Process.Pid))
	if err != nil {
		return 0
	}

	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}

	kb, err := strconv.Atoi(string(fields[0]))
	if err != nil {
		return 0
	}

	return (kb + 1023) / 1024
}
