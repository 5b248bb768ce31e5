package operations

import "aegis/shared/sale"

// All returns the table, in the order of the documents.
func All() []Operation {
	return []Operation{
		CreateInstance(), UpgradeInstance(), RenewInstance(), ReleaseInstance(), GetSummary(), SetRenewal(),
		QueryPrice(), QueryOrders(), GetOrderDetail(),
		SetMachineNumber(), DepositBalance(), AdjustBalance(),
	}
}

// Find returns an operation by its name.
func Find(name string) (o Operation, ok bool) {
	for _, o := range All() {
		if o.Name == name {
			return o, true
		}
	}
	return Operation{}, false
}

// CreateInstance buys an instance.
func CreateInstance() Operation {
	return Operation{
		Name: string(sale.CreateInstance), Upstream: Forwarded,
		Text:  Text{"Buys an instance", "购买实例"},
		Rules: Text{"Verified accounts; one live instance per owner; charged at once", "账号须通过实名认证；每个账号只能有一个未释放的实例；立即扣费"},
		Parameters: []Parameter{
			ownerID(), clientToken("sample-create"), duration(120), pricingCycle("Year", "Month"), versionCode("1"), vmNumber("3", machines()),
			{Name: "IsAutoRenew", Type: Boolean, Default: "false", Example: "false", Text: Text{"Whether the instance is renewed automatically", "是否自动续费"}},
			{Name: "AutoRenewDuration", Type: Integer, Min: 1, Max: 12, Text: Text{"Months of each automatic renewal; required if IsAutoRenew is true, else ignored", "每次自动续费的月数；IsAutoRenew 为 true 时必填，否则忽略"}},
			maxAmount(), dryRun(),
		},
		Answers: []Answer{orderID(), {Name: "InstanceId", Type: String, Example: "aegis-01ktxm8fz0nv5m0c6w3q8b7d2e", Text: Text{"The new instance", "新实例的 ID"}}},
		Errors: append(ofSales(), string(sale.NotVerified), string(sale.NotEnoughBalance), string(sale.CeilingExceeded), string(sale.InstanceAlreadyExists),
			string(sale.AmountExceeded)),
	}
}

// UpgradeInstance raises an instance's edition or machines.
func UpgradeInstance() Operation {
	return Operation{
		Name: string(sale.UpgradeInstance), Upstream: Forwarded,
		Text:       Text{"Raises the edition, the machines, or both", "升级版本或增加授权数"},
		Rules:      Text{"Neither value may fall, one must rise; not after the expiry", "两个值都不能降低，且至少一个升高；到期后不能升级"},
		Parameters: []Parameter{ownerID(), clientToken("sample-upgrade"), instanceID(), versionCode("2"), vmNumber("5", machines()), maxAmount(), dryRun()},
		Answers:    []Answer{orderID()},
		Errors: append(append(ofSales(), ofInstances()...), string(sale.InstanceExpired), string(sale.UpgradeNotHigher),
			string(sale.NotEnoughBalance), string(sale.CeilingExceeded), string(sale.AmountExceeded)),
	}
}

// RenewInstance prolongs an instance.
func RenewInstance() Operation {
	return Operation{
		Name: string(sale.RenewInstance), Upstream: Forwarded,
		Text: Text{"Prolongs an instance", "续费实例"},
		Rules: Text{
			"VmNumber is the owner's actual number of machines, and the licence must cover it; starts at the current expiry; must end in the future",
			"VmNumber 为账号实际的机器数，且不能超过授权数；从当前到期时间起续；续费后的到期时间必须晚于当前时间",
		},
		Parameters: []Parameter{
			ownerID(), clientToken("sample-renew"), instanceID(), duration(87_600), pricingCycle("Year", "Month", "Day", "Hour"),
			vmNumber("5", Text{"The owner's actual number of machines, as a check", "账号实际的机器数，用于核对"}), maxAmount(), dryRun(),
		},
		Answers: []Answer{orderID()},
		Errors: append(append(ofSales(), ofInstances()...), string(sale.VmNumberMismatch), string(sale.VmNumberOverLicence),
			string(sale.RenewalTooShort), string(sale.NotEnoughBalance), string(sale.CeilingExceeded), string(sale.AmountExceeded)),
	}
}

// ReleaseInstance gives up an expired instance.
func ReleaseInstance() Operation {
	return Operation{
		Name: string(sale.ReleaseInstance), Upstream: Forwarded,
		Text:       Text{"Gives up an instance for ever", "释放实例"},
		Rules:      Text{"Expired instances only; the instance takes the place of the token", "仅支持已到期的实例；以实例 ID 代替 ClientToken"},
		Parameters: []Parameter{ownerID(), instanceID(), dryRun()},
		Errors:     append(append(ofSales(), ofInstances()...), string(sale.InstanceNotExpired)),
	}
}

