package pop

import (
	"slices"
	"strings"
)

// readV3 reads the Authorization and the headers of signature version 3.
func (c *Call) readV3(r *Request, authorization string, query Params) error {
	if authorization == "" {
		return Missing("Authorization", "")
	}

	a, err := ParseAuthorization(authorization)
	if err != nil {
		return err
	}

	c.AccessKeyID, c.signature = a.Credential, a.Signature
	c.v3 = &canonical{
		method: r.Method, path: r.Path, host: c.Host, query: query,
		header: r.Header, signed: a.SignedHeaders, body: r.Body,
	}
	if err := c.v3.readNames(); err != nil {
		return err
	}

	if err := c.v3.checkBody(); err != nil {
		return err
	}
	return c.readHeaders()
}

// readHeaders reads the parameters that version 3 has in headers. A header that is read
// must be signed, or it could be changed on the way. The hash of the body need not be
// signed, because the signed text contains the hash of the body as it was received.
func (c *Call) readHeaders() error {
	var timestamp string
	for _, want := range [...]struct {
		header, name string
		into         *string
		needed       bool
	}{
		{"x-acs-action", "Action", &c.Action, false},
		{"x-acs-version", "Version", &c.Version, false},
		{"x-acs-signature-nonce", "SignatureNonce", &c.Nonce, true},
		{"x-acs-date", "Timestamp", &timestamp, true},
		{"x-acs-content-sha256", "ContentSha256", &c.v3.bodyHash, true},
		{"x-acs-security-token", "SecurityToken", &c.SecurityToken, false},
	} {
		value, err := c.v3.read(want.header)
		if err != nil {
			return err
		}
		if value == "" && want.needed {
			return Missing(want.name, "It is the header "+want.header+".")
		}
		*want.into = value
	}

	if err := c.orParams(); err != nil {
		return err
	}
	if err := c.checkIDs("x-acs-signature-nonce"); err != nil {
		return err
	}
	return c.readTime(timestamp)
}

// orParams reads Action and Version from the parameters if no header has them, and
// refuses a request in which the two differ.
func (c *Call) orParams() error {
	for _, one := range [...]struct {
		name string
		into *string
	}{{"Action", &c.Action}, {"Version", &c.Version}} {
		value, ok := c.Params.Get(one.name)
		if *one.into == "" {
			*one.into = value
		}
		if ok && value != *one.into {
			return InvalidParameter(one.name, "The header and the parameter differ.")
		}
	}

	return nil
}

// readNames parses the client's SignedHeaders.
func (c *canonical) readNames() error {
	if strings.Count(c.signed, ";") >= MaxParams {
		return IncompleteSignature("SignedHeaders may hold at most 64 names.")
	}

	c.names = sortedNames(c.signed)
	for i, name := range c.names {
		if i > 0 && name == c.names[i-1] {
			return IncompleteSignature("SignedHeaders names a header more than once.")
		}
		if _, count := c.header.header(name); count == 0 && name != "host" {
			return IncompleteSignature(`The signed header "` + shorten(name) + `" is not in the request.`)
		}
	}

	return nil
}

// checkBody requires content-type to be signed: it says whether the body holds
// parameters, and another one would drop or add them.
func (c *canonical) checkBody() error {
	if len(c.body) == 0 {
		return nil
	}
	if _, count := c.header.header("content-type"); count > 1 {
		return givenTwice("content-type")
	}
	return c.mustSign("content-type")
}

func sortedNames(signedHeaders string) []string {
	names := strings.Split(strings.ToLower(signedHeaders), ";")
	slices.Sort(names)
	return names
}

// read returns the value of a header that counts only if it is signed.
func (c *canonical) read(name string) (string, error) {
	value, count := c.header.header(name)
	switch {
	case count == 0 || name == "x-acs-content-sha256" && count == 1:
		return value, nil
	case count > 1:
		return "", givenTwice(name)
	}
	return value, c.mustSign(name)
}

func (c *canonical) mustSign(name string) error {
	if _, signed := slices.BinarySearch(c.names, name); !signed {
		return IncompleteSignature(`The header "` + name + `" is not among the SignedHeaders.`)
	}
	return nil
}
