package pop_test

import (
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

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
	t.Run("version 3, a form that is called something else is refused", func(t *testing.T) {
		r := createInstanceV3()
		r.Query, r.Body = nil, []byte(r.Query.Encode())
		r.Header = append(r.Header, form()...)
		r.Header = signer().SignV3(r)
		require.NoError(t, verdict(r))
		r.Header = with(r.Header, "content-type", "application/json")
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
