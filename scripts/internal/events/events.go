// Package events makes the event of each function as its platform would deliver it:
// signed calls of the operations, calls of the marketplace at the SPI, its messages in
// batches, and the timer. What they contain by default are the samples of events/.
package events

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aegis/scripts/internal/cli"
	"aegis/shared/local/gateway"
	"aegis/shared/local/sample"
	"aegis/shared/marketplace"
	"aegis/shared/operations"
)

// Maker makes events of the project at Root.
type Maker struct {
	Root   string
	Secret string // of the marketplace's tokens
	Now    time.Time
	Batch  int  // messages in an event of marketorders; 0: 1
	Bare   bool // of marketorders: one message as it is in the queue, in no envelope
	Force  bool // take parameters that no operation has
}

// Event is an event and the function that it is for.
type Event struct {
	Function string
	Text     []byte
	ReadOnly bool // it changes nothing
}

// CheckFunction refuses what is no folder of functions/.
func CheckFunction(root, name string) error {
	mains, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	if err != nil {
		return err
	}

	var names []string
	for _, file := range mains {
		names = append(names, filepath.Base(filepath.Dir(file)))
	}

	if !slices.Contains(names, name) {
		return cli.Usagef("there is no function %q%s", name, cli.DidYouMean(name, names))
	}
	return nil
}

// Make makes an event of a name in any case, or of a call's file. Changes are written
// name=value; name= alone removes a parameter.
func (m Maker) Make(name string, changes []string) (Event, error) {
	switch strings.ToLower(name) {
	case "marketspi":
		return m.spi(changes)
	case "marketorders":
		return m.orders(changes)
	case "renewals":
		return m.timer(changes)
	}

	if !strings.ContainsAny(name, "./") {
		name = strings.ToLower(name)
		if names := append(calls(), "marketorders", "marketspi", "renewals"); !slices.Contains(names, name) {
			return Event{}, cli.Usagef("there is no call %q%s", name, cli.DidYouMean(name, names))
		}
	}
	if err := m.check(changes, parameters); err != nil {
		return Event{}, err
	}

	return m.call(name, changes)
}

func (m Maker) call(name string, changes []string) (Event, error) {
	call, err := sample.Load(m.Root, name, changes)
	if err != nil {
		return Event{}, err
	}
	text, err := call.Event(m.Now)
	return Event{Function: call.Function, Text: text, ReadOnly: readOnly(call.Parameters["Action"])}, err
}

// check refuses a parameter that nothing has: it would be ignored, and the call would
// do what the sample says.
func (m Maker) check(changes []string, known func() ([]string, error)) error {
	names, err := known()
	if err != nil || m.Force {
		return err
	}

	for _, change := range changes {
		name, _, ok := strings.Cut(change, "=")
		if !ok || name == "" {
			return cli.Usagef("parameter %q: it must be name=value", change)
		}
		if !slices.Contains(names, name) {
			return cli.Usagef("there is no parameter %s%s (-force sends it)", cli.Clean(name), cli.DidYouMean(name, names))
		}
	}

	return nil
}

// readOnly reports whether the table says that an operation changes nothing.
func readOnly(action string) bool {
	o, ok := operations.Find(action)
	return ok && o.ReadOnly
}

// calls lists the calls: one for each operation, and the POP endpoint.
func calls() []string {
	names := []string{"pop"}
	for _, o := range operations.All() {
		names = append(names, o.Function())
	}
	return names
}

