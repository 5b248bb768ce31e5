package operations

import (
	"aegis/shared/pop"
	"aegis/shared/sale"
)

// Error is a code of a refusal.
type Error struct {
	Code    string
	Status  int
	Message Text // in answers: the English one, followed by what is wrong with the call
	Cause   Text
	Mend    Text
	Own     bool // not Alibaba Cloud's: its Recommend leads to our page about it
}

// Errors returns the codes that callers meet: first those of the sale, then the
// gateway's.
func Errors() []Error { return append(ofSale(), ofGateway()...) }

// FindError returns the entry of a code.
func FindError(code string) (e Error, ok bool) {
	for _, e := range Errors() {
		if e.Code == code {
			return e, true
		}
	}
	return Error{}, false
}

// IsOwn reports whether a code is not Alibaba Cloud's.
func IsOwn(code string) bool {
	for _, e := range ofSale() {
		if e.Code == code {
			return e.Own
		}
	}
	return false
}

// Refusal returns the answer of a code of the sale, ok is false for a code that no
// caller meets.
func Refusal(code sale.Code) (e *pop.Error, ok bool) {
	for _, e := range ofSale() {
		if e.Code == string(code) {
			return pop.New(e.Code, e.Status, e.Message.English), true
		}
	}
	return nil, false
}

// published returns the entry of one of the gateway's codes. The message and the status
// are those of package pop.
func published(e *pop.Error, chinese string, cause, mend Text) Error {
	return Error{Code: e.Code, Status: e.Status, Message: Text{e.Message, chinese}, Cause: cause, Mend: mend}
}

// own returns the entry of a code that Alibaba Cloud does not have.
func own(code sale.Code, status int, message, cause, mend Text) Error {
	return Error{Code: string(code), Status: status, Message: message, Cause: cause, Mend: mend, Own: true}
}

