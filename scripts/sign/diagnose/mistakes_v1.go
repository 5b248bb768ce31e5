package diagnose

import (
	"crypto/sha1"
	"crypto/sha256"
	"slices"
	"strings"

	"aegis/shared/pop"
)

// mistakes are those that do not depend on which parameters there are.
func mistakes(secret string, query, form pop.Params) []candidate[one] {
	all := []candidate[one]{
		{Mistake{key, "The key was the secret alone; it must be the secret followed by &."},
			func(a one) one { a.key = strings.TrimSuffix(a.key, "&"); return a }},
		{Mistake{key, "The key was the secret followed by a newline; read it without."},
			func(a one) one { a.key = secret + "\n&"; return a }},
		{Mistake{key, "The secret was put in without the white space around it, or the one here has some."},
			func(a one) one { a.key = strings.TrimSpace(secret) + "&"; return a }},
		{Mistake{stringToSign, "It was signed as a GET; it must begin with the method it is sent with."},
			func(a one) one { a.method = "GET"; return a }},
		{Mistake{stringToSign, "It was signed as a POST; it must begin with the method it is sent with."},
			func(a one) one { a.method = "POST"; return a }},
		{Mistake{stringToSign, "The method was signed in lower case."},
			func(a one) one { a.method = strings.ToLower(a.method); return a }},
		{Mistake{stringToSign, "The path was signed as /; it must be %2F."},
			func(a one) one { a.slash = "/"; return a }},
		{Mistake{stringToSign, "The canonical query was not percent-encoded as a whole before it was signed."},
			func(a one) one { a.after = false; return a }},
		{Mistake{canonical, "Names and values were not percent-encoded before they were joined."},
			func(a one) one { a.before = false; return a }},
		{Mistake{canonical, "Values were percent-encoded once too often: they were encoded already when signing began."},
			func(a one) one { a.params = encodedValues(a.params); return a }},
		{Mistake{canonical, "The parameters were signed in the order they were sent; they must be sorted by name."},
			func(a one) one { a.order = asSent; return a }},
		{Mistake{canonical, "The parameters were sorted without regard to case; they must be sorted byte by byte, capitals first."},
			func(a one) one { a.order = ignoringCase; return a }},
		{Mistake{parameters, "Parameters with an empty value were left out; they must be signed as Name=."},
			func(a one) one { a.params = filled(a.params); return a }},
		{Mistake{parameters, "The form was not signed; its parameters must be signed together with the query's."},
			func(a one) one { a.params = without(query, "Signature"); return a }},
		{Mistake{parameters, "The query was not signed; its parameters must be signed together with the form's."},
			func(a one) one { a.params = without(form, "Signature"); return a }},
		{Mistake{output, "It was made with HMAC-SHA256, but SignatureMethod says otherwise."},
			func(a one) one { a.hash = sha256.New; return a }},
		{Mistake{output, "It was made with HMAC-SHA1, but SignatureMethod says otherwise."},
			func(a one) one { a.hash = sha1.New; return a }},
		{Mistake{output, "It is written in hex; version 1.0 wants base64."},
			func(a one) one { a.text = lowerHex; return a }},
		{Mistake{output, "It is written in hex; version 1.0 wants base64."},
			func(a one) one { a.text = upperHex; return a }},
	}

	for _, s := range styles() {
		all = append(all,
			candidate[one]{s.Mistake, func(a one) one { a.inner, a.outer = s.make(a.inner), s.make(a.outer); return a }},
			candidate[one]{s.Mistake, func(a one) one { a.inner = s.make(a.inner); return a }})
	}

	return all
}

// dropping are the mistakes of having signed without one of the parameters.
func (right one) dropping() (all []candidate[one]) {
	for _, p := range right.params {
		why := p.Name + " was not signed: it was added afterwards. Sign all that is sent, but Signature."
		all = append(all, candidate[one]{Mistake{parameters, why},
			func(a one) one { a.params = without(a.params, p.Name); return a }})
	}
	return all
}

func encodedValues(p pop.Params) pop.Params {
	p = slices.Clone(p)
	for i := range p {
		p[i].Value = style{}.encode(p[i].Value)
	}
	return p
}

func filled(p pop.Params) pop.Params {
	return slices.DeleteFunc(slices.Clone(p), func(p pop.Param) bool { return p.Value == "" })
}
