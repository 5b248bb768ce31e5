package pop

// Trace is a signature step by step, for people who look for the step at which their
// own differs.
type Trace struct {
	// Canonical is the sorted and encoded query in version 1.0, the
	// CanonicalRequest in version 3.
	Canonical    string
	StringToSign string
	Signature    string
}

// TraceV1 signs params, in any order, with version 1.0. It adds nothing to them
// and checks nothing; a Signature among them is left out, as always.
func TraceV1(a Algorithm, secret, method string, params Params) Trace {
	sorted := make(Params, 0, len(params))
	for _, p := range params {
		if p.Name != "Signature" {
			sorted = append(sorted, p)
		}
	}

	sorted.sortByName()
	keyed := appendStringToSign(make([]byte, blockSize, scratch), method, sorted)
	text := string(keyed[blockSize:])
	return Trace{sorted.Encode(), text, string(a.appendSignature(nil, secret, keyed))}
}

// TraceV3 signs r with version 3, over these SignedHeaders (names joined with
// ';'), whatever r's own Authorization says. It checks nothing; a signed header
// that r lacks is empty. The query is r.Query, decoded.
func TraceV3(secret string, r *Request, signedHeaders string) Trace {
	c := canonical{method: r.Method, path: r.Path, host: r.Host, header: r.Header, signed: signedHeaders}
	c.query = append(c.query, r.Query...)
	c.query.sortByName()
	c.names = sortedNames(signedHeaders)
	request := appendBodyHash(c.appendRequest(nil), r.Body)
	keyed := appendStringToSignV3(make([]byte, blockSize, scratch), request)
	text := string(keyed[blockSize:])
	return Trace{string(request), text, string(appendSignatureV3(nil, secret, keyed))}
}

// BodyHash returns what x-acs-content-sha256 must say of this body.
func BodyHash(body []byte) string {
	return string(appendBodyHash(nil, body))
}
