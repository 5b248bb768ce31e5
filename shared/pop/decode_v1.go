package pop

import "strings"

// readV1 reads the gateway's own parameters of signature version 1.0.
func (c *Call) readV1() error {
	c.Action, _ = c.Params.Get("Action")
	c.Version, _ = c.Params.Get("Version")
	c.SecurityToken, _ = c.Params.Get("SecurityToken")

	var version, method, timestamp string
	for _, want := range [...]struct {
		name string
		into *string
	}{
		{"AccessKeyId", &c.AccessKeyID},
		{"Signature", &c.signature},
		{"SignatureMethod", &method},
		{"SignatureVersion", &version},
		{"SignatureNonce", &c.Nonce},
		{"Timestamp", &timestamp},
	} {
		if *want.into, _ = c.Params.Get(want.name); *want.into == "" {
			return Missing(want.name, "")
		}
	}

	if version != "1.0" {
		return IncompleteSignature("SignatureVersion must be 1.0.")
	}
	if err := c.readAlgorithm(method); err != nil {
		return err
	}
	if err := c.checkIDs("SignatureNonce"); err != nil {
		return err
	}
	return c.readTime(timestamp)
}

// readAlgorithm ignores case, because the help pages also print Hmac-SHA1.
func (c *Call) readAlgorithm(method string) error {
	kind, _ := c.Params.Get("SignatureType")
	switch {
	case kind != "":
		return InvalidSignatureMethod("SignatureType must be empty.")
	case strings.EqualFold(method, string(HMACSHA1)):
		c.algorithm = HMACSHA1
	case strings.EqualFold(method, string(HMACSHA256)):
		c.algorithm = HMACSHA256
	default:
		return InvalidSignatureMethod(`It is "` + shorten(method) + `" and must be HMAC-SHA1 or HMAC-SHA256.`)
	}

	return nil
}

// checkIDs limits the length of what callers store or look up. nonce is the version's
// name for the nonce.
func (c *Call) checkIDs(nonce string) error {
	const why = "It must not exceed 128 bytes."
	if len(c.AccessKeyID) > maxID {
		return InvalidParameter("AccessKeyId", why)
	}
	if len(c.Nonce) > maxID {
		return InvalidParameter(nonce, why)
	}
	return nil
}
