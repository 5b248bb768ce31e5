package app

import (
	"net/http"
	"os"
	"runtime/debug"

	"aegis/shared/runtimeapi"
)

// memoryLimit is the heap size above which the garbage collector runs more often. It
// keeps a process below 64 MB, of the 128 MB in s.yaml, whatever input it receives.
const memoryLimit = 40 << 20

func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// prepareProcess limits the memory of this process and replaces the transport of
// the runtime SDK, which takes http.DefaultTransport (runtime_api_client.go).
func prepareProcess(maxEvent int64) {
	limitMemory()
	other := http.DefaultTransport
	if t, ok := other.(*http.Transport); ok {
		t.MaxIdleConnsPerHost = 64
		t.Proxy = nil // settings name every server that functions call
	}
	http.DefaultTransport = runtimeapi.New(runtimeapi.Config{
		Address: os.Getenv("FC_RUNTIME_API"), MaxEvent: maxEvent, Other: other,
	})
}