// parameters lists those of all operations, and those of the protocol.
func parameters() ([]string, error) {
	names := []string{"Action", "Version", "Format", "SecurityToken", "SignatureMethod", "SignatureNonce", "SignatureVersion",
		"Timestamp", "AccessKeyId", "Signature", "RegionId", "ResourceOwnerId", "ResourceOwnerAccount"}
	for _, o := range operations.All() {
		for _, p := range o.Parameters {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// spi makes a call of the marketplace at the SPI.
func (m Maker) spi(changes []string) (Event, error) {
	params, err := m.order(changes)
	if err != nil {
		return Event{}, err
	}

	query := url.Values{}
	for name, value := range params {
		query.Set(name, value)
	}

	r, err := http.NewRequest(http.MethodGet, "http://127.0.0.1:8080/market/spi?"+query.Encode(), http.NoBody)
	if err != nil {
		return Event{}, err
	}

	text, err := gateway.HTTPTriggerEvent(gateway.Request{Request: r, RequestID: "sample", At: m.Now})
	return Event{Function: "marketspi", Text: text}, err
}

// orders makes a batch of messages as EventBridge delivers it.
func (m Maker) orders(changes []string) (Event, error) {
	params, err := m.order(changes)
	if err != nil {
		return Event{}, err
	}
	if m.Bare {
		text, err := m.body(m.id(0), params)
		return Event{Function: "marketorders", Text: text}, err
	}

	var batch []map[string]any
	for i := range max(1, m.Batch) {
		message, err := m.message(i, params)
		if err != nil {
			return Event{}, err
		}
		batch = append(batch, message)
	}

	text, err := json.MarshalIndent(batch, "", "  ")
	return Event{Function: "marketorders", Text: text}, err
}

// message wraps one order. Those after the first of a batch are orders of their own.
func (m Maker) message(i int, params map[string]string) (map[string]any, error) {
	order := maps.Clone(params)
	if i > 0 {
		order["orderId"] = fmt.Sprint(order["orderId"], "-", i+1)
		order["token"] = marketplace.Sign(order, m.Secret)
	}

	id := m.id(i)
	body, err := m.body(id, order)
	if err != nil {
		return nil, err
	}

	return map[string]any{
		"id": id, "source": "market-orders", "specversion": "1.0", "type": "mns:Queue:SendMessage",
		"datacontenttype": "application/json; charset=utf-8", "time": m.Now.UTC().Format(time.RFC3339),
		"data": map[string]string{"requestId": id, "messageId": id, "messageBody": string(body)},
	}, nil
}

func (m Maker) id(i int) string { return fmt.Sprintf("message-%d-%d", m.Now.UnixMilli(), i+1) }

// body is a message as the SPI puts it into the queue.
func (m Maker) body(id string, order map[string]string) ([]byte, error) {
	return json.Marshal(map[string]any{
		"version": "1", "receivedAt": m.Now.UTC().Format("2006-01-02T15:04:05.000Z"), "requestId": id, "params": order,
	})
}

// order is what the marketplace says of an order: the sample of the action, changed,
// with the token that fits.
func (m Maker) order(changes []string) (map[string]string, error) {
	samples, err := m.samples()
	if err != nil {
		return nil, err
	}
	known := func() ([]string, error) {
		names := []string{"token"}
		for _, params := range samples {
			names = slices.AppendSeq(names, maps.Keys(params))
		}
		return names, nil
	}
	if err := m.check(changes, known); err != nil {
		return nil, err
	}

	action := "createInstance"
	for _, change := range changes {
		if value, ok := strings.CutPrefix(change, "action="); ok {
			action = value
		}
	}
	params, err := sampleOf(samples, action)
	if err != nil {
		return nil, err
	}
	return m.changed(params, changes), nil
}

// sampleOf finds an action in any case.
func sampleOf(samples map[string]map[string]string, action string) (map[string]string, error) {
	for name, params := range samples {
		if strings.EqualFold(name, action) {
			return maps.Clone(params), nil
		}
	}
	names := slices.Sorted(maps.Keys(samples))
	return nil, cli.Usagef("there is no action %q: it must be one of %s%s", action, strings.Join(names, ", "), cli.DidYouMean(action, names))
}

// changed applies changes and signs. A token that is given stays, so that a wrong one
// can be sent.
func (m Maker) changed(params map[string]string, changes []string) map[string]string {
	delete(params, "token")
	for _, change := range changes {
		switch name, value, _ := strings.Cut(change, "="); {
		case value == "":
			delete(params, name)
		case name != "action":
			params[name] = value
		}
	}

	if params["token"] == "" {
		params["token"] = marketplace.Sign(params, m.Secret)
	}
	return params
}

// samples are the orders of events/marketorders, by action.
func (m Maker) samples() (map[string]map[string]string, error) {
	files, err := fs.Glob(os.DirFS(m.Root), "events/marketorders/[0-9]-*.json")
	if err != nil {
		return nil, err
	}

	samples := map[string]map[string]string{}
	for _, file := range files {
		params, err := readOrder(filepath.Join(m.Root, file))
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		samples[params["action"]] = params
	}

	return samples, nil
}

func readOrder(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}

	var batch []struct {
		Data struct{ MessageBody string }
	}
	if err := json.Unmarshal(text, &batch); err != nil {
		return nil, err
	}
	if len(batch) == 0 {
		return nil, fmt.Errorf("it has no message")
	}

	var body struct{ Params map[string]string }
	err = json.Unmarshal([]byte(batch[0].Data.MessageBody), &body)
	return body.Params, err
}

// timer makes the event of the timer; its one parameter is the payload.
func (m Maker) timer(changes []string) (Event, error) {
	payload := ""
	if err := m.check(changes, func() ([]string, error) { return []string{"payload"}, nil }); err != nil {
		return Event{}, err
	}

	for _, change := range changes {
		_, payload, _ = strings.Cut(change, "=")
	}
	text, err := json.MarshalIndent(map[string]string{
		"triggerTime": m.Now.UTC().Format(time.RFC3339), "triggerName": "renewals", "payload": payload,
	}, "", "  ")

	return Event{Function: "renewals", Text: text}, err
}
