package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aegis/scripts/internal/cli"
	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// sign runs the command at noon with a fixed nonce.
func sign(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"-time", "2026-03-01T12:00:00Z", "-nonce", "n1", "-endpoint", "http://127.0.0.1:8080/"}, args...)
	std := cli.IO{In: strings.NewReader(stdin), Out: &out, Err: &errs, Getenv: func(string) string { return "" }}
	status = program().Run(t.Context(), std, args)
	require.NotContains(t, out.String()+errs.String(), "local-owner-secret\"")
	return status, out.String(), errs.String()
}

// sentURL returns the URL of the curl line.
func sentURL(t *testing.T, stdout string) string {
	t.Helper()
	found := regexp.MustCompile(`curl .*'(http[^']*)'`).FindStringSubmatch(stdout)
	require.NotNil(t, found)
	return found[1]
}

func TestSigning(t *testing.T) {
	t.Run("both versions are shown step by step", func(t *testing.T) {
		status, out, _ := sign(t, "", "CreateInstance", "VmNumber=3", "Name=it's a=b")
		require.Zero(t, status)
		for _, want := range []string{
			"Signature version 1.0, HMAC-SHA1\n====", "Name=it%27s%20a%3Db&", "POST&%2F&AccessKeyId%3DLTAI-local-owner%26", "the secret followed by &",
			"Signature version 3, ACS3-HMAC-SHA256\n====", "\n    x-acs-action:CreateInstance\n", "-H 'x-acs-signature-nonce: n1'", "Credential=LTAI-local-owner,",
		} {
			require.Contains(t, out, want)
		}
		require.NotContains(t, out, "local-owner-secret")
	})
	t.Run("one version alone", func(t *testing.T) {
		_, one, _ := sign(t, "", "-only", "v1", "A")
		require.NotContains(t, one, "version 3")
		_, three, _ := sign(t, "", "-only", "v3", "A")
		require.NotContains(t, three, "version 1.0")
	})
	t.Run("a form, whose quotes the shell leaves alone", func(t *testing.T) {
		_, out, _ := sign(t, "", "-form", "-only", "v3", "A", "N=it's")
		require.Contains(t, out, `--data-raw 'N=it%27s'`)
		require.Contains(t, out, `-H 'content-type: application/x-www-form-urlencoded'`)
		require.Equal(t, `'it'\''s'`, quote("it's"))
	})
	t.Run("what is not understood is said, with status 2", func(t *testing.T) {
		for _, test := range []struct {
			want string
			args []string
		}{
			{"<word>", nil},
			{"Name=Value: x", []string{"A", "x"}},
			{"--endpoint is not a URL", []string{"-endpoint", "nowhere", "A"}},
			{"--algorithm must be", []string{"-algorithm", "MD5", "A"}},
			{"--method must be", []string{"-method", "PUT", "A"}},
			{"--only must be", []string{"-only", "v2", "A"}},
			{"cannot parse", []string{"-time", "noon", "A"}},
			{"unknown flag", []string{"-nonsense"}},
			{"no such file", []string{"-explain", "missing.http"}},
			{"not a header", []string{"-explain", "-"}},
		} {
			status, _, errs := sign(t, "nonsense", test.args...)
			require.Equal(t, 2, status, test.want)
			require.Contains(t, errs, test.want)
		}
	})
	t.Run("flags may follow the words", func(t *testing.T) {
		status, out, _ := sign(t, "", "GetSummary", "OwnerId=1", "-only", "v1")
		require.Zero(t, status)
		require.NotContains(t, out, "version 3")
	})
	t.Run("credentials come from the environment", func(t *testing.T) {
		var out bytes.Buffer
		env := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "mine", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s", "ALIBABA_CLOUD_SECURITY_TOKEN": "tok"}
		std := cli.IO{Out: &out, Err: &out, Getenv: func(name string) string { return env[name] }}
		require.Zero(t, program().Run(t.Context(), std, []string{"-endpoint", "http://127.0.0.1:8080/", "A"}))
		require.Contains(t, out.String(), "AccessKeyId=mine")
		require.Contains(t, out.String(), "SecurityToken=tok")
	})
	t.Run("help is no error", func(t *testing.T) {
		status, out, _ := sign(t, "", "-help")
		require.Zero(t, status)
		require.Contains(t, out, "Usage: sign")
	})
}

