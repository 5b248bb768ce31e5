package pop_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSigningThenVerifyingRoundTrips(t *testing.T) {
	t.Run("version 1.0", rapid.MakeCheck(func(t *rapid.T) {
		r, secret := signedV1(t)
		call, err := pop.Decode(r)
		require.NoError(t, err)
		require.NoError(t, call.Verify(secret))
		require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify(secret+"x")))
		require.True(t, call.Timestamp.Equal(noon))
	}))
	t.Run("version 3", rapid.MakeCheck(func(t *rapid.T) {
		r, secret := signedV3(t)
		call, err := pop.Decode(r)
		require.NoError(t, err)
		require.NoError(t, call.Verify(secret))
		require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify(secret+"x")))
	}))
}

// signedV1 draws a request signed with version 1.0, split anywhere between
// query and form.
func signedV1(t *rapid.T) (r *pop.Request, secret string) {
	s := anySigner(t)
	method := rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")
	signed := s.SignV1(method, business(t))
	at := rapid.IntRange(0, len(signed)).Draw(t, "split")
	return &pop.Request{Method: method, Header: form(), Query: signed[:at], Body: []byte(signed[at:].Encode())}, s.Secret
}

// signedV3 draws a request signed with version 3.
func signedV3(t *rapid.T) (r *pop.Request, secret string) {
	s := anySigner(t)
	params := business(t)
	at := rapid.IntRange(0, len(params)).Draw(t, "split")
	r = &pop.Request{Method: "POST", Host: "h:1", Header: form(), Query: params[:at], Body: []byte(params[at:].Encode())}
	r.Header = append(r.Header, pop.Param{Name: "X-Acs-Action", Value: "A"}, pop.Param{Name: "X-Acs-Version", Value: "V"})
	r.Header = s.SignV3(r)
	return r, s.Secret
}

func anySigner(t *rapid.T) *pop.Signer {
	s := signer()
	s.Secret = rapid.StringMatching(`[ -~]{0,130}`).Draw(t, "secret")
	s.SecurityToken = rapid.StringMatching(`[A-Za-z0-9+/=]{0,60}`).Draw(t, "token")
	s.Algorithm = rapid.SampledFrom([]pop.Algorithm{"", pop.HMACSHA1, pop.HMACSHA256}).Draw(t, "algorithm")
	return s
}

// business draws parameters of an action's own.
func business(t *rapid.T) (own pop.Params) {
	for _, p := range anyParams().Draw(t, "params") {
		switch p.Name {
		case "Action", "Version", "Format", "SignatureType", "AccessKeyId", "SecurityToken", "Timestamp",
			"Signature", "SignatureMethod", "SignatureNonce", "SignatureVersion":
		default:
			own = append(own, p)
		}
	}
	return own
}

