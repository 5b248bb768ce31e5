package pop

import "strings"

// SignV3 returns the headers to send with r: its own, in lower case, and host,
// x-acs-date, x-acs-signature-nonce, x-acs-content-sha256, x-acs-security-token
// and Authorization, which replace any of these already there. It signs host,
// content-type and every x-acs-* header; r.Header should hold x-acs-action and
// x-acs-version.
//
// The query is r.Query, decoded, at most MaxParams long; RawQuery is not looked
// at. r.Body must be sent as it is.
func (s *Signer) SignV3(r *Request) Params {
	var text strings.Builder
	text.Grow(512 + len(s.AccessKeyID))
	header := s.addHeaders(make(Params, 0, len(r.Header)+6), &text, r)
	header.sortByName()
	var names [MaxParams / 2]string
	var query [MaxParams / 2]Param
	c := canonical{method: r.Method, path: r.Path, host: r.Host, header: header}
	c.query = append(query[:0], r.Query...)
	c.query.sortByName()
	c.names = appendSigned(names[:0], header)
	c.signed = appendJoined(&text, c.names)
	c.bodyHash, _ = header.Get("x-acs-content-sha256")
	return append(header, Param{"authorization", s.authorize(&text, &c)})
}

// addHeaders appends the headers of r and of the signer.
func (s *Signer) addHeaders(dst Params, text *strings.Builder, r *Request) Params {
	dst = append(dst, Param{"host", r.Host})
	for _, h := range r.Header {
		h.Name = strings.ToLower(h.Name)
		if !signersOwnHeader(h.Name) {
			dst = append(dst, h)
		}
	}

	var hash [64]byte
	dst = append(dst,
		Param{"x-acs-content-sha256", appendText(text, appendBodyHash(hash[:0], r.Body))},
		Param{"x-acs-date", s.timestamp(text)})
	if s.SecurityToken != "" {
		dst = append(dst, Param{"x-acs-security-token", s.SecurityToken})
	}

	return append(dst, Param{"x-acs-signature-nonce", s.nonce(text)})
}

func signersOwnHeader(name string) bool {
	switch name {
	case "host", "authorization", "x-acs-date", "x-acs-signature-nonce",
		"x-acs-content-sha256", "x-acs-security-token":
		return true
	}
	return false
}

// appendSigned appends the names to sign of a sorted header, each once.
func appendSigned(names []string, header Params) []string {
	for i, h := range header {
		again := i > 0 && h.Name == header[i-1].Name
		if !again && (h.Name == "host" || h.Name == "content-type" || strings.HasPrefix(h.Name, "x-acs-")) {
			names = append(names, h.Name)
		}
	}
	return names
}

func appendJoined(text *strings.Builder, names []string) string {
	start := text.Len()
	for i, name := range names {
		if i > 0 {
			text.WriteByte(';')
		}
		text.WriteString(name)
	}
	return text.String()[start:]
}

// authorize signs c and writes the header Authorization.
func (s *Signer) authorize(text *strings.Builder, c *canonical) string {
	var space [scratch]byte
	var keyedSpace [3 * blockSize]byte
	var signature [blockSize]byte
	request := append(c.appendRequest(space[:0]), c.bodyHash...)
	keyed := appendStringToSignV3(keyedSpace[:blockSize], request)
	start := text.Len()
	text.WriteString(algorithmV3 + " Credential=")
	text.WriteString(s.AccessKeyID)
	text.WriteString(",SignedHeaders=")
	text.WriteString(c.signed)
	text.WriteString(",Signature=")
	text.Write(appendSignatureV3(signature[:0], s.AccessKeySecret, keyed))
	return text.String()[start:]
}