func ofSale() []Error {
	return []Error{
		published(pop.RealNameAuthenticationError(), "账号尚未通过实名认证。",
			Text{"The account has not passed real-name authentication", "账号未通过实名认证"},
			Text{"Complete the authentication, then repeat the call", "完成实名认证后重试"}),
		published(pop.NotEnoughBalance(), "账号余额不足。",
			Text{"The prepaid balance is too small", "预付费余额不足"},
			Text{"Top up, then repeat the call with the same ClientToken", "充值后用同一 ClientToken 重试"}),
		published(pop.InvalidOwnerID(""), "指定的 OwnerId 无效。",
			Text{"Not a number, or no such account", "不是数字，或账号不存在"},
			Text{"Name an existing account that the key may act for", "指定密钥有权操作的账号"}),
		own(sale.CeilingExceeded, 403, Text{"The key has reached its spending ceiling of the day.", "该密钥已达到当日消费上限。"},
			Text{"What the key has bought today, with this call, would exceed its ceiling", "该密钥今日的消费加上本次调用将超过上限"},
			Text{"Repeat the call tomorrow (UTC+8), or have an operator raise the ceiling", "次日（UTC+8）重试，或由运维人员提高上限"}),
		own(sale.InstanceAlreadyExists, 409, Text{"The owner already has an instance.", "该账号已有实例。"},
			Text{"The owner has a live instance", "账号已有未释放的实例"},
			Text{"Upgrade or renew that instance, or release it once it has expired", "升级或续费该实例；到期后可先释放再购买"}),
		published(pop.InvalidInstanceIDNotFound(), "指定的实例不存在。",
			Text{"Not an instance of this owner", "实例不属于该账号"},
			Text{"GetSummary returns the owner's instance", "用 GetSummary 查询账号的实例"}),
		own("InvalidOrderId.NotFound", 404, Text{"The specified OrderId does not exist.", "指定的订单不存在。"},
			Text{"Not an order of this owner", "订单不属于该账号"},
			Text{"QueryOrders lists the owner's orders", "用 QueryOrders 查询账号的订单"}),
		own(sale.SoldByMarketplace, 403, Text{"The instance was sold by the marketplace.", "该实例由云市场售出。"},
			Text{"The marketplace sold the instance: upgrade, renew or return it there", "实例由云市场售出，请在云市场升级、续费或退订"},
			Text{"Use the marketplace's console", "请到云市场控制台操作"}),
		own(sale.InstanceReleased, 403, Text{"The specified instance has been released.", "指定的实例已释放。"},
			Text{"The instance is released", "实例已释放"},
			Text{"Create another instance", "重新购买实例"}),
		own(sale.InstanceExpired, 403, Text{"The specified instance has expired.", "指定的实例已到期。"},
			Text{"Upgrade: renew it first, or release it and create another", "升级：请先续费，或释放后重新创建"},
			Text{"Renew the instance, then upgrade it", "先续费，再升级"}),
		own(sale.InstanceNotExpired, 403, Text{"The specified instance has not expired.", "指定的实例尚未到期。"},
			Text{"Release: the term is not over", "释放：实例尚未到期"},
			Text{"Wait for the end of the term", "到期后再释放"}),
		own(sale.UpgradeNotHigher, 400, Text{"An instance can only be upgraded.", "实例只能升级，不能降级。"},
			Text{"A lower value, or no higher one", "取值低于当前值，或没有任何一项升高"},
			Text{"Name an edition and machines of which none is lower and one is higher", "两项都不低于当前值，且至少一项更高"}),
		own(sale.RenewalTooShort, 400, Text{"The renewal is too short.", "续费时长太短。"},
			Text{"Renewal: it would end in the past, or too many terms are bought ahead", "续费：续费后仍早于当前时间，或预先购买的时段过多"},
			Text{"Renew for longer", "选择更长的续费时长"}),
		own(sale.VmNumberMismatch, 400, Text{"VmNumber must be the actual number of machines.", "VmNumber 必须等于实际的机器数。"},
			Text{"Renewal: not the actual number of machines", "续费：与实际机器数不一致"},
			Text{"Send TotalMachineNum of GetSummary", "传入 GetSummary 返回的 TotalMachineNum"}),
		own(sale.VmNumberOverLicence, 400, Text{"VmNumber exceeds the licence of the instance.", "VmNumber 超过实例的授权数。"},
			Text{"Renewal: more machines than licensed; the message says what to do", "续费：机器数超过授权数，处理方法见错误信息"},
			Text{"Upgrade the instance to that number first", "先把实例升级到该台数"}),
		own(sale.AmountExceeded, 400, Text{"The price exceeds MaxAmount.", "价格超过 MaxAmount。"},
			Text{"The order would cost more than the caller allows; nothing was sold", "订单金额高于调用方允许的上限，未产生订单"},
			Text{"Ask QueryPrice, then repeat the call with a higher MaxAmount", "用 QueryPrice 询价后，提高 MaxAmount 再试"}),
		published(pop.DryRunOperation(), "请求已通过检查（DryRun）。",
			Text{"DryRun was true and the call would succeed; nothing was sold", "DryRun 为 true 且检查通过，未产生订单"},
			Text{"Send the call without DryRun to buy", "去掉 DryRun 后即可购买"}),
		published(pop.InvalidClientToken(), "ClientToken 不合法：必须是 1~64 个可打印的 ASCII 字符。",
			Text{"Too long, or not printable ASCII", "过长，或含有不可打印的字符"},
			Text{"Use 1 to 64 printable ASCII characters", "使用 1~64 个可打印的 ASCII 字符"}),
		published(pop.IdempotentParameterMismatch(), "请求重试时参数发生了变化。",
			Text{"The ClientToken stands for another purchase; the message names the parameters", "该 ClientToken 已用于另一次购买，错误信息会列出不一致的参数"},
			Text{"Repeat a call with its own parameters; use a new ClientToken for a new purchase", "重试时参数保持不变；新订单使用新的 ClientToken"}),
		published(pop.IdempotentProcessing(0), "上一个相同的请求仍在处理中。",
			Text{"Reseller: the same call is being forwarded", "虚商：相同的调用正在转发中"},
			Text{"Repeat the call after x-acs-retry-after", "按 x-acs-retry-after 等待后重试"}),
		own("UnsupportedOperation", 400, Text{"The specified action is not supported.", "不支持该接口。"},
			Text{"Reseller: the endpoint keeps accounts, orders and prices", "虚商：账号、订单和价格由上游保存"},
			Text{"Ask the seller; QueryOrders with a ClientToken tells what became of a call", "请向上游查询；用 QueryOrders 加 ClientToken 可以查询某次调用的结果"}),
		published(pop.OperationConflict(0), "与之前的请求冲突，请求被拒绝。",
			Text{"Other calls on the account came first each time; nothing was done", "同一账号的其他调用多次抢先提交，本次调用未执行"},
			Text{"Repeat the call", "重试"}),
		published(pop.ServiceUnavailable(0), "服务暂时不可用。",
			Text{"The outcome is not known: repeat the call with the same ClientToken", "结果未知：请使用相同的 ClientToken 重试"},
			Text{"Repeat the call with the same ClientToken, or ask QueryOrders", "用同一 ClientToken 重试，或用 QueryOrders 查询"}),
	}
}

