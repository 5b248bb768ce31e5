// Command event prints a call of events/ as the platform would deliver it to its
// function, freshly signed:
//
//	go run ./scripts/event createinstance [Name=value …]
package main

import (
	"fmt"
	"os"
	"time"

	"aegis/shared/local"
	"aegis/shared/local/sample"
)

func main() {
	if len(os.Args) < 2 {
		exit(fmt.Errorf("usage: go run ./scripts/event NAME|FILE [Parameter=value …]"))
	}
	event, err := event(os.Args[1], os.Args[2:])
	if err != nil {
		exit(err)
	}
	fmt.Println(string(event))
}

func event(name string, changes []string) ([]byte, error) {
	root, err := local.ModuleRoot()
	if err != nil {
		return nil, err
	}
	call, err := sample.Load(root, name, changes)
	if err != nil {
		return nil, err
	}
	return call.Event(time.Now())
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
