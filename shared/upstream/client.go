package upstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

// ClientConfig names an endpoint and the caller's credentials. URL and Credentials must
// be set.
type ClientConfig struct {
	URL         string                                // e.g. https://aegis.cn-hangzhou.aliyuncs.com
	Region      string                                // sent as RegionId; "": cn-hangzhou
	Credentials func(context.Context) pop.Credentials // asked for each call
	Transport   http.RoundTripper                     // nil: its own, which sends a sale once, on a connection of its own
	Clock       func() time.Time                      // of signatures; nil: time.Now
	Nonce       func() string                         // of signatures; nil: 32 random hex digits
}

// Client calls an Aegis endpoint over HTTP, signed by package pop. It is safe for
// concurrent use.
//
// Each forward is sent once. A request travels in the body: no URL has a signature,
// so no proxy's log, error or redirect can show one.
type Client struct {
	config  ClientConfig
	url     string
	sales   sender
	queries sender
}

// sender is a transport and its rule for sending a request again.
type sender struct {
	transport http.RoundTripper
	resend    bool // net/http may send a request again on a new connection
}

// timeout bounds a call whose context has no deadline.
const timeout = time.Minute

// NewClient makes a Client.
func NewClient(c ClientConfig) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("make client: the endpoint's URL must be http:// or https:// and a host")
	}
	if c.Credentials == nil {
		return nil, errors.New("make client: it needs credentials")
	}
	if c.Region == "" {
		c.Region = "cn-hangzhou"
	}

	client := &Client{
		config: c, url: u.Scheme + "://" + u.Host + "/",
		sales:   sender{transport: c.Transport},
		queries: sender{transport: c.Transport, resend: true},
	}
	if c.Transport == nil {
		client.sales.transport = newTransport(false)
		client.queries.transport = newTransport(true)
	}
	return client, nil
}

// newTransport returns a transport without proxies, redirects or compression. It leaves
// out HTTP/2, which sends a request again if a closing server did not take it.
//
// Sales use no keep-alive. A connection that was left open before a function was frozen
// is usually dead. That shows only after the request has been written, which leaves the
// outcome open. On a new connection net/http never sends a request again.
func newTransport(keepAlive bool) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Transport{
		Protocols: &http1, DisableCompression: true, MaxResponseHeaderBytes: maxAnswer,
		DisableKeepAlives: !keepAlive, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
	}
}

// Prepare implements Remote.
func (c *Client) Prepare(ctx context.Context, owner, token string, command sale.Command) Forward {
	order, err := orderField(command.Operation())
	if err != nil {
		return func(context.Context) (sale.Receipt, error) { return sale.Receipt{}, err }
	}

	signed := c.sign(ctx, c.saleParams(owner, token, command))
	return func(ctx context.Context) (sale.Receipt, error) {
		a, err := c.send(ctx, c.sales, signed)
		if err == nil {
			err = a.accepts(order)
		}
		if err != nil {
			return sale.Receipt{}, fmt.Errorf("forward %s: %w", command.Operation(), err)
		}
		return sale.Receipt{OrderID: a.id(order), InstanceID: instanceOf(command, a)}, nil
	}
}

// orderField returns the field of an operation's answer that names the order.
// ReleaseInstance is answered by a RequestId alone.
func orderField(operation sale.Operation) (string, error) {
	switch operation {
	case sale.CreateInstance, sale.UpgradeInstance, sale.RenewInstance:
		return "OrderId", nil
	case sale.ReleaseInstance, sale.SetRenewal:
		return "RequestId", nil
	}
	return "", unsent(fmt.Errorf("the endpoint has no operation %s", operation))
}

// Forwards reports whether the endpoint has an operation that sells.
func Forwards(operation sale.Operation) bool {
	_, err := orderField(operation)
	return err == nil
}

// instanceOf returns the instance that was sold. Only CreateInstance's answer names it.
func instanceOf(command sale.Command, a answer) string {
	for _, p := range command.Parameters() {
		if p.Name == "InstanceId" {
			return p.Value
		}
	}
	return a.id("InstanceId")
}

// Summary implements Remote.
func (c *Client) Summary(ctx context.Context, owner string) (sale.Summary, error) {
	a, err := c.send(ctx, c.queries, c.sign(ctx, c.params("GetSummary", owner)))
	if err == nil {
		err = a.accepts("TotalMachineNum")
	}
	if err != nil {
		return sale.Summary{}, fmt.Errorf("forward GetSummary: %w", err)
	}
	return a.summary()
}

// summary reads the answer of GetSummary. The documentation spells the instance's
// id Instanceid.
func (a answer) summary() (sale.Summary, error) {
	machines, err := strconv.Atoi(a.id("TotalMachineNum"))
	if err != nil {
		return sale.Summary{}, fmt.Errorf("read the answer of GetSummary: TotalMachineNum: %w", err)
	}
	s := sale.Summary{Machines: machines, InstanceID: cmp.Or(a.id("InstanceId"), a.id("Instanceid"))}

	a.describe(&s)

	if expires := a.id("ExpireDateTimestamp"); expires != "" {
		millis, err := strconv.ParseInt(expires, 10, 64)
		if err != nil {
			return sale.Summary{}, fmt.Errorf("read the answer of GetSummary: ExpireDateTimestamp: %w", err)
		}
		if millis > 0 {
			s.Expires = time.UnixMilli(millis)
		}
	}
	return s, nil
}

// describe reads the fields of GetSummary that only newer endpoints answer. One that is
// not there, or not readable, stays zero.
func (a answer) describe(s *sale.Summary) {
	s.VersionCode, _ = strconv.Atoi(a.id("VersionCode"))
	s.VmNumber, _ = strconv.Atoi(a.id("VmNumber"))
	s.Status = sale.Status(a.text("Status"))
	s.ChargeType = a.text("ChargeType")
	_ = json.Unmarshal(a.fields["AutoRenew"], &s.AutoRenew)
}

// send makes one signed request and reads what comes back. Its error is a *Refused
// if nothing was sent.
func (c *Client) send(ctx context.Context, r sender, signed signedRequest) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	request, err := c.request(ctx, signed.form, r.resend)
	if err != nil {
		return answer{}, err
	}
	response, err := r.transport.RoundTrip(request)
	if err != nil {
		return answer{}, signed.hide(transportError(err))
	}
	defer response.Body.Close()

	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("read the answer: %w", err)
	}
	return newAnswer(response.StatusCode, body, signed), nil
}

// request returns a POST. net/http cannot send it twice, because it has no second copy
// of the body, unless resend is set: net/http then takes the POST for idempotent.
func (c *Client) request(ctx context.Context, form string, resend bool) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(form))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	if resend {
		request.Header["Idempotency-Key"] = nil // for net/http; it is not sent
	} else {
		request.GetBody = nil
	}
	return request, nil
}

// transportError drops the URL that an error may carry, and returns a *Refused for a
// forward that was not sent.
func transportError(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		err = located.Err
	}

	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return unsent(err)
	}
	return err
}
