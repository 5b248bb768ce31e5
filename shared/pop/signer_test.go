package pop_test

import (
	"strings"
	"testing"
	"time"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

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
