package conformance

import (
	"strings"
	"testing"

	"aegis/shared/pop"

	"github.com/stretchr/testify/require"
)

// one is one client at work.
type one struct {
	target  Target
	between proxies
	name    string
	client  client
}

func (o one) run(t *testing.T) {
	owner := o.target.Owner()
	t.Run("lives through an instance's life", func(t *testing.T) { o.live(t, owner) })
	t.Run("diagnoses every refusal", func(t *testing.T) { o.meetRefusals(t, owner) })
}

// live buys, buys again, upgrades, renews and looks.
func (o one) live(t *testing.T, owner string) {
	purchase := map[string]string{
		"OwnerId": owner, "ClientToken": token(owner, "create"), "Duration": "1", "PricingCycle": "Month",
		"VersionCode": "1", "VmNumber": "3", "IsAutoRenew": "false",
	}
	bought := o.must(t, "CreateInstance", purchase)
	order, instance := text(t, bought, "OrderId"), text(t, bought, "InstanceId")

	again := o.must(t, "CreateInstance", purchase)
	require.Equal(t, order, text(t, again, "OrderId"), "the same token is the same order")
	require.Equal(t, instance, text(t, again, "InstanceId"))
	require.NotEqual(t, text(t, bought, "RequestId"), text(t, again, "RequestId"))

	upgraded := o.must(t, "UpgradeInstance", map[string]string{
		"OwnerId": owner, "ClientToken": token(owner, "upgrade"), "InstanceId": instance, "VersionCode": "2", "VmNumber": "5",
	})
	renewed := o.must(t, "RenewInstance", map[string]string{
		"OwnerId": owner, "ClientToken": token(owner, "renew"), "InstanceId": instance, "Duration": "1", "PricingCycle": "Month", "VmNumber": "5",
	})
	require.NotEqual(t, order, text(t, upgraded, "OrderId"))
	require.NotEqual(t, text(t, upgraded, "OrderId"), text(t, renewed, "OrderId"))

	summary := o.must(t, "GetSummary", map[string]string{"OwnerId": owner})
	require.Equal(t, instance, text(t, summary, "InstanceId"))
	require.Equal(t, "5", text(t, summary, "TotalMachineNum"))
	require.IsType(t, float64(0), summary["ExpireDateTimestamp"])
	o.ask(t, owner, order, instance)
}

// ask makes every query about an order that was bought.
func (o one) ask(t *testing.T, owner, order, instance string) {
	page := o.must(t, "QueryOrders", map[string]string{"OwnerId": owner, "InstanceId": instance, "MaxResults": "10"})
	list, ok := page["OrderList"].(map[string]any)
	require.True(t, ok, "OrderList is %v", page["OrderList"])
	orders, ok := list["Order"].([]any)
	require.True(t, ok, "Order is %v", list["Order"])
	require.Len(t, orders, 3)

	became := o.must(t, "QueryOrders", map[string]string{"OwnerId": owner, "ClientToken": token(owner, "create")})
	require.Equal(t, "Sold", text(t, became, "TokenStatus"))

	detail := o.must(t, "GetOrderDetail", map[string]string{"OwnerId": owner, "OrderId": order})
	require.Equal(t, order, text(t, detail, "OrderId"))
	require.Equal(t, token(owner, "create"), text(t, detail, "ClientToken"))

	price := o.must(t, "QueryPrice", map[string]string{
		"OwnerId": owner, "OrderType": "Renewal", "InstanceId": instance, "Duration": "1", "PricingCycle": "Month", "VmNumber": "5",
	})
	require.NotEmpty(t, text(t, price, "TradePrice"))
	require.Empty(t, price["RefusalCode"])
}

// token is a ClientToken with characters that encoders disagree about.
func token(owner, what string) string { return owner + "-" + what + " +*~'()!" }

// must calls and wants an answer.
func (o one) must(t *testing.T, action string, params map[string]string) map[string]any {
	t.Helper()
	r := o.call(t, o.target.BaseURL, o.target.Credentials, action, params)
	require.NotNil(t, r.Answer, "%s: %s: %s", action, r.Code, r.Message)
	return r.Answer
}

func (o one) call(t *testing.T, endpoint string, as pop.Credentials, action string, params map[string]string) reply {
	t.Helper()
	return o.client.call(t, sdkCall{o.name, endpoint, as.AccessKeyID, as.AccessKeySecret, action, params})
}

// text returns a field that must be a string.
func text(t *testing.T, answer map[string]any, name string) string {
	t.Helper()
	value, ok := answer[name].(string)
	require.True(t, ok && value != "", "%s is %v", name, answer[name])
	return value
}

// meetRefusals provokes each refusal, and requires its code and message to be read right.
func (o one) meetRefusals(t *testing.T, owner string) {
	right := o.target.Credentials
	wrongSecret, wrongKey := right, right
	wrongSecret.AccessKeySecret += "x"
	wrongKey.AccessKeyID = "LTAI-nobody"

	for _, test := range []struct {
		what, endpoint string
		as             pop.Credentials
		params         map[string]string
		want           *pop.Error
	}{
		{"wrong secret", o.target.BaseURL, wrongSecret, nil, pop.SignatureDoesNotMatch("")},
		{"wrong key", o.target.BaseURL, wrongKey, nil, pop.InvalidAccessKeyIDNotFound()},
		{"expired time", o.between.late, right, nil, pop.InvalidTimeStampExpired()},
		{"reused nonce", o.between.twice, right, nil, pop.SignatureNonceUsed()},
		{"throttling", o.between.throttled, right, nil, pop.ThrottlingUser(0)},
		{"missing parameter", o.target.BaseURL, right, map[string]string{"OwnerId": owner, "ClientToken": token(owner, "missing")}, pop.MissingParameter("")},
	} {
		action := "GetSummary"
		if test.params != nil {
			action = "CreateInstance"
		} else {
			test.params = map[string]string{"OwnerId": owner}
		}
		got := o.call(t, test.endpoint, test.as, action, test.params)
		require.Equal(t, test.want.Code, got.Code, test.what)
		begin, _, _ := strings.Cut(test.want.Message, `"`)
		require.Contains(t, got.Message, begin, test.what)
		o.checkAdvice(t, test.what, got)
	}
}

// checkAdvice wants the Go SDK to blame the secret where it is to blame: it
// does when our StringToSign equals its own.
func (o one) checkAdvice(t *testing.T, what string, got reply) {
	t.Helper()
	if what == "wrong secret" && strings.HasPrefix(o.name, "alibaba-cloud-sdk-go") {
		require.Contains(t, got.Advice, "InvalidAccessKeySecret")
	}
}
