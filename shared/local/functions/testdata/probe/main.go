// Command probe is a function that does what its event tells it to.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
	"github.com/aliyun/fc-runtime-go-sdk/fccontext"
)

type event struct {
	Print  string // on standard output
	Sleep  time.Duration
	Fail   string // return this error
	Panic  bool
	Exit   bool   // end the process
	Marker string // a file to make, then wait until it is gone
}

type answer struct {
	PID           int
	RequestID     string
	AccessKeyID   string
	SecurityToken string
	LeftMS        int64 // until the deadline
	Name          string
	Setting       string
}

func main() {
	if os.Getenv("PROBE_EXIT") != "" {
		fmt.Println("no, thank you")
		os.Exit(3)
	}
	fc.Start(handle)
}

func handle(ctx context.Context, e event) (answer, error) {
	if e.Print != "" {
		fmt.Println(e.Print)
	}
	if e.Marker != "" {
		rendezvous(e.Marker)
	}

	time.Sleep(e.Sleep)
	switch {
	case e.Fail != "":
		return answer{}, errors.New(e.Fail)
	case e.Panic:
		panic("told to")
	case e.Exit:
		os.Exit(7)
	}

	c, _ := fccontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return answer{
		PID: os.Getpid(), RequestID: c.RequestID, AccessKeyID: c.Credentials.AccessKeyId, SecurityToken: c.Credentials.SecurityToken,
		LeftMS: time.Until(deadline).Milliseconds(), Name: os.Getenv("FC_FUNCTION_NAME"), Setting: os.Getenv("PROBE_SETTING"),
	}, nil
}

// rendezvous makes a file while the event is handled, and waits until it is removed.
func rendezvous(marker string) {
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(marker); err != nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
