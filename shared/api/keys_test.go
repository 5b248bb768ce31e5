package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/ledger"
	"aegis/shared/ledger/ledgertest"
	"aegis/shared/pop"
)

// callAs signs with a key and a secret.
func (d *desk) callAs(key, secret string, p pop.Params) answer {
	d.t.Helper()
	signer := pop.Signer{Credentials: pop.Credentials{AccessKeyID: key, AccessKeySecret: secret}, Clock: d.clock}
	return d.send("POST", "/?"+signer.SignV1("POST", p).Encode(), "", nil)
}

func summaryOf(owner string) pop.Params {
	p := pop.Params{{Name: "Action", Value: "GetSummary"}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"}}
	if owner != "" {
		p = append(p, pop.Param{Name: "OwnerId", Value: owner})
	}
	return p
}

func TestWhatChangesAtAKeyHoldsAtOnceInAWarmFunction(t *testing.T) {
	d := open(t)
	require.Equal(t, 200, d.call(summaryOf("")).status, "now it is cached")

	d.putKey(access.Key{ID: keyID, Secret: "rotated", Owner: owner})
	d.requireError(d.call(summaryOf("")), 400, "SignatureDoesNotMatch", "")
	require.Equal(t, 200, d.callAs(keyID, "rotated", summaryOf("")).status)

	d.putKey(access.Key{ID: keyID, Secret: "rotated", Owner: owner, Disabled: true})
	require.NotEqual(t, 200, d.callAs(keyID, "rotated", create()).status)
	d.requireUntouched()
}

func TestARevokedResellerIsRefusedAtOnceAndAtNoRoundTrip(t *testing.T) {
	d := open(t)
	reseller := access.Key{ID: "LTAI-reseller", Secret: secret, Reseller: true}
	d.putKey(reseller, owner)
	require.Equal(t, 200, d.callAs(reseller.ID, secret, summaryOf(owner)).status)
	reads, _ := d.gate.Counts()
	require.Equal(t, 200, d.callAs(reseller.ID, secret, summaryOf(owner)).status)
	after, _ := d.gate.Counts()
	require.Equal(t, 1, after-reads, "key, grant and account in one read")

	d.putKey(reseller, "9")
	a := d.callAs(reseller.ID, secret, create("OwnerId="+owner))
	d.requireError(a, 403, "Forbidden.RAM", "")
	d.requireUntouched()
}

func TestOperationsThatMoveMoneyNeedAGrantByName(t *testing.T) {
	d := open(t)
	deposit := pop.Params{
		{Name: "Action", Value: "DepositBalance"}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"},
		{Name: "Amount", Value: "12.34"}, {Name: "Reference", Value: "bank-7"},
	}
	d.requireError(d.call(deposit), 403, "Forbidden.RAM", "")
	d.putKey(access.Key{ID: keyID, Secret: secret, Owner: owner, Operations: []string{"DepositBalance"}})
	first := d.call(deposit)
	require.Equal(t, 200, first.status, first.body)
	again := d.call(deposit)
	require.Equal(t, first.fields["OrderId"], again.fields["OrderId"], "one reference is paid in once")
	d.requireError(d.call(changed(deposit, []string{"Amount=99"})), 400, "IdempotentParameterMismatch", "Amount")
	d.requireError(d.call(changed(deposit, []string{"Amount=1.234", "Reference=bank-8"})), 400, "InvalidParameter", "Amount")
	d.requireError(d.call(changed(deposit, []string{"Action=AdjustBalance", "Reason=x"})), 403, "Forbidden.RAM", "")
}

func TestSetRenewalNeedsNoClientTokenAndIsSoIfItIsSo(t *testing.T) {
	d := open(t)
	bought := d.call(create())
	require.Equal(t, 200, bought.status, bought.body)
	set := pop.Params{
		{Name: "Action", Value: "SetRenewal"}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"},
		{Name: "InstanceIDs", Value: bought.fields["InstanceId"].(string)},
		{Name: "RenewalStatus", Value: "AutoRenewal"}, {Name: "RenewalPeriod", Value: "1"}, {Name: "RenewalPeriodUnit", Value: "Y"},
	}
	first := d.call(set)
	require.Equal(t, 200, first.status, first.body)
	require.NotEmpty(t, first.fields["OrderId"])
	again := d.call(set)
	require.Equal(t, 200, again.status, again.body)
	require.Empty(t, again.fields["OrderId"], "nothing was changed")
	d.requireError(d.call(changed(set, []string{"RenewalStatus=Perhaps"})), 400, "InvalidParameter", "RenewalStatus")
	d.requireError(d.call(changed(set, []string{"RenewalPeriodUnit=W"})), 400, "InvalidParameter", "RenewalPeriodUnit")
	d.requireError(d.call(changed(set, []string{"InstanceIDs=a,b"})), 400, "InvalidParameter", "InstanceIDs")
	d.requireError(d.call(changed(set, []string{"-InstanceIDs"})), 400, "MissingParameter", "InstanceId")
}

func TestSetMachineNumber(t *testing.T) {
	d := open(t)
	d.putKey(access.Key{ID: keyID, Secret: secret, Owner: owner, Operations: []string{"SetMachineNumber"}})
	set := pop.Params{
		{Name: "Action", Value: "SetMachineNumber"}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"},
		{Name: "MachineNumber", Value: "7"},
	}
	require.Equal(t, 200, d.call(set).status)
	require.Equal(t, 200, d.call(set).status, "it is so already")
	require.Equal(t, "7", d.call(summaryOf("")).fields["TotalMachineNum"])
}

func TestAKeySpendsNoMoreThanItsCeilingOfTheDay(t *testing.T) {
	d := open(t)
	limit := func(fen int64) {
		t.Helper()
		require.NoError(t, d.keys.EditLimits(t.Context(), keyID, func(l *access.Limits) { l.DailyFen = fen }))
	}
	limit(4999)
	a := d.call(create())
	d.requireError(a, 403, "QuotaExceeded.DailySpending", "costs 50.00 CNY")
	d.requireUntouched()

	require.Equal(t, 200, d.call(summaryOf("")).status, "now the key is cached")
	master, err := access.ParseMasterKey("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	require.NoError(t, err)
	another, err := access.New(access.Config{Store: d.gate, Master: master, Clock: d.clock})
	require.NoError(t, err)
	require.NoError(t, another.EditLimits(t.Context(), keyID, func(l *access.Limits) { l.DailyFen = 5000 }))
	d.requireError(d.call(create()), 503, "ServiceUnavailable", "") // the ceiling that it was read with is an old one
	require.Equal(t, 200, d.call(create()).status)
}

func TestAResellersKeySpendsNoMoreThanItsCeilingFromAllAccounts(t *testing.T) {
	d := open(t)
	d.putKey(access.Key{ID: "r", Secret: secret, Reseller: true}, owner, "2")
	books, err := ledger.New(ledger.Config{Store: d.gate, Clock: d.clock})
	require.NoError(t, err)
	ledgertest.SetBalance(t, books, "2", 1_000_000)
	limit := func(fen int64) {
		t.Helper()
		require.NoError(t, d.keys.EditLimits(t.Context(), "r", func(l *access.Limits) { l.DailyFen = fen }))
	}
	buy := func(owner string, changes ...string) answer {
		return d.callAs("r", secret, create(append(changes, "OwnerId="+owner)...))
	}

	limit(9999)
	d.requireError(buy(owner, "DryRun=true"), 400, "DryRunOperation", "")
	require.Equal(t, 200, buy(owner).status)
	require.Equal(t, 200, buy(owner).status, "the same token again")
	d.requireError(buy("2", "DryRun=true"), 403, "QuotaExceeded.DailySpending", "costs 50.00 CNY, and today the key may spend 49.99 CNY more")
	d.requireError(buy("2"), 403, "QuotaExceeded.DailySpending", "costs 50.00 CNY, and today the key may spend 49.99 CNY more")

	limit(10000)
	require.Equal(t, 200, buy("2").status)
}
