package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"aegis/shared/local/functions"
)

// cost measures what each operation asks of the store, warm: its requests, of which the
// nonce's runs in parallel with the first read, and its capacity units.
func (o options) cost(ctx context.Context, s *shop, function string) error {
	r, err := s.runtimeOf(function)
	if err != nil {
		return err
	}
	defer r.Close()

	m := meter{shop: s, runtime: r}
	for _, owner := range []string{"getsummary", "adjustbalance"} { // so that both keys are known
		if _, err := m.call(ctx, owner); err != nil {
			return err
		}
	}
	for _, c := range costed() {
		if err := m.measure(ctx, o, c); err != nil {
			return fmt.Errorf("measure %s: %w", c.name, err)
		}
	}
	return nil
}

// costedCall is a call to be measured: a sample and its changes, in which {InstanceId}
// and {OrderId} are those of the first order.
type costedCall struct {
	name, sample string
	changes      []string
}

func costed() []costedCall {
	instance := "InstanceId={InstanceId}"
	return []costedCall{
		{"CreateInstance", "createinstance", []string{"VmNumber=5"}},
		{"CreateInstance, replay", "createinstance", []string{"VmNumber=5"}},
		{"CreateInstance, refused", "createinstance", []string{"ClientToken=refused"}},
		{"CreateInstance, refused again", "createinstance", []string{"ClientToken=refused"}},
		{"UpgradeInstance", "upgradeinstance", []string{instance}},
		{"UpgradeInstance, DryRun", "upgradeinstance", []string{instance, "ClientToken=dry", "VmNumber=6", "DryRun=true"}},
		{"RenewInstance", "renewinstance", []string{instance}},
		{"SetRenewal", "setrenewal", []string{instance}},
		{"GetSummary", "getsummary", nil},
		{"QueryPrice", "queryprice", nil},
		{"QueryOrders, a page of 20", "queryorders", nil},
		{"QueryOrders, a token", "queryorders", []string{"ClientToken=sample-create"}},
		{"GetOrderDetail", "getorderdetail", []string{"OrderId={OrderId}"}},
		{"SetMachineNumber", "setmachinenumber", []string{"MachineNumber=6"}},
		{"DepositBalance", "depositbalance", nil},
		{"AdjustBalance", "adjustbalance", []string{"ClientToken=another"}},
	}
}

// meter reads the store's counters around a call.
type meter struct {
	shop            *shop
	runtime         *functions.Runtime
	instance, order string
}

func (m *meter) measure(ctx context.Context, o options, c costedCall) error {
	before, err := m.shop.units(ctx)
	if err != nil {
		return err
	}
	requests := m.shop.requests.Load()
	body, err := m.call(ctx, c.sample, c.changes...)
	if err != nil {
		return err
	}
	requests = m.shop.requests.Load() - requests
	after, err := m.shop.units(ctx)
	if err != nil {
		return err
	}

	m.note(body)
	o.add(figure{Name: c.name + ": store requests", Value: float64(requests)})
	o.add(figure{Name: c.name + ": read units", Value: float64(after["read"] - before["read"]), Unit: "CU"})
	o.add(figure{Name: c.name + ": write units", Value: float64(after["write"] - before["write"]), Unit: "CU"})
	return nil
}

func (m *meter) call(ctx context.Context, sample string, changes ...string) (string, error) {
	known := regexp.MustCompile(`\{(InstanceId|OrderId)\}`)
	for i, change := range changes {
		changes[i] = known.ReplaceAllStringFunc(change, func(name string) string {
			return map[string]string{"{InstanceId}": m.instance, "{OrderId}": m.order}[name]
		})
	}

	envelope, err := answerOf(ctx, m.runtime, eventOfOwner(m.shop.root, sample, changes...))
	if err != nil {
		return "", err
	}
	var answer struct{ Body string }
	err = json.Unmarshal(envelope, &answer)
	return answer.Body, err
}

// note remembers the first order and its instance.
func (m *meter) note(body string) {
	var answer struct{ OrderId, InstanceId string }
	if m.order == "" && json.Unmarshal([]byte(body), &answer) == nil {
		m.order, m.instance = answer.OrderId, answer.InstanceId
	}
}

// units returns the capacity units that the store has answered, read and write.
func (s *shop) units(ctx context.Context) (map[string]int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}

	sums := map[string]int64{}
	for _, line := range regexp.MustCompile(`tablestore_(read|write)_units_total\{[^}]*\} (\d+)`).FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.ParseInt(line[2], 10, 64) // digits
		sums[line[1]] += n
	}
	return sums, nil
}