func TestExplaining(t *testing.T) {
	_, out, _ := sign(t, "", "-only", "v1", "-method", "GET", "GetSummary", "OwnerId=1")
	get := sentURL(t, out)
	three := "POST /?OwnerId=1 HTTP/1.1\nhost: 127.0.0.1:8080\n" + headersOf(t)
	for _, test := range []struct {
		outcome, stdin string
		args, want     []string
		status         int
	}{
		{"a signature that fits", "", []string{"-method", "GET", get}, []string{"ok     time", "ok     key", "ok     signature", "StringToSign\n    GET&"}, 0},
		{"a signature of version 3 that fits", three, []string{"-"}, []string{"ok     signature", "Canonical\n    POST\n"}, 0},
		{"another method", "", []string{"-method", "POST", get}, []string{"WRONG  signature", "should be", "WRONG  StringToSign", "signed as a GET"}, 1},
		{"another host in version 3", strings.Replace(three, "1:8080", "2:8080", 1), []string{"-"}, []string{"WRONG  secret or value"}, 1},
		{"another secret", "", []string{"-method", "GET", "-secret", "s", get}, []string{"WRONG  secret or value", "-theirs FILE"}, 1},
		{"another key", "", []string{"-method", "GET", "-key", "other", get}, []string{`WRONG  key             it is signed as "LTAI-local-owner"`}, 1},
		{"a local clock", "", []string{"-method", "GET", "-time", "2026-03-01T04:00:02Z", get}, []string{"WRONG  time", "7h59m58s ahead", "about 8 whole hours"}, 1},
		{"an old request", "", []string{"-method", "GET", "-time", "2026-03-01T12:30:00Z", get}, []string{"WRONG  time", "30m0s behind"}, 1},
		{"a missing parameter", "", []string{"-method", "GET", strings.Replace(get, "Timestamp", "Time", 1)}, []string{"WRONG  request", "MissingTimestamp"}, 1},
		{"a parameter in another case", "", []string{"-method", "GET", strings.Replace(get, "Timestamp", "TimeStamp", 1)}, []string{"MissingTimestamp", "It has TimeStamp instead"}, 1},
		{"a form that fits", "POST / HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n" + formOf(t), []string{"-"}, []string{"ok     signature"}, 0},
		{"another hash than declared", strings.Replace(resigned(t), "@", "ffff", 1), []string{"-"}, []string{"WRONG  body", "x-acs-content-sha256"}, 1},
		{"a broken Authorization", strings.Replace(three, "Credential", "credential", 1), []string{"-"}, []string{"WRONG  request", "IncompleteSignature"}, 1},
		{"a body changed on the way", "POST / HTTP/1.1\nhost: 127.0.0.1:8080\n" + headersOf(t, "-form") + "\nOwnerId=2", []string{"-"}, []string{"WRONG  signature", "another body"}, 1},
	} {
		t.Run(test.outcome+" is told", func(t *testing.T) {
			status, out, _ := sign(t, test.stdin, append([]string{"-explain"}, test.args...)...)
			for _, want := range test.want {
				require.Contains(t, out, want)
			}
			require.Equal(t, test.status, status)
		})
	}
}

// headersOf returns the headers that version 3 is sent with.
func headersOf(t *testing.T, flags ...string) string {
	t.Helper()
	_, out, _ := sign(t, "", append(flags, "-only", "v3", "GetSummary", "OwnerId=1")...)
	headers := ""
	for _, found := range regexp.MustCompile(`-H '([^']*)'`).FindAllStringSubmatch(out, -1) {
		headers += found[1] + "\n"
	}
	return headers
}

// formOf returns a call in a form, signed with HMAC-SHA256.
func formOf(t *testing.T) string {
	t.Helper()
	_, out, _ := sign(t, "", "-only", "v1", "-form", "-algorithm", "HMAC-SHA256", "GetSummary")
	return regexp.MustCompile(`--data-raw '([^']*)'`).FindStringSubmatch(out)[1]
}

// resigned returns a request of version 3 that is signed right, but does not
// sign the hash it declares, @.
func resigned(t *testing.T) string {
	t.Helper()
	r := &pop.Request{Method: "POST", Host: "h", Header: pop.Params{
		{Name: "x-acs-action", Value: "A"}, {Name: "x-acs-date", Value: "2026-03-01T12:00:00Z"}, {Name: "x-acs-signature-nonce", Value: "n"},
	}}
	const signed = "x-acs-action;x-acs-date;x-acs-signature-nonce"
	trace := pop.TraceV3("local-owner-secret", r, signed)
	text := "POST / HTTP/1.1\nHost: h\nx-acs-content-sha256: @\nAuthorization: ACS3-HMAC-SHA256 Credential=LTAI-local-owner,SignedHeaders=" +
		signed + ",Signature=" + trace.Signature + "\n"
	for _, h := range r.Header {
		text += h.Name + ": " + h.Value + "\n"
	}
	return text
}

func TestComparingTheirs(t *testing.T) {
	_, out, _ := sign(t, "", "-only", "v1", "-method", "GET", "GetSummary", "OwnerId=1")
	get := sentURL(t, out)
	stringToSign := regexp.MustCompile(`GET&%2F&\S*`).FindString(out)
	compare := func(theirs, stdin, source string) string {
		file := filepath.Join(t.TempDir(), "theirs")
		require.NoError(t, os.WriteFile(file, []byte(theirs), 0o600))
		_, out, _ := sign(t, stdin, "-explain", "-method", "GET", "-theirs", file, source)
		return out
	}
	t.Run("an equal StringToSign blames the secret", func(t *testing.T) {
		require.Contains(t, compare(stringToSign+"\n", "", get), "ok     theirs          the client's StringToSign is ours")
	})
	t.Run("a different one is shown where it parts", func(t *testing.T) {
		out := compare(strings.Replace(stringToSign, "OwnerId", "ownerId", 1), "", get)
		require.Contains(t, out, "WRONG  theirs")
		require.Regexp(t, `theirs ….*%26ownerId`, out)
	})
	t.Run("a CanonicalRequest is compared with ours", func(t *testing.T) {
		three := "POST /?OwnerId=1 HTTP/1.1\nhost: 127.0.0.1:8080\n" + headersOf(t)
		require.Contains(t, compare("POST\n/\nOwnerId=2\n", three, "-"), "the client's CanonicalRequest differs from byte 15 on")
		require.Contains(t, compare("ACS3-HMAC-SHA256\nxyz", three, "-"), "the client's StringToSign differs from byte 17 on")
	})
	t.Run("a file that is not there is said", func(t *testing.T) {
		status, _, errs := sign(t, "", "-explain", "-method", "GET", "-theirs", "missing", get)
		require.Equal(t, 2, status)
		require.Contains(t, errs, "missing")
	})
}
