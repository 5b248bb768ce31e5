package marketplace

import (
	"encoding/json"
	"io"
	"net/http"

	vendor "aegis/shared/marketplace"
	"aegis/shared/marketplace/marketbooks"
	"aegis/shared/pop"
)

// ServeHTTP answers the Market OpenAPI at /, trades at POST /orders and the books at
// GET /instances.
func (m *Marketplace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/orders" && r.Method == http.MethodPost:
		m.serveTrade(w, r)
	case r.URL.Path == "/instances" && r.Method == http.MethodGet:
		answer(w, http.StatusOK, m.Instances())
	case r.URL.Path == "/":
		m.serveAPI(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (m *Marketplace) serveTrade(w http.ResponseWriter, r *http.Request) {
	var t marketbooks.Trade
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&t); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}

	i, err := m.Do(t)
	if err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}

	answer(w, http.StatusOK, i)
}

// serveAPI answers a signed call of the vendor.
func (m *Marketplace) serveAPI(w http.ResponseWriter, r *http.Request) {
	call, err := m.verified(r)
	if err != nil {
		answer(w, http.StatusForbidden, map[string]string{"Code": "SignatureDoesNotMatch", "Message": err.Error(), "RequestId": "local"})
		return
	}

	m.mu.Lock()
	defer m.mu.Unlock()
	switch call.Action {
	case "DescribeInstanceForIsv":
		id, _ := call.Params.Get("InstanceId")
		m.describeInstance(w, id)
	case "DescribeOrderForIsv":
		id, _ := call.Params.Get("OrderId")
		m.describeOrder(w, id)
	default:
		answer(w, http.StatusNotFound, map[string]string{"Code": "InvalidAction.NotFound", "Message": "The local marketplace has no " + call.Action, "RequestId": "local"})
	}
}

func (m *Marketplace) verified(r *http.Request) (*pop.Call, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 64<<10))
	if err != nil {
		return nil, err
	}

	request := &pop.Request{Method: r.Method, Path: r.URL.Path, Host: r.Host, Body: body}
	for name, values := range r.URL.Query() {
		request.Query = append(request.Query, pop.Param{Name: name, Value: values[0]})
	}

	for name, values := range r.Header {
		request.Header = append(request.Header, pop.Param{Name: name, Value: values[0]})
	}
	call, err := pop.Decode(request)
	if err != nil {
		return nil, err
	}
	if call.AccessKeyID != m.config.KeyID {
		return nil, pop.InvalidAccessKeyIDNotFound()
	}

	return call, call.Verify(m.config.KeySec)
}

func (m *Marketplace) describeInstance(w http.ResponseWriter, id string) {
	i, ok := m.books.Instances[id]
	if !ok {
		answer(w, http.StatusNotFound, map[string]string{"Code": "InstanceNotFound", "Message": "There is no such instance.", "RequestId": "local"})
		return
	}

	status := i.Status
	if status == vendor.Opened && !m.config.Clock().Before(i.End()) {
		status = vendor.Expired
	}

	answer(w, http.StatusOK, map[string]any{
		"RequestId": "local", "InstanceId": id, "Status": status, "IsTrial": i.Trial, "ProductType": "APP",
		"BeganOn": i.Began.UnixMilli(), "EndOn": i.End().UnixMilli(), "OrderId": json.Number(i.OrderID), "ProductSkuCode": i.SkuID,
	})
}

func (m *Marketplace) describeOrder(w http.ResponseWriter, id string) {
	instance, ok := m.books.Orders[id]
	if !ok {
		answer(w, http.StatusNotFound, map[string]string{"Code": "OrderNotFound", "Message": "There is no such order.", "RequestId": "local"})
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"RequestId": "local", "OrderId": json.Number(id), "OrderStatus": "NORMAL", "PayStatus": "PAID", "InstanceIds": []string{instance},
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller has gone: nothing can be done
}