func TestTamperingChangesTheVerdict(t *testing.T) {
	verdict := func(r *pop.Request) error {
		call, err := pop.Decode(r)
		if err != nil {
			return err
		}
		return call.Verify("testsecret")
	}
	added := func(p pop.Params) pop.Params { return append(p, pop.Param{Name: "Added", Value: ""}) }
	dropped := func(p pop.Params) pop.Params { return drop(p, "VmNumber") }
	changed := func(p pop.Params) pop.Params { return with(p, "VmNumber", "4") }
	recased := func(p pop.Params) pop.Params {
		return append(drop(p, "VmNumber"), pop.Param{Name: "vmNumber", Value: "3"})
	}
	doubled := func(p pop.Params) pop.Params { return append(p, pop.Param{Name: "VmNumber", Value: "3"}) }
	merged := func(p pop.Params) pop.Params { return with(drop(p, "VmNumber"), "VersionCode", "4&VmNumber=3") }
	for name, tamper := range map[string]func(pop.Params) pop.Params{
		"added": added, "dropped": dropped, "changed": changed, "re-cased": recased, "doubled": doubled, "merged": merged,
	} {
		t.Run("version 1.0, a parameter "+name+" is refused", func(t *testing.T) {
			r := v1()
			r.Query = tamper(r.Query)
			require.Error(t, verdict(r))
		})
		t.Run("version 3, a parameter "+name+" is refused", func(t *testing.T) {
			r := createInstanceV3()
			r.Query = createInstance()
			r.Header = signer().SignV3(r)
			require.NoError(t, verdict(r))
			r.Query = tamper(r.Query)
			require.Error(t, verdict(r))
		})
	}
	t.Run("version 1.0, another method is refused", func(t *testing.T) {
		r := v1()
		r.Method = "POST"
		require.Equal(t, "SignatureDoesNotMatch", code(t, verdict(r)))
	})
	t.Run("version 3, a parameter moved from query to form is refused", func(t *testing.T) {
		r := createInstanceV3()
		r.Header = append(r.Header, form()...)
		r.Header = signer().SignV3(r)
		require.NoError(t, verdict(r))
		r.Query, r.Body = r.Query[1:], []byte(r.Query[:1].Encode())
		require.Equal(t, "SignatureDoesNotMatch", code(t, verdict(r)))
	})
	t.Run("version 3, another host or path is refused where it is signed", func(t *testing.T) {
		for _, change := range []func(*pop.Request){
			func(r *pop.Request) { r.Host = "other" },
			func(r *pop.Request) { r.Path = "/GetSummary" },
		} {
			r := v3()
			change(r)
			require.Equal(t, "SignatureDoesNotMatch", code(t, verdict(r)))
		}
	})
	t.Run("version 3, a signed header changed, added or re-valued is refused", func(t *testing.T) {
		for _, change := range []func(*pop.Request){
			func(r *pop.Request) { r.Header = with(r.Header, "x-acs-action", "GetSummary") },
			func(r *pop.Request) { r.Header = with(r.Header, "x-acs-signature-nonce", "0") },
			func(r *pop.Request) { r.Header = with(r.Header, "x-acs-date", "2026-03-01T12:00:01Z") },
			func(r *pop.Request) { r.Header = append(r.Header, pop.Param{Name: "x-acs-date", Value: "x"}) },
		} {
			r := v3()
			change(r)
			require.Error(t, verdict(r))
		}
	})
}

func TestVerify(t *testing.T) {
	t.Run("a wrong signature is answered with our StringToSign", func(t *testing.T) {
		r := v1()
		call, err := pop.Decode(r)
		require.NoError(t, err)
		err = call.Verify("wrong")
		trace := pop.TraceV1(pop.HMACSHA1, "", "GET", r.Query)
		require.EqualError(t, err, "SignatureDoesNotMatch: Specified signature is not matched with our calculation. server string to sign is:"+trace.StringToSign)
	})
	t.Run("an unknown key is refused whatever it signed with", func(t *testing.T) {
		for _, r := range []*pop.Request{v1(), v3()} {
			call, err := pop.Decode(r)
			require.NoError(t, err)
			require.Equal(t, "InvalidAccessKeyId.NotFound", code(t, call.VerifyUnknown()))
		}
	})
	t.Run("no signature fits but the whole one", func(t *testing.T) {
		r := v1()
		signature, _ := r.Query.Get("Signature")
		for _, wrong := range []string{signature[:27], signature + "=", strings.ToLower(signature), "A" + signature[1:], "="} {
			r.Query = with(r.Query, "Signature", wrong)
			call, err := pop.Decode(r)
			require.NoError(t, err)
			require.Equal(t, "SignatureDoesNotMatch", code(t, call.Verify("testsecret")), wrong)
		}
	})
}

func TestHMACEqualsTheStandardLibrary(t *testing.T) {
	sum := func(h func() hash.Hash, key, text string) []byte {
		mac := hmac.New(h, []byte(key))
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	for n := range 200 {
		secret := strings.Repeat("k", n)
		trace := pop.TraceV1(pop.HMACSHA1, secret, "GET", createInstance())
		require.Equal(t, base64.StdEncoding.EncodeToString(sum(sha1.New, secret+"&", trace.StringToSign)), trace.Signature)
		trace = pop.TraceV1(pop.HMACSHA256, secret, "GET", createInstance())
		require.Equal(t, base64.StdEncoding.EncodeToString(sum(sha256.New, secret+"&", trace.StringToSign)), trace.Signature)
		trace = pop.TraceV3(secret, createInstanceV3(), "host")
		require.Equal(t, hex.EncodeToString(sum(sha256.New, secret, trace.StringToSign)), trace.Signature)
	}
}

func TestSignerTakesTheSameStepsAsAlibabaSDK(t *testing.T) {
	provider, err := auth.ToCredentialsProvider(credentials.NewStsTokenCredential("testid", "testsecret", "a+/="))
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		request := requests.NewCommonRequest()
		request.Method = rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")
		request.ApiName, request.Version, request.Product = "CreateInstance", "2016-11-11", "aegis"
		request.TransToAcsRequest()
		own := business(t)
		for i, p := range own {
			if i%2 == 0 {
				request.QueryParams[p.Name] = p.Value
			} else {
				request.FormParams[p.Name] = p.Value
			}
		}
		require.NoError(t, auth.Sign(request, nil, "cn-hangzhou", provider))
		theirs := append(params(request.QueryParams), params(request.FormParams)...)

		signed := theirSigner(t, request.QueryParams).SignV1(request.Method, theirs)
		require.Equal(t, request.QueryParams["Signature"], signed[len(signed)-1].Value)
		require.ElementsMatch(t, theirs, signed)
		require.Equal(t, request.GetStringToSign(), pop.TraceV1(pop.HMACSHA1, "", request.Method, theirs).StringToSign)
	})
}