func ofGateway() []Error {
	signing := Text{"See the signing steps in shared/pop; scripts/sign -explain finds the step", "签名步骤见 shared/pop；scripts/sign -explain 可以定位出错的步骤"}
	clock := Text{"Set the clock of the caller; times are in UTC", "校准调用方的时钟；时间使用 UTC"}
	slower := Text{"Wait for x-acs-retry-after, then repeat the call", "按 x-acs-retry-after 等待后重试"}
	return []Error{
		published(pop.Missing("Action", ""), "缺少 Action。",
			Text{"A parameter of the protocol is absent: Missing and its name, such as MissingAccessKeyId", "缺少公共参数：Missing 后面是参数名，例如 MissingAccessKeyId"},
			Text{"Send the parameter; SDKs do", "补上该参数；SDK 会自动填写"}),
		published(pop.MissingParameter("Name"), "缺少必填参数。",
			Text{"A required parameter is absent; the message names it", "缺少必填参数，错误信息列出参数名"},
			Text{"Send the parameter", "补上该参数"}),
		published(pop.InvalidParameter("Name", ""), "参数取值无效。",
			Text{"A value is out of its range; the message says what it must be", "参数取值超出范围，错误信息说明允许的取值"},
			Text{"Send a value in the range", "改为允许的取值"}),
		published(pop.InvalidFormat(), "Format 取值无效。",
			Text{"Format is neither JSON nor XML", "Format 既不是 JSON 也不是 XML"}, Text{"Send JSON or XML", "取值 JSON 或 XML"}),
		published(pop.InvalidActionNotFound(), "找不到指定的接口。",
			Text{"No operation has that name", "没有这个接口"}, Text{"Check Action, in its exact case", "检查 Action，区分大小写"}),
		published(pop.InvalidVersion(), "Version 取值无效。",
			Text{"The version is not 2016-11-11", "版本不是 2016-11-11"}, Text{"Send Version=2016-11-11", "传入 Version=2016-11-11"}),
		published(pop.UnsupportedHTTPMethod(), "不支持该 HTTP 方法。",
			Text{"Neither GET nor POST", "既不是 GET 也不是 POST"}, Text{"Use GET or POST", "使用 GET 或 POST"}),
		published(pop.SignatureDoesNotMatch(""), "签名与服务端计算的结果不一致。",
			Text{"The signature does not fit; the message has the server's StringToSign", "签名不匹配，错误信息附有服务端的 StringToSign"}, signing),
		published(pop.IncompleteSignature(""), "签名不符合规范。",
			Text{"The signature is malformed", "签名格式错误"}, signing),
		published(pop.InvalidSignatureMethod(""), "SignatureMethod 取值无效。",
			Text{"The algorithm is not supported", "不支持该签名算法"}, Text{"Use HMAC-SHA1, HMAC-SHA256 or ACS3-HMAC-SHA256", "使用 HMAC-SHA1、HMAC-SHA256 或 ACS3-HMAC-SHA256"}),
		published(pop.InvalidTimeStampFormat(), "时间戳格式错误。",
			Text{"The time is not written as 2006-01-02T15:04:05Z", "时间的格式不是 2006-01-02T15:04:05Z"}, clock),
		published(pop.InvalidTimeStampExpired(), "时间戳已过期。",
			Text{"The time is more than 15 minutes off", "时间相差超过 15 分钟"}, clock),
		published(pop.SignatureNonceUsed(), "SignatureNonce 已被使用。",
			Text{"A request was sent twice", "同一请求发送了两次"}, Text{"Sign each request anew; keep the ClientToken", "每次请求重新签名，ClientToken 保持不变"}),
		published(pop.InvalidAccessKeyIDNotFound(), "找不到 AccessKey。",
			Text{"There is no such key", "没有这个 AccessKey"}, Text{"Check the AccessKeyId", "检查 AccessKeyId"}),
		published(pop.InvalidAccessKeyIDInactive(), "AccessKey 已禁用。",
			Text{"The key is disabled", "AccessKey 已禁用"}, Text{"Ask the operator to enable it", "联系运营方启用"}),
		published(pop.InvalidSecurityTokenExpired(), "SecurityToken 已过期。",
			Text{"The temporary key has expired", "临时凭证已过期"}, Text{"Get a new one", "重新获取临时凭证"}),
		published(pop.InvalidSecurityTokenMalformed(), "SecurityToken 格式错误。",
			Text{"The token cannot be read", "SecurityToken 无法识别"}, Text{"Get a new one", "重新获取临时凭证"}),
		published(pop.InvalidSecurityTokenMismatch(), "SecurityToken 与 AccessKey 不匹配。",
			Text{"The token belongs to another key", "SecurityToken 属于另一个 AccessKey"}, Text{"Send the three values of one temporary key", "使用同一组临时凭证的三个值"}),
		published(pop.ForbiddenRAM(""), "没有权限执行该接口。",
			Text{"The key may not act for the owner, or the operation is not granted to it", "密钥无权操作该账号，或未获得该接口的授权"},
			Text{"Ask the operator for the grant; a reseller names OwnerId", "联系运营方授权；虚商须指定 OwnerId"}),
		published(pop.Throttling(0), "请求被流控。", Text{"Too many requests", "请求过于频繁"}, slower),
		published(pop.ThrottlingUser(0), "用户请求被流控。", Text{"Too many requests of this user", "该用户的请求过于频繁"}, slower),
		published(pop.ThrottlingAPI(0), "接口请求被流控。", Text{"Too many requests of this operation", "该接口的请求过于频繁"}, slower),
		published(pop.InternalError(), "内部错误。",
			Text{"A fault of this system; nothing was done", "系统内部错误，未产生订单"}, Text{"Report the RequestId to the operator", "将 RequestId 告知运营方"}),
	}
}
