package functions

import (
	"aegis/shared/pop"
	"io"
	"time"
)

// Function is a deployed function.
type Function struct {
	Name    string
	Binary  string        // path of the executable
	Env     []string      // NAME=value, in addition to what the platform sets
	Timeout time.Duration // of an invocation; 0: 60 s
	Memory  int           // MB, passed to the function and not enforced; 0: 128
	Handler string        // "": main

	// Concurrency is how many calls an instance of a custom runtime handles at a time; 0:
	// the runtime go1, in which an instance handles one event at a time.
	Concurrency int
}

// Config wires a Runtime. Its zero value works.
type Config struct {
	Instances   int              // at most, per function; 0: 8
	StartWithin time.Duration    // from exec to the first request for an event; 0: 10 s
	Logs        io.Writer        // what instances print, line by line, after their name; nil: nowhere
	Credentials pop.Credentials  // of the functions' role, handed over with each event
	Region      string           // "": cn-hangzhou
	AccountID   string           // "": 1000000000000000
	Clock       func() time.Time // nil: time.Now
	Observer    Observer         // nil: nobody watches

	Freeze     bool                        // stop an instance's process between two events, as the platform does
	MaxTimeout time.Duration               // caps the timeout of every function; 0: it does not
	Extra      func(instance int) []string // NAME=value of one instance, which win over the function's; nil: none
}

// Invocation is one event for a function.
type Invocation struct {
	RequestID   string
	Event       []byte
	HTTP        *HTTPRequest     // the call that the event is made of; nil: there is none
	Credentials *pop.Credentials // nil: the Config's
	Timeout     time.Duration    // 0: the Function's
	Details     bool             // fill in the Result's Log and MemoryMB
}

// Result is what became of an invocation.
type Result struct {
	Payload   []byte        // the function's answer, or {"errorMessage", "errorType", …}
	ErrorType string        // "", UnhandledInvocationError or InitializationError
	Log       []byte        // what the instance printed meanwhile, at most its last 4 KB; nil without Details
	Duration  time.Duration // of the handling
	MemoryMB  int           // the instance's peak; 0 without Details, or where the system does not report it
}

// The error types of a failed invocation, as the header X-Fc-Error-Type has them.
const (
	UnhandledInvocationError = "UnhandledInvocationError"
	InitializationError      = "InitializationError"
)

func (f Function) withDefaults() Function {
	if f.Timeout == 0 {
		f.Timeout = 60 * time.Second
	}
	if f.Memory == 0 {
		f.Memory = 128
	}
	if f.Handler == "" {
		f.Handler = "main"
	}

	return f
}

func (c Config) withDefaults() Config {
	if c.Instances == 0 {
		c.Instances = 8
	}
	if c.StartWithin == 0 {
		c.StartWithin = 10 * time.Second
	}
	if c.Logs == nil {
		c.Logs = io.Discard
	}
	if c.Region == "" {
		c.Region = "cn-hangzhou"
	}
	if c.AccountID == "" {
		c.AccountID = "1000000000000000"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}

	return c
}
