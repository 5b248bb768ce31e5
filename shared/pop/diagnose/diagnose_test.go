package diagnose_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"aegis/shared/pop"
	"aegis/shared/pop/diagnose"

	"github.com/stretchr/testify/require"
)

// sent is a call in the order it is sent, with values that encoders disagree
// about. Its right query is spelt out, so that each mistake is made by hand.
var sent = pop.Params{
	{Name: "Version", Value: "2016-11-11"}, {Name: "Action", Value: "A"}, {Name: "apple", Value: "a b"}, {Name: "Empty"},
	{Name: "Star", Value: "*~"}, {Name: "Quotes", Value: "'()!"}, {Name: "Path", Value: "/x:y"}, {Name: "SignatureMethod", Value: "HMAC-SHA1"},
}

const (
	query = "Action=A&Empty=&Path=%2Fx%3Ay&Quotes=%27%28%29%21&SignatureMethod=HMAC-SHA1&Star=%2A~&Version=2016-11-11&apple=a%20b"
	whole = "POST&%2F&"
)

func sign1(text string) string {
	mac := hmac.New(sha1.New, []byte("secret&"))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// again encodes a query once more, the right way.
func again(query string) string {
	return strings.NewReplacer("%", "%25", "=", "%3D", "&", "%26", "+", "%2B", "*", "%2A", "'", "%27", "(", "%28", ")", "%29", "!", "%21", "/", "%2F", ":", "%3A", " ", "%20").Replace(query)
}

func TestV1(t *testing.T) {
	edit := func(pairs ...string) string {
		return sign1(whole + again(strings.NewReplacer(pairs...).Replace(query)))
	}
	other := func(key string) string {
		mac := hmac.New(sha1.New, []byte(key))
		mac.Write([]byte(whole + again(query)))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	sum, _ := base64.StdEncoding.DecodeString(other("secret&"))
	mac256 := hmac.New(sha256.New, []byte("secret&"))
	mac256.Write([]byte(whole + again(query)))
	order := "Version=2016-11-11&Action=A&apple=a%20b&Empty=&Star=%2A~&Quotes=%27%28%29%21&Path=%2Fx%3Ay&SignatureMethod=HMAC-SHA1"
	caseless := "Action=A&apple=a%20b&Empty=&Path=%2Fx%3Ay&Quotes=%27%28%29%21&SignatureMethod=HMAC-SHA1&Star=%2A~&Version=2016-11-11"
	for _, test := range []struct{ outcome, signature, step, why string }{
		{"no & after the secret", other("secret"), "key", "followed by &"},
		{"a newline after the secret", other("secret\n&"), "key", "newline"},
		{"another method", sign1("GET&%2F&" + again(query)), "StringToSign", "signed as a GET"},
		{"a method in lower case", sign1("post&%2F&" + again(query)), "StringToSign", "lower case"},
		{"a plain slash", sign1("POST&/&" + again(query)), "StringToSign", "%2F"},
		{"a query encoded once", sign1(whole + query), "StringToSign", "as a whole"},
		{"values never encoded", sign1(whole + again(strings.NewReplacer("%2F", "/", "%3A", ":", "%27", "'", "%28", "(", "%29", ")", "%21", "!", "%2A", "*", "%20", " ").Replace(query))), "canonicalising", "before they were joined"},
		{"values encoded twice", edit("%", "%25"), "canonicalising", "once too often"},
		{"parameters not sorted", sign1(whole + again(order)), "canonicalising", "order they were sent"},
		{"parameters sorted without case", sign1(whole + again(caseless)), "canonicalising", "without regard to case"},
		{"an empty value left out", edit("Empty=&", ""), "parameters", "empty value"},
		{"a space as +", edit("%20", "+"), "canonicalising", "must be %20"},
		{"a raw *", edit("%2A", "*"), "canonicalising", "must be %2A"},
		{"an encoded ~", edit("~", "%7E"), "canonicalising", "%7E"},
		{"Java's URLEncoder", edit("%20", "+", "%2A", "*", "~", "%7E"), "canonicalising", "Java"},
		{"raw quotes", edit("%27", "'", "%28", "(", "%29", ")", "%21", "!"), "canonicalising", "%27 %28 %29 %21"},
		{"JavaScript's encodeURIComponent", sign1(whole + strings.NewReplacer("%2527", "'", "%2528", "(", "%2529", ")", "%2521", "!", "%252A", "*").Replace(again(query))), "canonicalising", "JavaScript"},
		{"a raw slash", edit("%2F", "/"), "canonicalising", "%2F"},
		{"a raw colon", edit("%3A", ":"), "canonicalising", "%3A"},
		{"escapes in lower case", sign1(whole + lower(again(strings.NewReplacer("%2F", "%2f", "%3A", "%3a", "%2A", "%2a").Replace(query)))), "canonicalising", "upper case"},
		{"a parameter added afterwards", edit("Path=%2Fx%3Ay&", ""), "parameters", "Path was not signed"},
		{"another hash", base64.StdEncoding.EncodeToString(mac256.Sum(nil)), "signature", "HMAC-SHA256"},
		{"hex", hex.EncodeToString(sum), "signature", "base64"},
		{"hex in capitals", strings.ToUpper(hex.EncodeToString(sum)), "signature", "base64"},
	} {
		t.Run(test.outcome+" is found", func(t *testing.T) {
			found := diagnose.V1("POST", append(sent, pop.Param{Name: "Signature", Value: test.signature}), nil, "secret")
			require.NotEmpty(t, found)
			require.Equal(t, test.step, found[0].Step)
			require.Contains(t, found[0].Why.English, test.why)
			require.Len(t, found, 1)
		})
	}
	t.Run("two mistakes together are found", func(t *testing.T) {
		signature := sign1("GET&%2F&" + again(strings.Replace(query, "%20", "+", 1)))
		require.Len(t, diagnose.V1("POST", append(sent, pop.Param{Name: "Signature", Value: signature}), nil, "secret"), 2)
	})
	t.Run("a + that became a space is found", func(t *testing.T) {
		params := pop.Params{{Name: "N"}, {Name: "Signature"}}
		for !strings.Contains(params[1].Value, "+") {
			params[0].Value += "x"
			params[1].Value = pop.TraceV1(pop.HMACSHA1, "secret", "GET", params).Signature
		}
		params[1].Value, _ = url.QueryUnescape(params[1].Value)
		found := diagnose.V1("GET", params, nil, "secret")
		require.Len(t, found, 1)
		require.Contains(t, found[0].Why.English, "%2B")
	})
	t.Run("half the parameters signed is found", func(t *testing.T) {
		form := pop.Params{{Name: "Extra", Value: "1"}}
		signature := pop.Param{Name: "Signature", Value: sign1(whole + again(query))}
		require.Contains(t, diagnose.V1("POST", append(sent, signature), append(form, pop.Param{Name: "More", Value: "2"}), "secret")[0].Why.English, "form was not signed")
		require.Contains(t, diagnose.V1("POST", append(form, pop.Param{Name: "More", Value: "2"}), append(sent, signature), "secret")[0].Why.English, "query was not signed")
	})
	t.Run("HMAC-SHA1 under the other's name is found", func(t *testing.T) {
		params := append(without(sent, "SignatureMethod"), pop.Param{Name: "SignatureMethod", Value: "hmac-sha256"})
		params = append(params, pop.Param{Name: "Signature", Value: pop.TraceV1(pop.HMACSHA1, "secret", "POST", params).Signature})
		require.Contains(t, diagnose.V1("POST", params, nil, "secret")[0].Why.English, "HMAC-SHA1")
	})
	t.Run("a secret with white space around it is found", func(t *testing.T) {
		params := append(sent, pop.Param{Name: "Signature", Value: other("secret&")})
		require.Contains(t, diagnose.V1("POST", params, nil, " secret\n")[0].Why.English, "white space")
	})
	t.Run("another secret is not explained away", func(t *testing.T) {
		require.Empty(t, diagnose.V1("POST", append(sent, pop.Param{Name: "Signature", Value: other("other&")}), nil, "secret"))
	})
}

// lower writes the escapes of the second encoding in lower case too.
func lower(text string) string {
	return strings.NewReplacer("%3D", "%3d", "%2F", "%2f", "%3A", "%3a", "%2A", "%2a").Replace(text)
}

func without(p pop.Params, name string) (rest pop.Params) {
	for _, param := range p {
		if param.Name != name {
			rest = append(rest, param)
		}
	}
	return rest
}

func TestCompare(t *testing.T) {
	t.Run("equal texts do not differ", func(t *testing.T) {
		_, differ := diagnose.Compare("a", "a")
		require.False(t, differ)
	})
	t.Run("the first difference is shown with what is around it", func(t *testing.T) {
		d, differ := diagnose.Compare("same%20here", "same+here")
		require.True(t, differ)
		require.Equal(t, diagnose.Difference{At: 4, Ours: "same%20here", Theirs: "same+here"}, d)
	})
	t.Run("a text that ends early differs at its end", func(t *testing.T) {
		d, differ := diagnose.Compare("ab", "a")
		require.True(t, differ)
		require.Equal(t, 1, d.At)
	})
}
