package function

import (
	"fmt"
	"net/http"
	"os"
	"runtime/debug"

	"aegis/shared/pop"
	"aegis/shared/runtimeapi"
)

// MaxEvent is how many bytes an event may have at most, at every function but the
// consumer of the order queue. The event of a real call has less than 4 KB, and
// package pop takes at most 64 KB each of query, headers and body.
const MaxEvent = 512 << 10

// MaxBatchEvent is the limit of the queue's consumer. s.yaml delivers at most 8
// messages in one event and SMQ takes messages of 64 KB: 512 KB, or 3.5 MB if every
// byte has to be quoted twice. So no batch of the queue is ever over the limit.
const MaxBatchEvent = 4 << 20

// memoryLimit is the heap at which the garbage collector runs more often. It keeps
// a process under 64 MB of the 128 MB that s.yaml gives it, whatever it is sent.
const memoryLimit = 40 << 20

// checkEvent refuses an event before anything is decoded. The runtime's transport
// has cut what is longer, so the real size is not known.
func checkEvent(raw []byte) error {
	if len(raw) > MaxEvent {
		return pop.InvalidParameter("Event", fmt.Sprintf("It must not exceed %d bytes.", MaxEvent))
	}
	return nil
}

// checkBatchEvent fails the invocation of a batch that is too large. The platform
// delivers it again, and in the end moves its messages to the dead-letter queue
// that s.yaml names, so that none is lost.
func checkBatchEvent(raw []byte) error {
	if len(raw) > MaxBatchEvent {
		return fmt.Errorf("a batch must not exceed %d bytes: none of its messages was handled; "+
			"make CountBasedWindow smaller", MaxBatchEvent)
	}
	return nil
}

// prepareProcess limits the memory of this process and replaces the transport of
// the runtime SDK, which takes http.DefaultTransport (runtime_api_client.go).
func prepareProcess(maxEvent int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}

	other := http.DefaultTransport
	if t, ok := other.(*http.Transport); ok {
		t.MaxIdleConnsPerHost = 64
		t.Proxy = nil // what functions call is named by settings
	}
	http.DefaultTransport = runtimeapi.New(runtimeapi.Config{
		Address: os.Getenv("FC_RUNTIME_API"), MaxEvent: maxEvent, Other: other,
	})
}
