package diagnose_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"aegis/shared/pop"
	"aegis/shared/pop/diagnose"

	"github.com/stretchr/testify/require"
)

// request is a call signed with version 1.0 by the key k and a secret, at noon.
func request(secret string) *pop.Request {
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: "k", AccessKeySecret: secret}, Clock: noon}
	signed := signer.SignV1("GET", pop.Params{{Name: "Action", Value: "GetSummary"}, {Name: "Version", Value: "2016-11-11"}})
	return &pop.Request{Method: "GET", Host: "h", Path: "/", RawQuery: signed.Encode()}
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestAVerdictNamesWhatIsWrong(t *testing.T) {
	misspelt := request("secret")
	misspelt.RawQuery = strings.Replace(misspelt.RawQuery, "AccessKeyId", "AccessKeyID", 1)
	for _, test := range []struct {
		outcome  string
		question diagnose.Question
		what     string // "": nothing is wrong
	}{
		{"a right signature is accepted", diagnose.Question{Request: request("secret"), Secret: "secret", Now: noon()}, ""},
		{"another secret is named", diagnose.Question{Request: request("other"), Secret: "secret", Now: noon()}, "secret or value"},
		{"another key is named", diagnose.Question{Request: request("secret"), AccessKeyID: "other", Secret: "secret", Now: noon()}, "key"},
		{"a call of yesterday is late", diagnose.Question{Request: request("secret"), Secret: "secret", Now: noon().Add(24 * time.Hour)}, "time"},
		{"a misspelt name is found", diagnose.Question{Request: misspelt, Secret: "secret", Now: noon()}, "request"},
	} {
		t.Run(test.outcome, func(t *testing.T) {
			verdict := diagnose.Explain(test.question)
			require.Equal(t, test.what != "", verdict.Wrong())
			require.Equal(t, test.what, lastWrong(verdict))
			requireChinese(t, verdict)
		})
	}
}

func lastWrong(v diagnose.Verdict) (what string) {
	for _, f := range v.Findings {
		if !f.OK {
			what = f.What
		}
	}
	return what
}

// requireChinese wants Chinese in what is wrong.
func requireChinese(t *testing.T, v diagnose.Verdict) {
	t.Helper()
	for _, f := range v.Findings {
		if !f.OK {
			require.True(t, strings.ContainsFunc(f.Text.Chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }), f.Text.Chinese)
		}
	}
}
