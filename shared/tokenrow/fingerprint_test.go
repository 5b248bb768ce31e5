package tokenrow_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aegis/shared/sale"
	"aegis/shared/store"
	"aegis/shared/tokenrow"
)

func TestATokenKeepsItsParametersWhateverIsInThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := sale.Renew{InstanceID: rapid.String().Filter(utf8.ValidString).Draw(t, "instance"), Term: sale.Term{Duration: 1, Cycle: sale.Month}, VmNumber: 3}
		row := store.Row{Columns: tokenrow.FingerprintOf(c).Columns()}
		var kept map[string]string
		require.NoError(t, json.Unmarshal([]byte(row.String("parameters")), &kept))
		require.Equal(t, map[string]string{"InstanceId": c.InstanceID, "Duration": "1", "PricingCycle": "Month", "VmNumber": "3"}, kept)
		require.NoError(t, tokenrow.ReadFingerprint(row.Columns).Check(c))
		c.InstanceID += "x"
		require.Error(t, tokenrow.ReadFingerprint(row.Columns).Check(c))
	})
}

func TestParametersAreTheSameHoweverTheirJSONIsWritten(t *testing.T) {
	c := sale.Renew{InstanceID: "a<b", Term: sale.Term{Duration: 1, Cycle: sale.Month}, VmNumber: 3}
	row := store.Row{Columns: store.Columns{
		store.String("operation", "RenewInstance"),
		store.String("parameters", `{"VmNumber": "3", "PricingCycle": "Month", "InstanceId": "a\u003cb", "Duration": "1"}`),
	}}
	require.NoError(t, tokenrow.ReadFingerprint(row.Columns).Check(c))
}

func TestACommandMatchesItsOwnFingerprintWhateverBytesItHas(t *testing.T) {
	c := sale.Renew{InstanceID: "\xff\x00<&\u2028", Term: sale.Term{Duration: 1, Cycle: sale.Month}, VmNumber: 3}
	require.NoError(t, tokenrow.FingerprintOf(c).Check(c))

	t.Run("also when an earlier release has written it", func(t *testing.T) {
		row := store.Row{Columns: store.Columns{
			store.String("operation", "RenewInstance"),
			store.String("parameters", `{"InstanceId":"\ufffd\u0000\u003c\u0026\u2028","Duration":"1","PricingCycle":"Month","VmNumber":"3"}`),
		}}
		require.NoError(t, tokenrow.ReadFingerprint(row.Columns).Check(c))
	})
}

func TestAMismatchNamesWhatDiffers(t *testing.T) {
	first := sale.Create{Term: sale.Term{Duration: 1, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5, AutoRenew: true, AutoRenewMonths: 1}
	now := sale.Create{Term: sale.Term{Duration: 2, Cycle: sale.Month}, VersionCode: 1, VmNumber: 5}
	var mismatch *sale.Mismatch
	require.ErrorAs(t, tokenrow.FingerprintOf(first).Check(now), &mismatch)
	require.Equal(t, []string{"AutoRenewDuration", "Duration", "IsAutoRenew"}, mismatch.Parameters)

	require.ErrorAs(t, tokenrow.FingerprintOf(first).Check(sale.Release{InstanceID: "i"}), &mismatch)
	require.Equal(t, []string{"Action"}, mismatch.Parameters)
}

func TestAKeyIsReadBack(t *testing.T) {
	key := tokenrow.Key("1000000000000001", "a/b:c")
	require.Equal(t, "1000000000000001", tokenrow.Owner(key))
	require.Equal(t, "a/b:c", tokenrow.Token(key))
}
