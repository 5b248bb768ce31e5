package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/local/gateway"
	"aegis/shared/pop"
	"aegis/shared/store/storetest"
	"aegis/shared/tokenrow"
)

const (
	owner  = "1000000000000001"
	keyID  = "LTAI-test"
	secret = "the-secret-of-the-key"
)

// desk is a service on a real store, with one account and its key.
type desk struct {
	t       testing.TB
	service *api.Service
	gate    *storetest.Faulty
	keys    *access.Registry
	log     *bytes.Buffer
	now     time.Time
	event   gateway.Event
}

func open(t testing.TB, operations ...api.Operation) *desk {
	t.Helper()
	s, _ := storetest.Start(t, tokenrow.Sales(), access.Keys(), access.Nonces(), access.Ceilings())
	d := &desk{t: t, log: &bytes.Buffer{}, gate: &storetest.Faulty{Client: s}, now: time.Date(2026, 5, 10, 4, 0, 0, 0, time.UTC), event: gateway.HTTPTriggerEvent}
	master, err := access.ParseMasterKey("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	require.NoError(t, err)
	d.keys, err = access.New(access.Config{Store: d.gate, Master: master, Clock: d.clock})
	require.NoError(t, err)
	books, err := ledger.New(ledger.Config{Store: d.gate, Clock: d.clock})
	require.NoError(t, err)
	ledgertest.SetBalance(t, books, owner, 1_000_000)
	d.putKey(access.Key{ID: keyID, Secret: secret, Owner: owner})
	if len(operations) == 0 {
		operations = api.All()
	}
	d.service, err = api.New(api.Config{Operations: operations, Access: d.keys, Backend: books, Clock: d.clock, Log: d.log})
	require.NoError(t, err)
	return d
}

// restart gives the service public hosts.
func (d *desk) restart(hosts []string) {
	d.t.Helper()
	books, err := ledger.New(ledger.Config{Store: d.gate, Clock: d.clock})
	require.NoError(d.t, err)
	d.service, err = api.New(api.Config{Operations: api.All(), Access: d.keys, Backend: books, Clock: d.clock, Log: d.log, Hosts: hosts})
	require.NoError(d.t, err)
}

func (d *desk) clock() time.Time { return d.now }

func (d *desk) putKey(k access.Key, owners ...string) {
	d.t.Helper()
	require.NoError(d.t, d.keys.Put(context.Background(), k, owners))
}

// create is CreateInstance as the documentation's sample calls it.
func create(changes ...string) pop.Params {
	return changed(pop.Params{
		{Name: "Action", Value: "CreateInstance"}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"},
		{Name: "ClientToken", Value: "token-1"}, {Name: "Duration", Value: "1"}, {Name: "PricingCycle", Value: "Month"},
		{Name: "VersionCode", Value: "1"}, {Name: "VmNumber", Value: "5"}, {Name: "IsAutoRenew", Value: "false"},
		{Name: "AutoRenewDuration", Value: "0"},
	}, changes)
}

// changed sets parameters by "Name=value"; "-Name" removes one.
func changed(p pop.Params, changes []string) pop.Params {
	for _, change := range changes {
		name, value, _ := strings.Cut(strings.TrimPrefix(change, "-"), "=")
		var kept pop.Params
		for _, old := range p {
			if old.Name != name {
				kept = append(kept, old)
			}
		}
		if p = kept; !strings.HasPrefix(change, "-") {
			p = append(p, pop.Param{Name: name, Value: value})
		}
	}
	return p
}

func (d *desk) signer() *pop.Signer {
	return &pop.Signer{Credentials: pop.Credentials{AccessKeyID: keyID, AccessKeySecret: secret}, Clock: d.clock}
}

// answer is what a client gets.
type answer struct {
	status int
	header map[string]string
	body   string
	fields map[string]any // of a JSON body
}

// call signs parameters and sends them.
func (d *desk) call(p pop.Params) answer {
	d.t.Helper()
	return d.send(http.MethodPost, "/?"+d.signer().SignV1(http.MethodPost, p).Encode(), "", nil)
}

// send delivers an HTTP request as the platform does.
func (d *desk) send(method, target, contentType string, body []byte) answer {
	d.t.Helper()
	r, err := http.NewRequest(method, "http://aegis.test"+target, bytes.NewReader(body))
	require.NoError(d.t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	event, err := d.event(gateway.Request{Request: r, Body: body, RequestID: "fc-1", At: d.now})
	require.NoError(d.t, err)
	return d.handle(event)
}

func (d *desk) handle(event []byte) answer {
	d.t.Helper()
	e := d.service.Handle(context.Background(), event)
	require.False(d.t, e.IsBase64Encoded)
	a := answer{status: e.StatusCode, header: e.Headers, body: e.Body}
	if strings.HasPrefix(e.Body, "{") {
		require.NoError(d.t, json.Unmarshal([]byte(e.Body), &a.fields))
	}
	return a
}

func (d *desk) requireUntouched() {
	d.t.Helper()
	books, err := ledger.New(ledger.Config{Store: d.gate.Client})
	require.NoError(d.t, err)
	account, err := books.Account(context.Background(), owner)
	require.NoError(d.t, err)
	require.EqualValues(d.t, 1_000_000, account.Balance)
	require.Nil(d.t, account.Instance)
}

func (d *desk) requireError(a answer, status int, code, message string) {
	d.t.Helper()
	require.Equal(d.t, code, a.fields["Code"], a.body)
	require.Equal(d.t, status, a.status)
	require.Contains(d.t, a.fields["Message"], message)
	require.NotEmpty(d.t, a.fields["RequestId"])
	require.Equal(d.t, "aegis.test", a.fields["HostId"])
}
