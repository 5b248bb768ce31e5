// Command hello is the floor of every function: a handler that answers its event,
// on the same runtime SDK.
package main

import (
	"context"
	"encoding/json"

	"github.com/aliyun/fc-runtime-go-sdk/fc"
)

func main() {
	fc.Start(func(_ context.Context, event json.RawMessage) (json.RawMessage, error) { return event, nil })
}