// GetSummary reads an owner's machines and instance.
func GetSummary() Operation {
	return Operation{
		Name: "GetSummary", ReadOnly: true, Upstream: Forwarded,
		Text:       Text{"Returns the machines and the instance of an account", "查询账号的机器数和实例"},
		Rules:      Text{"No error without an instance: the IDs are empty, and what describes the instance is absent", "没有实例时不报错：实例 ID 为空，不返回描述实例的字段"},
		Parameters: []Parameter{ownerID()},
		Answers: []Answer{
			{Name: "TotalMachineNum", Type: String, Example: "5", Text: Text{"The machines that the owner runs", "账号实际的机器数"}},
			{Name: "ExpireDateTimestamp", Type: Integer, Example: "1782921600000", Text: Text{"The end of the term, in milliseconds since 1970", "到期时间，毫秒时间戳"}},
			{Name: "Instanceid", Type: String, Example: "aegis-01ktxm8fz0nv5m0c6w3q8b7d2e", Text: Text{"The instance, as the documentation's table spells it", "实例 ID（文档表格中的拼写）"}},
			{Name: "InstanceId", Type: String, Example: "aegis-01ktxm8fz0nv5m0c6w3q8b7d2e", Text: Text{"The same", "同上"}},
			{Name: "VersionCode", Type: Integer, Example: "1", Text: Text{"The edition", "版本"}},
			{Name: "VmNumber", Type: Integer, Example: "5", Text: Text{"The machines licensed", "授权数"}},
			{Name: "Status", Type: String, Example: "Running", Text: Text{"Running or Expired", "Running（使用中）或 Expired（已到期）"}},
			{Name: "AutoRenew", Type: Boolean, Example: "false", Text: Text{"Whether the instance is renewed automatically", "是否自动续费"}},
			{Name: "ChargeType", Type: String, Example: "PrePaid", Text: Text{"PrePaid", "固定为 PrePaid（预付费）"}},
		},
	}
}

// SetRenewal sets how an instance is renewed.
func SetRenewal() Operation {
	instance := instanceID()
	instance.Required = false
	instance.Text = Text{"The instance; required unless InstanceIDs is given", "实例 ID；未传 InstanceIDs 时必填"}
	return Operation{
		Name: string(sale.SetRenewal), Upstream: Forwarded,
		Text:  Text{"Sets how an instance is renewed", "设置续费方式"},
		Rules: Text{"1–12 months or 1–10 years; ClientToken is optional", "1~12 个月或 1~10 年；ClientToken 可选"},
		Parameters: []Parameter{
			ownerID(), clientToken(""), instance,
			{Name: "InstanceIDs", Type: String, Text: Text{"The same, as BSS spells it; one instance", "同上，BSS 的拼写；只能是一个实例"}},
			{Name: "RenewalStatus", Type: String, Required: true, Values: []string{"AutoRenewal", "ManualRenewal", "NotRenewal"}, Example: "AutoRenewal", Text: Text{"How it is renewed", "续费方式：自动续费、手动续费、不续费"}},
			{Name: "RenewalPeriod", Type: Integer, Min: 1, Max: 12, Example: "1", Text: Text{"The length of a renewal; required for AutoRenewal", "每次续费的时长；RenewalStatus 为 AutoRenewal 时必填"}},
			{Name: "RenewalPeriodUnit", Type: String, Values: []string{"M", "Y"}, Default: "M", Example: "M", Text: Text{"Months or years", "续费时长的单位：月或年"}},
			dryRun(),
		},
		Answers: []Answer{orderIfChanged()},
		Errors:  append(ofSales(), ofInstances()...),
	}
}

