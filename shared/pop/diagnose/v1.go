package diagnose

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"aegis/shared/pop"
)

// one is an attempt at a signature of version 1.0, right or wrong.
type one struct {
	method, slash string
	params        pop.Params // without Signature, in the order they came
	order         func(a, b pop.Param) int
	inner, outer  style // of names and values, and of the whole again
	before, after bool  // encode those at all
	hash          func() hash.Hash
	key           string
	text          func([]byte) string
}

// V1 explains a signature of version 1.0: query and form are what was sent, in
// the order it came, decoded. It returns nothing where it does not know.
func V1(method string, query, form pop.Params, secret string) []Mistake {
	all := append(slices.Clone(query), form...)
	sent, _ := all.Get("Signature")
	kind, _ := all.Get("SignatureMethod")
	right := one{
		method: method, slash: "%2F", params: without(all, "Signature"), order: byName,
		before: true, after: true, hash: sha1.New, key: secret + "&", text: base64.StdEncoding.EncodeToString,
	}
	if strings.EqualFold(kind, string(pop.HMACSHA256)) {
		right.hash = sha256.New
	}

	fits := func(a one) bool { return a.signature() == sent }
	if plus := strings.ReplaceAll(sent, " ", "+"); plus != sent && right.signature() == plus {
		return []Mistake{{output, Text{"The signature is right, but its + was sent as it is and arrived as a space. Percent-encode it: %2B.", "签名正确，但其中的 + 未编码，到达时变成了空格。请编码为 %2B。"}}}
	}

	return search(right, append(mistakes(secret, query, form), one.dropping(right)...), fits)
}

func byName(a, b pop.Param) int { return strings.Compare(a.Name, b.Name) }

func asSent(a, b pop.Param) int { return 0 }

func ignoringCase(a, b pop.Param) int {
	return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
}

func (a one) signature() string {
	mac := hmac.New(a.hash, []byte(a.key))
	mac.Write([]byte(a.stringToSign()))
	return a.text(mac.Sum(nil))
}

func (a one) stringToSign() string {
	sorted := slices.Clone(a.params)
	slices.SortStableFunc(sorted, a.order)
	pairs := make([]string, len(sorted))
	for i, p := range sorted {
		if pairs[i] = p.Name + "=" + p.Value; a.before {
			pairs[i] = a.inner.query(sorted[i : i+1])
		}
	}

	query := strings.Join(pairs, "&")
	if a.after {
		query = a.outer.encode(query)
	}

	return a.method + "&" + a.slash + "&" + query
}

// lowerHex and upperHex are what some expect the signature to be.
func lowerHex(sum []byte) string { return hex.EncodeToString(sum) }
func upperHex(sum []byte) string { return strings.ToUpper(hex.EncodeToString(sum)) }
