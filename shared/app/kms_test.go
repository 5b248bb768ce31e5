package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/app"
	"aegis/shared/pop"
	"aegis/shared/store"
	"aegis/shared/store/storetest"
)

// nowhere is a store that is never asked.
type nowhere struct{ store.Client }

// kms is a key service that verifies the signature and unwraps what it has wrapped.
func kms(t *testing.T, wrapped map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		call, err := pop.Decode(&pop.Request{
			Method: r.Method, Path: r.URL.Path, Host: r.Host, Body: body,
			Header: pop.Params{{Name: "Content-Type", Value: r.Header.Get("Content-Type")}},
		})
		if err == nil {
			err = call.Verify("role-secret")
		}
		blob, _ := call.Params.Get("CiphertextBlob")
		text, ok := wrapped[blob]
		switch {
		case err != nil || call.AccessKeyID != "STS.role" || call.SecurityToken != "role-token":
			w.WriteHeader(400)
			_, _ = fmt.Fprint(w, `{"Code":"SignatureDoesNotMatch","RequestId":"r-1"}`)
		case !ok || call.Action != "Decrypt" || call.Version != "2016-01-20":
			w.WriteHeader(404)
			_, _ = fmt.Fprint(w, `{"Code":"Forbidden.KeyNotFound","RequestId":"r-2"}`)
		default:
			_, _ = fmt.Fprintf(w, `{"KeyId":"k","Plaintext":%q,"RequestId":"r-3"}`, text)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestAMasterKeyIsUnwrappedByKMSWithTheRolesCredentials(t *testing.T) {
	const old, newest = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
	endpoint := kms(t, map[string]string{"blob+1/=": newest, "broken": "not a key"})
	client, _ := storetest.Start(t, access.Keys(), access.Nonces())
	role := store.WithCredentials(context.Background(), pop.Credentials{AccessKeyID: "STS.role", AccessKeySecret: "role-secret", SecurityToken: "role-token"})
	registry := func(change map[string]string) *access.Registry {
		change["KMS_ENDPOINT"] = endpoint
		s, err := app.ReadSettings(settings(change))
		require.NoError(t, err)
		r, err := s.OpenRegistry(client)
		require.NoError(t, err)
		return r
	}

	before := registry(map[string]string{"ACCESS_MASTER_KEY": old})
	require.NoError(t, before.Create(role, access.Key{ID: "old", Secret: "s-old", Owner: "1"}, nil))
	wrapped := registry(map[string]string{"ACCESS_MASTER_KEY": old, "ACCESS_MASTER_KEY_KMS": "blob+1/="})
	require.NoError(t, wrapped.Create(role, access.Key{ID: "new", Secret: "s-new", Owner: "1"}, nil))
	found, err := wrapped.Find(role, "old")
	require.NoError(t, err, "those of the setting still open")
	require.Equal(t, "s-old", found.Secret)
	found, err = registry(map[string]string{"ACCESS_MASTER_KEY": newest}).Find(role, "new")
	require.NoError(t, err, "the wrapped one is the newest, which seals")
	require.Equal(t, "s-new", found.Secret)

	for blob, want := range map[string]string{"unknown": "Forbidden.KeyNotFound (r-2)", "broken": "32 bytes"} {
		_, err := registry(map[string]string{"ACCESS_MASTER_KEY": "", "ACCESS_MASTER_KEY_KMS": blob}).Find(role, "new")
		require.ErrorContains(t, err, want)
		require.ErrorIs(t, err, access.ErrUnavailable)
		require.NotContains(t, err.Error(), blob)
	}
	_, err = registry(map[string]string{"ACCESS_MASTER_KEY_KMS": "blob+1/="}).Find(context.Background(), "new")
	require.ErrorContains(t, err, "SignatureDoesNotMatch (r-1)")
}

func TestFunctionsWithCallersNeedAMasterKeyAndOthersDoNot(t *testing.T) {
	s, err := app.ReadSettings(settings(map[string]string{"ACCESS_MASTER_KEY": ""}))
	require.NoError(t, err)
	_, err = s.OpenProcessor(io.Discard, nil)
	require.NoError(t, err)
	_, err = s.Open(io.Discard)
	require.ErrorContains(t, err, "ACCESS_MASTER_KEY or ACCESS_MASTER_KEY_KMS must be set")
	_, err = app.ReadSettings(settings(map[string]string{"KMS_ENDPOINT": "http://kms.example.com"}))
	require.ErrorContains(t, err, "KMS_ENDPOINT")
}