// QueryPrice tells what a sale would cost now.
func QueryPrice() Operation {
	optional := func(p Parameter, text Text, example string) Parameter {
		p.Required, p.Text, p.Example = false, text, example
		return p
	}
	return Operation{
		Name: "QueryPrice", ReadOnly: true, Upstream: Refused,
		Text: Text{"Tells what a sale would cost now, and whether it would be refused", "询价，并说明当前是否会被拒绝"},
		Rules: Text{
			"The parameters of the operation that OrderType names; a refusal is a field of the answer, not an error",
			"参数与 OrderType 所指的接口相同；会被拒绝时不报错，而是在返回中说明",
		},
		Parameters: []Parameter{
			ownerID(),
			{Name: "OrderType", Type: String, Required: true, Values: []string{"NewOrder", "Renewal", "Upgrade"}, Example: "NewOrder", Text: Text{
				"CreateInstance, RenewInstance or UpgradeInstance", "分别对应 CreateInstance、RenewInstance、UpgradeInstance",
			}},
			optional(instanceID(), Text{"Required for Renewal and Upgrade", "Renewal 和 Upgrade 时必填"}, ""),
			optional(duration(87_600), Text{"Required for NewOrder and Renewal", "NewOrder 和 Renewal 时必填"}, "1"),
			optional(pricingCycle("Year", "Month", "Day", "Hour"), Text{"Required for NewOrder (Year, Month) and Renewal", "NewOrder（Year、Month）和 Renewal 时必填"}, "Month"),
			optional(versionCode("1"), Text{"Required for NewOrder and Upgrade", "NewOrder 和 Upgrade 时必填"}, "1"),
			vmNumber("5", Text{"As in the operation", "与相应接口相同"}),
		},
		Answers: []Answer{
			{Name: "OriginalPrice", Type: Amount, Example: "50.00", Text: Text{"At twelve months a year, in CNY. Absent if the sale has no price", "原价，一年按 12 个月计，单位为元。无法定价时不返回"}},
			{Name: "TradePrice", Type: Amount, Example: "50.00", Text: Text{"What the order would charge, in CNY", "实际扣费金额，单位为元"}},
			{Name: "Balance", Type: Amount, Example: "100000.00", Text: Text{"The balance of the account, in CNY", "账号余额，单位为元"}},
			{Name: "ExpiresAfter", Type: Time, Example: "2026-07-01T16:00:00Z", Text: Text{"The end of the term after the sale", "成交后的到期时间"}},
			{Name: "RefusalCode", Type: String, Example: "", Text: Text{"The code with which the sale would be refused; empty if it would be made", "会被拒绝时的错误码；可以成交时为空"}},
			{Name: "RefusalMessage", Type: String, Example: "", Text: Text{"Why", "拒绝的原因"}},
		},
		Errors: []string{"UnsupportedOperation"},
	}
}

// QueryOrders lists an owner's orders.
func QueryOrders() Operation {
	page := orderFields()
	return Operation{
		Name: "QueryOrders", ReadOnly: true, Upstream: Local,
		Text: Text{"Lists the orders of an account, newest first", "查询订单列表，最新的在前"},
		Rules: Text{
			"All filters must hold. With ClientToken it tells what became of the token; a reseller answers that alone, and needs it",
			"各过滤条件同时生效。指定 ClientToken 时返回该 ClientToken 的结果；作为虚商时只支持这种查询，ClientToken 必填",
		},
		Parameters: []Parameter{
			ownerID(), clientToken(""),
			{Name: "OrderId", Type: String, Text: Text{"This order only", "按订单 ID 过滤"}},
			{Name: "InstanceId", Type: String, Text: Text{"Orders of this instance", "按实例 ID 过滤"}},
			{Name: "Channel", Type: String, Values: []string{"api", "market", "timer", "operator"}, Text: Text{"Orders of this channel", "按来源过滤"}},
			{Name: "CreateTimeStart", Type: Time, Text: Text{"Orders made at or after this time", "起始时间（含）"}},
			{Name: "CreateTimeEnd", Type: Time, Text: Text{"Orders made before this time", "结束时间（不含）"}},
			{Name: "MaxResults", Type: Integer, Min: 1, Max: sale.MaxPage, Default: "20", Example: "20", Text: Text{"The length of a page", "每页的最大条数"}},
			{Name: "NextToken", Type: String, Text: Text{"Where the page starts: NextToken of the page before", "上一页返回的 NextToken"}},
		},
		Answers: []Answer{
			{Name: "OrderList", Type: List, Item: "Order", Fields: page, Text: Text{
				"The orders. With ClientToken each has OrderId, Operation, InstanceId, CreateTime and ClientToken: GetOrderDetail has the rest",
				"订单列表。按 ClientToken 查询时只有 OrderId、Operation、InstanceId、CreateTime 和 ClientToken，其余见 GetOrderDetail",
			}},
			{Name: "MaxResults", Type: Integer, Example: "20", Text: Text{"The length of a page", "每页的最大条数"}},
			{Name: "NextToken", Type: String, Example: "", Text: Text{"Where the next page starts; empty after the last. A page may be shorter than MaxResults", "下一页的起点；没有下一页时为空。一页的条数可能少于 MaxResults"}},
			{Name: "TokenStatus", Type: String, Example: "Sold", Text: Text{
				"With ClientToken: Sold; Pending, a reseller is forwarding it, or its outcome is open; Unsold, a call that is still running may sell it",
				"指定 ClientToken 时返回：Sold 已成交；Pending 转发中或结果未知；Unsold 未成交（仍在执行的调用可能成交）",
			}},
			{Name: "PendingSince", Type: Time, Example: "2026-06-01T04:00:00Z", Text: Text{"Of a pending token: when it was first forwarded", "Pending 时返回：首次转发的时间"}},
			{Name: "RetryAt", Type: Time, Example: "2026-06-01T04:00:15Z", Text: Text{"Of a pending token: when the same call finds out", "Pending 时返回：何时用同样的参数重试可以得到结果"}},
		},
		Errors: []string{"UnsupportedOperation"},
	}
}

