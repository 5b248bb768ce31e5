package operations

import "aegis/shared/sale"

func ownerID() Parameter {
	return Parameter{Name: "OwnerId", Type: String, Text: Text{
		"The account that the call acts for. A key of one account may omit it; a reseller's key must name one of its owners",
		"调用所针对的账号。账号自己的密钥可以省略；虚商的密钥必须指定其名下的一个账号",
	}}
}

// namedOwner is that of an operation that no owner calls.
func namedOwner() Parameter {
	p := ownerID()
	p.Example = "1000000000000001"
	return p
}

// clientToken is required if it has an example.
func clientToken(example string) Parameter {
	return Parameter{Name: "ClientToken", Type: String, Required: example != "", MaxBytes: 64, Example: example, Text: Text{
		"Identifies the order: 1 to 64 printable ASCII characters, case-sensitive. The same token returns the same order",
		"订单的幂等标识：1~64 个可打印的 ASCII 字符，区分大小写。同一个 ClientToken 总是返回同一个订单",
	}}
}

func instanceID() Parameter {
	return Parameter{Name: "InstanceId", Type: String, Required: true, Example: "aegis-01ktxm8fz0nv5m0c6w3q8b7d2e", Text: Text{
		"The instance, as CreateInstance answered it", "实例 ID，由 CreateInstance 返回",
	}}
}

// duration names the greatest of the limits, which depend on PricingCycle.
func duration(most int64) Parameter {
	return Parameter{Name: "Duration", Type: Integer, Required: true, Min: 1, Max: most, Example: "1", Text: Text{
		"How many of PricingCycle; ten years at most", "购买时长，单位由 PricingCycle 指定；最长十年",
	}}
}

func pricingCycle(cycles ...string) Parameter {
	return Parameter{Name: "PricingCycle", Type: String, Required: true, Values: cycles, Example: "Month", Text: Text{
		"The unit of Duration", "购买时长的单位",
	}}
}

func versionCode(example string) Parameter {
	return Parameter{Name: "VersionCode", Type: Integer, Required: true, Example: example, Text: Text{
		"The edition, as the catalogue lists it", "版本，取值见价目表",
	}}
}

func vmNumber(example string, text Text) Parameter {
	return Parameter{Name: "VmNumber", Type: Integer, Required: true, Min: 1, Max: sale.MaxVmNumber, Example: example, Text: text}
}

func machines() Text {
	return Text{"How many machines the licence covers", "授权的机器数"}
}

func maxAmount() Parameter {
	return Parameter{Name: "MaxAmount", Type: Amount, Text: Text{
		"The most that the order may cost, in CNY. A higher price is refused with InvalidAmount.Exceeded. It is no part of the purchase: a repeated call may have another",
		"订单金额的上限，单位为元。价格超过上限时返回 InvalidAmount.Exceeded，不产生订单。它不属于订单参数，重试时可以不同",
	}}
}

func dryRun() Parameter {
	return Parameter{Name: "DryRun", Type: Boolean, Default: "false", Text: Text{
		"true: check everything and sell nothing. A call that would succeed gets DryRunOperation. A token that was sold returns its order",
		"取值为 true 时只做检查，不产生订单：检查通过时返回 DryRunOperation。ClientToken 已经成交时返回原订单",
	}}
}

func orderID() Answer {
	return Answer{Name: "OrderId", Type: String, Example: "01KTXM8FZ0D3M4N5P6Q7R8S9T0", Text: Text{"The order", "订单 ID"}}
}

func orderIfChanged() Answer {
	a := orderID()
	a.Text = Text{"The order; absent if nothing was changed", "订单 ID；没有变更时不返回"}
	return a
}

// orderFields are the fields of an order in an answer.
func orderFields() []Answer {
	return []Answer{
		orderID(),
		{Name: "Operation", Type: String, Example: "CreateInstance", Text: Text{"The operation that made it", "下单的接口"}},
		{Name: "InstanceId", Type: String, Example: "aegis-01ktxm8fz0nv5m0c6w3q8b7d2e", Text: Text{"The instance; empty for an order about the account", "实例 ID；与账号有关的订单为空"}},
		{Name: "CreateTime", Type: Time, Example: "2026-06-01T04:00:00Z", Text: Text{"When the order was made", "下单时间"}},
		{Name: "Channel", Type: String, Example: "api", Text: Text{"api, market, timer or operator", "来源：api、market、timer 或 operator"}},
		{Name: "Amount", Type: Amount, Example: "50.00", Text: Text{"Charged to the balance, in CNY", "从余额扣除的金额，单位为元"}},
		{Name: "Credit", Type: Amount, Example: "0.00", Text: Text{"Paid in, in CNY; negative for a correction downwards", "充值金额，单位为元；调减时为负数"}},
		{Name: "VersionCode", Type: Integer, Example: "1", Text: Text{"The edition after the order", "订单生效后的版本"}},
		{Name: "VmNumber", Type: Integer, Example: "5", Text: Text{"The machines after the order", "订单生效后的授权数"}},
		{Name: "ExpiresAfter", Type: Time, Example: "2026-07-01T16:00:00Z", Text: Text{"The end of the term after the order; absent without an instance", "订单生效后的到期时间；没有实例时不返回"}},
		{Name: "ClientToken", Type: String, Example: "order-2026-0001", Text: Text{"The caller's token; empty if the caller sent none", "调用方的 ClientToken；未传时为空"}},
		{Name: "Reason", Type: String, Example: "", Text: Text{"The reference of a deposit, or why an operator acted", "充值的流水号，或人工操作的原因"}},
	}
}
