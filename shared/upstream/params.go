package upstream

import (
	"context"
	"net/http"
	"net/url"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

// version is the API's: aegis, 2016-11-11.
const version = "2016-11-11"

// params returns what every request has, as Alibaba Cloud's Go SDK sends it.
func (c *Client) params(action, owner string) pop.Params {
	params := pop.Params{
		{Name: "Action", Value: action}, {Name: "Version", Value: version}, {Name: "Format", Value: "JSON"},
		{Name: "RegionId", Value: c.config.Region}, {Name: "SignatureType", Value: ""},
	}
	if owner != "" {
		params = append(params, pop.Param{Name: "OwnerId", Value: owner})
	}
	return params
}

// saleParams returns a sale's request. It is made of the canonical parameters, which
// the fingerprint is made of too: equal calls are forwarded equal.
func (c *Client) saleParams(owner, token string, command sale.Command) pop.Params {
	params := c.params(string(command.Operation()), owner)
	for _, p := range command.Parameters() {
		params = append(params, pop.Param(p))
	}

	switch command.Operation() {
	case sale.ReleaseInstance: // it has no ClientToken
		return params
	case sale.CreateInstance: // whose canonical form has no AutoRenewDuration without IsAutoRenew
		if _, ok := params.Get("AutoRenewDuration"); !ok {
			params = append(params, pop.Param{Name: "AutoRenewDuration", Value: "0"})
		}
	}
	return append(params, pop.Param{Name: "ClientToken", Value: token})
}

// signedRequest is a request's body, and what of it must appear in no error or log.
type signedRequest struct {
	form    string
	secrets []string
}

// sign signs a request with the credentials of this call.
func (c *Client) sign(ctx context.Context, params pop.Params) signedRequest {
	credentials := c.config.Credentials(ctx)
	signer := pop.Signer{Credentials: credentials, Clock: c.config.Clock, Nonce: c.config.Nonce}
	signed := signer.SignV1(http.MethodPost, params)
	signature, _ := signed.Get("Signature")

	return signedRequest{form: signed.Encode(), secrets: []string{
		signature, url.QueryEscape(signature), credentials.Secret, credentials.SecurityToken,
		"POST&%2F&", // a StringToSign
	}}
}