// GetOrderDetail reads one order.
func GetOrderDetail() Operation {
	return Operation{
		Name: "GetOrderDetail", ReadOnly: true, Upstream: Refused,
		Text:       Text{"Returns one order", "查询订单详情"},
		Rules:      Text{"An order of the account", "账号自己的订单"},
		Parameters: []Parameter{ownerID(), {Name: "OrderId", Type: String, Required: true, Example: "01KTXM8FZ0D3M4N5P6Q7R8S9T0", Text: Text{"The order", "订单 ID"}}},
		Answers:    orderFields(),
		Errors:     []string{"InvalidOrderId.NotFound", "UnsupportedOperation"},
	}
}

// SetMachineNumber records how many machines an owner runs.
func SetMachineNumber() Operation {
	return Operation{
		Name: string(sale.SetMachineNumber), Granted: true, Upstream: Refused,
		Text:  Text{"Records how many machines an owner runs", "设置账号实际的机器数"},
		Rules: Text{"The number that RenewInstance compares; granted keys only; ClientToken is optional", "RenewInstance 据此核对；仅限已授权的密钥；ClientToken 可选"},
		Parameters: []Parameter{
			namedOwner(), clientToken(""),
			{Name: "MachineNumber", Type: Integer, Required: true, Min: 0, Max: sale.MaxMachineNumber, Example: "5", Text: Text{"The machines", "机器数"}},
			dryRun(),
		},
		Answers: []Answer{orderIfChanged()},
		Errors:  append(ofSales(), "UnsupportedOperation"),
	}
}

// DepositBalance pays money in, once for each reference.
func DepositBalance() Operation {
	return Operation{
		Name: string(sale.DepositBalance), Granted: true, Upstream: Refused,
		Text:  Text{"Pays money in", "充值"},
		Rules: Text{"One Reference is paid in once per owner; granted keys only", "同一账号的同一个 Reference 只入账一次；仅限已授权的密钥"},
		Parameters: []Parameter{
			namedOwner(), amount("Amount", Text{"What is paid in, in CNY: 0.01 to 100,000,000.00", "充值金额，单位为元：0.01~100,000,000.00"}, "1000.00"),
			text("Reference", Text{"The number of the payment: the bank's or the payment system's", "银行或支付系统的流水号"}, "sample-bank-0001"), dryRun(),
		},
		Answers: []Answer{orderID()},
		Errors:  append(ofSales(), "UnsupportedOperation"),
	}
}

// AdjustBalance corrects a balance.
func AdjustBalance() Operation {
	return Operation{
		Name: string(sale.AdjustBalance), Granted: true, Upstream: Refused,
		Text:  Text{"Corrects a balance", "调整余额"},
		Rules: Text{"The balance never falls below 0; granted keys only", "余额不会低于 0；仅限已授权的密钥"},
		Parameters: []Parameter{
			namedOwner(), clientToken("sample-adjust"), amount("Amount", Text{"The correction in CNY; it may be negative", "调整金额，单位为元，可以为负数"}, "-1.00"),
			text("Reason", Text{"Why", "原因"}, "sample correction"), dryRun(),
		},
		Answers: []Answer{orderID()},
		Errors:  append(ofSales(), string(sale.NotEnoughBalance), "UnsupportedOperation"),
	}
}

func amount(name string, about Text, example string) Parameter {
	return Parameter{Name: name, Type: Amount, Required: true, Text: about, Example: example}
}

// text is a text that an order keeps.
func text(name string, about Text, example string) Parameter {
	return Parameter{Name: name, Type: String, Required: true, MaxBytes: sale.MaxText, Text: about, Example: example}
}

// ofSales are the codes of every operation that makes an order.
func ofSales() []string {
	return []string{
		"InvalidClientToken.ValueNotSupported", "IdempotentParameterMismatch", "IdempotentProcessing", "OperationConflict",
		string(sale.DryRunPassed),
	}
}

// ofInstances are the codes of every operation that changes an instance.
func ofInstances() []string {
	return []string{string(sale.InstanceNotFound), string(sale.InstanceReleased), string(sale.SoldByMarketplace)}
}

// Common returns the codes of every operation.
func Common() []string {
	return []string{
		"MissingParameter", "InvalidParameter", "InvalidOwnerId", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive",
		"SignatureDoesNotMatch", "InvalidTimeStamp.Expired", "SignatureNonceUsed", "Forbidden.RAM", "InternalError", "ServiceUnavailable",
	}
}
