package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/operations"
	"aegis/shared/pop"
)

// query is a call of an operation with parameters as Name=value.
func query(action string, parameters ...string) pop.Params {
	return changed(pop.Params{{Name: "Action", Value: action}, {Name: "Version", Value: "2016-11-11"}, {Name: "Format", Value: "JSON"}}, parameters)
}

// orders are the rows of an OrderList.
func (a answer) orders(t *testing.T) (rows []map[string]any) {
	t.Helper()
	list, ok := a.fields["OrderList"].(map[string]any)
	require.True(t, ok, a.body)
	for _, row := range list["Order"].([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

func TestAPriceIsWhatTheSaleThenCosts(t *testing.T) {
	d := open(t)
	a := d.call(query("QueryPrice", "OrderType=NewOrder", "Duration=1", "PricingCycle=Year", "VersionCode=1", "VmNumber=5"))
	require.Equal(t, 200, a.status, a.body)
	require.Equal(t, "600.00", a.fields["OriginalPrice"])
	require.Equal(t, "500.00", a.fields["TradePrice"])
	require.Equal(t, "10000.00", a.fields["Balance"])
	require.Equal(t, "2027-05-10T16:00:00Z", a.fields["ExpiresAfter"])
	require.Equal(t, "", a.fields["RefusalCode"])
	d.requireUntouched()

	a = d.call(query("QueryPrice", "OrderType=NewOrder", "Duration=10", "PricingCycle=Year", "VersionCode=4", "VmNumber=500"))
	require.Equal(t, "InvalidAccountStatus.NotEnoughBalance", a.fields["RefusalCode"])
	require.Contains(t, a.fields["RefusalMessage"], "the balance is 10000.00 CNY")
	require.Equal(t, "3000000.00", a.fields["TradePrice"])
	d.requireError(d.call(query("QueryPrice", "OrderType=Gift", "VmNumber=5")), 400, "InvalidParameter", "NewOrder, Renewal or Upgrade")
	d.requireError(d.call(query("QueryPrice", "OrderType=Upgrade", "VersionCode=1", "VmNumber=5")), 400, "MissingParameter", "InstanceId")
	d.requireError(d.call(query("QueryPrice", "OrderType=NewOrder", "Duration=1", "PricingCycle=Day", "VersionCode=1", "VmNumber=5")), 400, "InvalidParameter", "Year or Month")
}

func TestOrdersAreListedPageByPageAndReadOneByOne(t *testing.T) {
	d := open(t)
	bought := d.call(create())
	require.Equal(t, 200, bought.status, bought.body)
	d.now = d.now.Add(time.Second) // orders of one millisecond are in no order
	upgraded := d.call(create("Action=UpgradeInstance", "ClientToken=u", "InstanceId="+bought.fields["InstanceId"].(string), "VersionCode=2"))
	require.Equal(t, 200, upgraded.status, upgraded.body)

	first := d.call(query("QueryOrders", "MaxResults=1", "Channel=api"))
	require.Equal(t, upgraded.fields["OrderId"], first.orders(t)[0]["OrderId"], first.body)
	second := d.call(query("QueryOrders", "MaxResults=1", "Channel=api", "NextToken="+first.fields["NextToken"].(string)))
	row := second.orders(t)[0]
	require.Equal(t, bought.fields["OrderId"], row["OrderId"])
	require.Equal(t, "50.00", row["Amount"])
	require.Equal(t, "token-1", row["ClientToken"])
	require.EqualValues(t, 5, row["VmNumber"])

	detail := d.call(query("GetOrderDetail", "OrderId="+bought.fields["OrderId"].(string)))
	for name, value := range row {
		require.Equal(t, value, detail.fields[name], name)
	}
	d.requireError(d.call(query("GetOrderDetail", "OrderId=01KTXM8FZ0D3M4N5P6Q7R8S9T0")), 404, "InvalidOrderId.NotFound", "does not exist")
	d.requireError(d.call(query("GetOrderDetail", "OrderId=a/b")), 400, "InvalidParameter", "OrderId")
	d.requireError(d.call(query("QueryOrders", "NextToken=token/x")), 400, "InvalidParameter", "NextToken")
	require.Contains(t, d.call(query("QueryOrders", "Format=XML")).body, "<OrderList><Order><OrderId>")
}

func TestWhatBecameOfATokenIsAnswered(t *testing.T) {
	d := open(t)
	ask := func(token string) answer { return d.call(query("QueryOrders", "ClientToken="+token)) }
	require.Equal(t, "Unsold", ask("token-1").fields["TokenStatus"])
	bought := d.call(create())
	a := ask("token-1")
	require.Equal(t, "Sold", a.fields["TokenStatus"])
	require.Equal(t, bought.fields["OrderId"], a.orders(t)[0]["OrderId"])
	require.NotContains(t, a.orders(t)[0], "Amount", "the token's row does not have it")
}

func TestARevokedKeyReadsNoOrders(t *testing.T) {
	d := open(t)
	reseller := access.Key{ID: "LTAI-reseller", Secret: secret, Reseller: true}
	d.putKey(reseller, owner)
	calls := []pop.Params{
		query("QueryOrders", "OwnerId="+owner), query("QueryOrders", "OwnerId="+owner, "ClientToken=t"),
		query("GetOrderDetail", "OwnerId="+owner, "OrderId=0"), query("QueryPrice", "OwnerId="+owner, "OrderType=Upgrade", "InstanceId=i", "VersionCode=1", "VmNumber=5"),
	}
	require.Equal(t, 200, d.callAs(reseller.ID, secret, calls[0]).status, "now it is cached")
	d.putKey(reseller, "9")
	for _, call := range calls {
		d.requireError(d.callAs(reseller.ID, secret, call), 403, "Forbidden.RAM", "")
	}
}

func TestMaxAmountAndDryRunAreNoPartOfThePurchase(t *testing.T) {
	d := open(t)
	d.requireError(d.call(create("MaxAmount=49.99")), 400, "InvalidAmount.Exceeded", "It costs 50.00 CNY and MaxAmount is 49.99 CNY.")
	d.requireError(d.call(create("DryRun=true")), 400, "DryRunOperation", "passed")
	d.requireError(d.call(create("MaxAmount=50.001")), 400, "InvalidParameter", "MaxAmount")
	d.requireUntouched()
	bought := d.call(create("MaxAmount=50.00"))
	require.Equal(t, 200, bought.status, bought.body)
	for _, changes := range [][]string{nil, {"MaxAmount=1"}, {"DryRun=True"}} {
		require.Equal(t, bought.fields["OrderId"], d.call(create(changes...)).fields["OrderId"])
	}
}

func TestASummaryDescribesTheInstance(t *testing.T) {
	d := open(t)
	require.NotContains(t, d.call(query("GetSummary")).fields, "Status")
	require.Equal(t, 200, d.call(create("IsAutoRenew=true", "AutoRenewDuration=1")).status)
	summary := d.call(query("GetSummary")).fields
	require.EqualValues(t, 1, summary["VersionCode"])
	require.EqualValues(t, 5, summary["VmNumber"])
	require.Equal(t, "Running", summary["Status"])
	require.Equal(t, true, summary["AutoRenew"])
	require.Equal(t, "PrePaid", summary["ChargeType"])
	d.now = d.now.AddDate(1, 0, 0)
	require.Equal(t, "Expired", d.call(query("GetSummary")).fields["Status"])
}

func TestACodeOfOursLeadsToNoPageOfAlibabaCloud(t *testing.T) {
	d := open(t)
	require.Equal(t, "", d.call(create("MaxAmount=1")).fields["Recommend"])
	require.Contains(t, d.call(create("VmNumber=0")).fields["Recommend"], "api.aliyun.com")
}

func TestThePOPEndpointHasTheOperationsOfTheTable(t *testing.T) {
	all := api.All()
	for i, o := range operations.All() {
		require.Equal(t, o.Name, all[i].Action)
		require.Equal(t, o.Granted, all[i].Granted, o.Name)
	}
	require.Len(t, all, len(operations.All()))
}

// The table's ranges and values are the ones that calls are held against, and its texts
// are those of the refusals.
func TestEveryValueBeyondTheTableIsRefusedWithTheTablesText(t *testing.T) {
	d := open(t)
	d.putKey(access.Key{ID: keyID, Secret: secret, Owner: owner, Operations: []string{"SetMachineNumber", "DepositBalance", "AdjustBalance"}})
	for _, o := range operations.All() {
		good := []string{"AutoRenewDuration=1"}
		for _, p := range o.Parameters {
			if p.Example != "" {
				good = append(good, p.Name+"="+p.Example)
			}
		}
		good = append(good, "IsAutoRenew=true")
		for _, p := range o.Parameters {
			t.Run(o.Name+" "+p.Name, func(t *testing.T) {
				d.t = t
				good := good
				if o.Name == "QueryPrice" && p.Name == "PricingCycle" {
					good = append(good[:len(good):len(good)], "OrderType=Renewal", "InstanceId=i") // it takes all of them
				}
				for _, bad := range beyond(p) {
					a := d.call(query(o.Name, append(good, p.Name+"="+bad)...))
					d.requireError(a, 400, "InvalidParameter", `"`+p.Name+`"`)
					text, _, _ := strings.Cut(p.Must(), fmt.Sprint(p.Max)) // some maxima depend on another parameter
					if p.Max == 0 || p.Name == "VmNumber" || p.Name == "MachineNumber" || p.Name == "MaxResults" {
						text = p.Must()
					}
					require.Contains(t, a.fields["Message"], strings.TrimSuffix(text, "."), bad)
				}
				if p.Required {
					d.requireError(d.call(query(o.Name, append(good, "-"+p.Name)...)), 400, "MissingParameter", p.Name)
				}
			})
		}
	}
}

// beyond returns values that a parameter must not have.
func beyond(p operations.Parameter) []string {
	switch {
	case len(p.Values) > 0:
		return []string{"Other", strings.ToLower(p.Values[0]) + "_"}
	case p.Type == operations.Integer && p.Max > 0:
		return []string{fmt.Sprint(p.Min - 1), fmt.Sprint(p.Max + 1), "one"}
	case p.Type == operations.Integer, p.Type == operations.Boolean:
		return []string{"x"}
	case p.Type == operations.Amount:
		return []string{"1.234", "much"}
	case p.Type == operations.Time:
		return []string{"2026-05-10", "yesterday"}
	}
	return nil
}
