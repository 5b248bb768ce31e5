package conformance_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"aegis/shared/pop"
)

// seller is an endpoint that remembers what was ordered, and checks little.
type seller struct {
	key, secret string

	mu     sync.Mutex
	nonces map[string]bool
	orders map[string][]pop.Field // by owner and token
	vms    map[string]string      // by owner
}

func newSeller(key, secret string) *seller {
	return &seller{key: key, secret: secret, nonces: map[string]bool{}, orders: map[string][]pop.Field{}, vms: map[string]string{}}
}

func (s *seller) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	id, err := pop.NewRequestID(rand.Reader)
	if err != nil {
		panic(err)
	}
	call, fields, err := s.serve(in)
	answer := pop.Answer(call.Format, call.Action, id, fields...)
	var refusal *pop.Error
	if errors.As(err, &refusal) {
		answer = refusal.Response(call.Format, id, call.Host)
	}
	for _, h := range answer.Header {
		out.Header().Set(h.Name, h.Value)
	}
	out.Header().Set("Content-Type", answer.ContentType)
	out.WriteHeader(answer.Status)
	out.Write(answer.Body)
}

func (s *seller) serve(in *http.Request) (*pop.Call, []pop.Field, error) {
	body, err := io.ReadAll(io.LimitReader(in.Body, pop.MaxBody+1))
	if err != nil {
		return &pop.Call{}, nil, pop.InternalError()
	}
	r := &pop.Request{Method: in.Method, Host: in.Host, Path: in.URL.EscapedPath(), RawQuery: in.URL.RawQuery, Body: body}
	for name, values := range in.Header {
		for _, value := range values {
			r.Header = append(r.Header, pop.Param{Name: name, Value: value})
		}
	}
	call, err := pop.Decode(r)
	if err == nil {
		err = s.authenticate(call)
	}
	if err != nil {
		return call, nil, err
	}
	fields, err := s.do(call)
	return call, fields, err
}

func (s *seller) authenticate(call *pop.Call) error {
	if call.AccessKeyID != s.key {
		return call.VerifyUnknown()
	}
	if err := call.Verify(s.secret); err != nil {
		return err
	}
	if err := call.CheckTime(time.Now()); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nonces[call.Nonce] {
		return pop.SignatureNonceUsed()
	}
	s.nonces[call.Nonce] = true
	return nil
}

func (s *seller) do(call *pop.Call) ([]pop.Field, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner, _ := call.Params.Get("OwnerId")
	instance := pop.Field{Name: "InstanceId", Value: "aegis-" + owner}
	switch call.Action {
	case "CreateInstance", "UpgradeInstance", "RenewInstance":
		return s.order(call, owner, instance)
	case "GetSummary":
		return []pop.Field{
			{Name: "TotalMachineNum", Value: s.vms[owner]}, instance,
			{Name: "ExpireDateTimestamp", Value: "1798732800000", Number: true},
		}, nil
	case "QueryOrders":
		rows := make([][]pop.Field, 3)
		return []pop.Field{{Name: "TokenStatus", Value: "Sold"}, {Name: "OrderList", List: &pop.List{Item: "Order", Rows: rows}}}, nil
	case "GetOrderDetail":
		order, _ := call.Params.Get("OrderId")
		return []pop.Field{{Name: "OrderId", Value: order}, {Name: "ClientToken", Value: owner + "-create +*~'()!"}}, nil
	case "QueryPrice":
		return []pop.Field{{Name: "TradePrice", Value: "1.00"}, {Name: "RefusalCode"}}, nil
	}
	return nil, pop.InvalidActionNotFound()
}

func (s *seller) order(call *pop.Call, owner string, instance pop.Field) ([]pop.Field, error) {
	vms, ok := call.Params.Get("VmNumber")
	if !ok {
		return nil, pop.MissingParameter("VmNumber")
	}
	token, _ := call.Params.Get("ClientToken")
	known := owner + "/" + token
	if s.orders[known] == nil {
		s.vms[owner] = vms
		s.orders[known] = []pop.Field{{Name: "OrderId", Value: strconv.Itoa(1000 + len(s.orders))}, instance}
	}
	return s.orders[known], nil
}
