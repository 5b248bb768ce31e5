package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"aegis/shared/pop"
)

// three is an attempt at a signature of version 3, right or wrong.
type three struct {
	request  *pop.Request
	host     string
	method   string
	path     string
	query    pop.Params // in the order they came
	order    func(a, b pop.Param) int
	style    style
	signed   string
	gap      string // between headers and SignedHeaders
	bodyHash string
	key      string
	text     func([]byte) string
}

// V3 explains a signature of version 3: query and form are what was sent, in
// the order it came, decoded. It returns nothing where it does not know.
func V3(r *pop.Request, a pop.Authorization, query, form pop.Params, secret string) []Mistake {
	right := three{
		request: r, host: r.Host, method: r.Method, path: r.Path, query: query, order: byName,
		signed: a.SignedHeaders, gap: "\n", bodyHash: pop.BodyHash(r.Body), key: secret, text: hex.EncodeToString,
	}
	if right.path == "" {
		right.path = "/"
	}
	return search(right, mistakesV3(r, form, secret), func(t three) bool { return t.signature() == a.Signature })
}

func (t three) signature() string {
	sum := sha256.Sum256([]byte(t.canonical()))
	mac := hmac.New(sha256.New, []byte(t.key))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(sum[:])))
	return t.text(mac.Sum(nil))
}

func (t three) canonical() string {
	sorted := slices.Clone(t.query)
	slices.SortStableFunc(sorted, t.order)
	return t.method + "\n" + t.path + "\n" + t.style.query(sorted) + "\n" +
		t.headers() + t.gap + t.signed + "\n" + t.bodyHash
}

// headers takes the CanonicalHeaders out of a right CanonicalRequest.
func (t three) headers() string {
	request := *t.request
	request.Host, request.Path, request.Query, request.RawQuery = t.host, "", nil, ""
	text := pop.TraceV3("", &request, t.signed).Canonical
	text = strings.TrimPrefix(text, request.Method+"\n/\n\n")
	headers, _, _ := strings.Cut(text, "\n\n")
	return headers + "\n"
}

func mistakesV3(r *pop.Request, form pop.Params, secret string) []candidate[three] {
	hash, _ := r.Header.Get("x-acs-content-sha256")
	all := []candidate[three]{
		{Mistake{key, "The key was the secret followed by &, as in version 1.0; version 3 wants the secret alone."},
			func(t three) three { t.key = secret + "&"; return t }},
		{Mistake{key, "The key was the secret followed by a newline; read it without."},
			func(t three) three { t.key = secret + "\n"; return t }},
		{Mistake{key, "The secret was put in without the white space around it, or the one here has some."},
			func(t three) three { t.key = strings.TrimSpace(secret); return t }},
		{Mistake{canonical, "It was signed as a GET; it must begin with the method it is sent with."},
			func(t three) three { t.method = "GET"; return t }},
		{Mistake{canonical, "It was signed as a POST; it must begin with the method it is sent with."},
			func(t three) three { t.method = "POST"; return t }},
		{Mistake{canonical, "The path was left empty; it must be /."},
			func(t three) three { t.path = ""; return t }},
		{Mistake{canonical, "The path was signed as /; it must be the path that is sent."},
			func(t three) three { t.path = "/"; return t }},
		{Mistake{canonical, "The empty line between CanonicalHeaders and SignedHeaders is missing."},
			func(t three) three { t.gap = ""; return t }},
		{Mistake{canonical, "The parameters were signed in the order they were sent; they must be sorted by name."},
			func(t three) three { t.order = asSent; return t }},
		{Mistake{canonical, "Parameters with an empty value were left out; they must be signed as Name=."},
			func(t three) three { t.query = filled(t.query); return t }},
		{Mistake{canonical, "The query was not signed."},
			func(t three) three { t.query = nil; return t }},
		{Mistake{canonical, "The form's parameters were signed with the query; they are signed by the hash of the body."},
			func(t three) three { t.query = append(slices.Clone(t.query), form...); return t }},
		{Mistake{canonical, "Values were percent-encoded once too often: they were encoded already when signing began."},
			func(t three) three { t.query = encodedValues(t.query); return t }},
		{Mistake{canonical, "host was signed without its port; it must be as it is sent."},
			func(t three) three { t.host, _, _ = strings.Cut(t.host, ":"); return t }},
		{Mistake{canonical, "The body was signed as empty."},
			func(t three) three { t.bodyHash = pop.BodyHash(nil); return t }},
		{Mistake{canonical, "The hash of another body was signed, the one in x-acs-content-sha256."},
			func(t three) three { t.bodyHash = hash; return t }},
		{Mistake{output, "It is written in base64; version 3 wants hex."},
			func(t three) three { t.text = base64.StdEncoding.EncodeToString; return t }},
		{Mistake{output, "It is written in upper case; version 3 wants lower-case hex."},
			func(t three) three { t.text = upperHex; return t }},
	}

	for _, s := range styles() {
		all = append(all, candidate[three]{s.Mistake, func(t three) three { t.style = s.make(t.style); return t }})
	}
	return all
}
