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
