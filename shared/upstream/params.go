package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aegis/shared/pop"
	"aegis/shared/sale"
)

// version is the API's: aegis, 2016-11-11.
const version = "2016-11-11"

// params returns the parameters of every request, as Alibaba Cloud's Go SDK sends them.
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

// saleParams returns the parameters of a sale. They are made from the command's
// canonical form, like the fingerprint: equal calls are forwarded equal.
func (c *Client) saleParams(owner, token string, command sale.Command) pop.Params {
	params := c.params(string(command.Operation()), owner)
	for _, p := range command.Parameters() {
		params = append(params, pop.Param(p))
	}

	switch command.Operation() {
	case sale.ReleaseInstance: // it has no ClientToken
		return params
	case sale.CreateInstance: // its canonical form has no AutoRenewDuration without IsAutoRenew
		if _, ok := params.Get("AutoRenewDuration"); !ok {
			params = append(params, pop.Param{Name: "AutoRenewDuration", Value: "0"})
		}
	}
	return append(params, pop.Param{Name: "ClientToken", Value: token})
}

// signedRequest is the body of a request, and the parts of it that must appear in no
// error or log.
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

	s := signedRequest{form: signed.Encode(), secrets: []string{"POST&%2F&"}} // begins a StringToSign
	for _, secret := range []string{signature, credentials.AccessKeySecret, credentials.SecurityToken} {
		s.secrets = append(s.secrets, secret, url.QueryEscape(secret), url.PathEscape(secret))
	}
	return s
}

// reveals reports whether a text repeats what must appear in no error or log.
func (s signedRequest) reveals(text string) bool {
	return slices.ContainsFunc(s.secrets, func(secret string) bool {
		return secret != "" && strings.Contains(text, secret)
	})
}

// hide replaces an error that repeats the request. net/http quotes what a server sends
// if it is not HTTP.
func (s signedRequest) hide(err error) error {
	if s.reveals(err.Error()) {
		return errors.New("the connection failed; what came back repeats the request")
	}
	return err
}