// theirSigner signs at the time and with the nonce that the SDK chose.
func theirSigner(t *rapid.T, query map[string]string) *pop.Signer {
	at, err := time.Parse(time.RFC3339, query["Timestamp"])
	require.NoError(t, err)
	return &pop.Signer{
		Credentials: pop.Credentials{AccessKeyID: "testid", Secret: "testsecret", SecurityToken: "a+/="},
		Clock:       func() time.Time { return at },
		Nonce:       func() string { return query["SignatureNonce"] },
	}
}

func TestSigner(t *testing.T) {
	t.Run("it replaces what only a signer may say", func(t *testing.T) {
		once := signer().SignV1("GET", createInstance())
		require.Equal(t, once, signer().SignV1("GET", once))
		r := createInstanceV3()
		r.Header = signer().SignV3(r)
		require.Equal(t, r.Header, signer().SignV3(r))
	})
	t.Run("it leaves its input alone", func(t *testing.T) {
		r := createInstanceV3()
		r.Query[0], r.Query[1] = r.Query[1], r.Query[0]
		p := pop.Params{{Name: "b"}, {Name: "a"}}
		signer().SignV1("GET", p)
		signer().SignV3(r)
		require.Equal(t, pop.Params{{Name: "b"}, {Name: "a"}}, p)
		require.Equal(t, "ClientToken", r.Query[0].Name)
	})
	t.Run("its nonces differ and its clock is the wall's", func(t *testing.T) {
		s := pop.Signer{}
		a, b := s.SignV1("GET", nil), s.SignV1("GET", nil)
		first, _ := a.Get("SignatureNonce")
		second, _ := b.Get("SignatureNonce")
		require.Regexp(t, "^[0-9a-f]{32}$", first)
		require.NotEqual(t, first, second)
		text, _ := a.Get("Timestamp")
		at, err := time.Parse("2006-01-02T15:04:05Z", text)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), at, time.Minute)
	})
	t.Run("it writes UTC wherever it is", func(t *testing.T) {
		s := signer()
		s.Clock = func() time.Time { return noon.In(time.FixedZone("CST", 8*3600)) }
		text, _ := s.SignV1("GET", nil).Get("Timestamp")
		require.Equal(t, "2026-03-01T12:00:00Z", text)
	})
	t.Run("more parameters than fit the usual space", func(t *testing.T) {
		p := distinct(50)
		p[0].Value = strings.Repeat("安", 5000)
		call, err := pop.Decode(&pop.Request{Method: "GET", Query: signer().SignV1("GET", p)})
		require.NoError(t, err)
		require.NoError(t, call.Verify("testsecret"))
	})
}

func TestSigningAndVerifyingAllocateAtMostTwice(t *testing.T) {
	s, params, request := signer(), createInstance(), createInstanceV3()
	v1, err := pop.Decode(v1())
	require.NoError(t, err)
	v3, err := pop.Decode(v3())
	require.NoError(t, err)
	for name, work := range map[string]func(){
		"sign 1.0":   func() { s.SignV1("POST", params) },
		"sign 3":     func() { s.SignV3(request) },
		"verify 1.0": func() { _ = v1.Verify("testsecret") },
		"verify 3":   func() { _ = v3.Verify("testsecret") },
	} {
		require.LessOrEqual(t, testing.AllocsPerRun(10, work), 2.0, name)
	}
}
