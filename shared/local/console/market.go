package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aegis/shared/marketplace"
	"aegis/shared/pop"
)

// Market is what the console needs to play the marketplace's part.
type Market struct {
	Secret  string // of the marketplace's tokens
	Skus    marketplace.Skus
	Letters *marketplace.DeadLetterStore

	// Orders opens the processor of the orders, as the functions' settings are now.
	Orders func() (*marketplace.OrderProcessor, error)
}

// spiPath is where the marketplace calls, at the gateway.
const spiPath = "/market/spi"

// action is a call of the marketplace's SPI with the parameters of a sample, in order.
type action struct {
	Name       string     `json:"name"`
	Parameters pop.Params `json:"parameters"`
}

// marketActions are all calls of the SPI. The empty values are of the moment.
func marketActions() []action {
	instance := pop.Params{param("instanceId", "")}
	return []action{
		{"createInstance", pop.Params{
			param("aliUid", ""), param("orderBizId", ""), param("orderId", ""), param("productCode", "cmgj000001"), param("skuId", "aegis-1"),
			param("vm_number", "5"), param("trial", "false"), param("expiredOn", ""),
		}},
		{"renewInstance", append(instance, param("orderId", ""), param("expiredOn", ""))},
		{"upgradeInstance", append(instance, param("orderId", ""), param("skuId", "aegis-2"), param("vm_number", "8"))},
		{"refundRenewInstance", append(instance, param("expiredOn", ""))},
		{"expiredInstance", instance},
		{"releaseInstance", append(instance, param("isRefund", "true"), param("orderId", ""))},
		{"orderPay", pop.Params{param("orderId", ""), param("aliUid", "")}},
	}
}

// market answers what the form is made of.
func (s *console) market(*http.Request) (any, error) {
	return map[string]any{"actions": marketActions(), "skus": slices.Sorted(maps.Keys(s.Market.Skus))}, nil
}

// marketCall is a call of the SPI. A wrong token is one that no secret makes.
type marketCall struct {
	Parameters pop.Params `json:"parameters"`
	WrongToken bool       `json:"wrongToken"`
}

// signedSPI is a call that is ready to be sent, and how its token came about.
type signedSPI struct {
	signed
	Token string `json:"token"`
}

// signMarket answers how a call of the SPI is signed.
func (s *console) signMarket(r *http.Request) (any, error) {
	var c marketCall
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	return s.signSPI(c)
}

// callMarket sends a call to the SPI as the marketplace does.
func (s *console) callMarket(r *http.Request) (any, error) {
	var c marketCall
	if err := decode(r, &c); err != nil {
		return nil, err
	}
	request, err := s.signSPI(c)
	if err != nil {
		return nil, err
	}
	return s.send(r.Context(), request.signed, "", false), nil
}

// signSPI signs a call: the MD5 of the sorted parameters and the secret.
func (s *console) signSPI(c marketCall) (signedSPI, error) {
	endpoint, err := url.Parse(s.Gateway)
	if err != nil {
		return signedSPI{}, err
	}
	params := map[string]string{}
	for _, p := range c.Parameters {
		params[p.Name] = p.Value
	}
	params["token"] = marketplace.Sign(params, s.Market.Secret)
	if c.WrongToken {
		params["token"] = strings.Repeat("0", len(params["token"]))
	}

	query := url.Values{}
	for name, value := range params {
		query.Set(name, value)
	}
	endpoint.Path, endpoint.RawQuery = spiPath, query.Encode()
	return signedSPI{Token: params["token"], signed: signed{
		Method: http.MethodGet, URL: endpoint.String(), Steps: tokenSteps(params),
		Raw: fmt.Sprintf("GET %s HTTP/1.1\nHost: %s\n", endpoint.RequestURI(), endpoint.Host),
	}}, nil
}

// tokenSteps are the steps of a token. The page has a text for each.
func tokenSteps(params map[string]string) []step {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if name != "token" {
			fmt.Fprintf(&text, "%s=%s&", name, params[name])
		}
	}
	return []step{{"spi-string", text.String() + "key=" + mask}, {"spi-token", params["token"]}}
}

// letterOf finds the dead letter of a call or of a message, among the first.
func (s *console) letterOf(ctx context.Context, requestID, messageID string) (string, error) {
	all, _, err := s.Market.Letters.List(ctx, "", maxLetters)
	for _, l := range all {
		call, bad := marketplace.ParseCall(l.Body)
		if l.ID == messageID || bad == nil && call.ID == requestID {
			return l.ID, nil
		}
	}
	return "", err
}
