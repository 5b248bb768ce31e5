package diagnose

import (
	"fmt"
	"time"

	"aegis/shared/pop"
)

func (i *inquiry) judgeTime() {
	skew := i.Now.Sub(i.call.Timestamp).Round(time.Second)
	at := i.call.Timestamp.Format(time.RFC3339)
	text := Text{fmt.Sprintf("%s is %s behind the clock here", at, skew), fmt.Sprintf("%s 比此处的时钟慢 %s", at, skew)}
	if skew < 0 {
		text = Text{fmt.Sprintf("%s is %s ahead of the clock here", at, -skew), fmt.Sprintf("%s 比此处的时钟快 %s", at, -skew)}
	}
	if i.call.CheckTime(i.Now) == nil {
		i.right("time", text)
		return
	}

	text.English += "; 15 minutes are allowed"
	text.Chinese += "；最多允许相差 15 分钟"
	if hours := skew.Round(time.Hour); hours != 0 && (skew-hours).Abs() <= pop.MaxSkew && hours.Abs() <= 14*time.Hour {
		text.English += fmt.Sprintf(".\nThat is about %d whole hours: local time written as if it were UTC?", int(hours.Abs().Hours()))
		text.Chinese += fmt.Sprintf("。\n相差约 %d 个整小时：是否把本地时间当作 UTC 写入了？", int(hours.Abs().Hours()))
	}
	i.wrong("time", text)
}

func (i *inquiry) judgeKey() {
	if i.AccessKeyID == "" || i.call.AccessKeyID == i.AccessKeyID {
		i.right("key", Text{i.call.AccessKeyID, i.call.AccessKeyID})
		return
	}
	i.wrong("key", Text{
		fmt.Sprintf("it is signed as %q, but -key is %q: give the secret that belongs to it", i.call.AccessKeyID, i.AccessKeyID),
		fmt.Sprintf("请求使用的密钥是 %q，而给出的是 %q：请给出与之对应的 AccessKeySecret", i.call.AccessKeyID, i.AccessKeyID),
	})
}

func (i *inquiry) judgeSignature() {
	err := i.call.Verify(i.Secret)
	if err == nil {
		i.right("signature", Text{i.sent, i.sent})
		return
	}
	if i.sent == i.verdict.Trace.Signature {
		i.wrong("body", Text{err.Error(), "请求体与签名不符：" + err.Error()})
		return
	}

	i.wrong("signature", Text{i.sent + "\nshould be " + i.verdict.Trace.Signature, i.sent + "\n应为 " + i.verdict.Trace.Signature})
	mistakes := i.mistakes()
	for _, m := range mistakes {
		i.wrong(m.Step, m.Why)
	}
	if len(mistakes) == 0 {
		i.wrong("secret or value", Text{
			"no usual mistake leads to this signature: the secret is another, or a value was changed after\n" +
				"signing. Compare what the client signed: -theirs FILE.",
			"常见的错误都得不到这个签名：AccessKeySecret 不同，或者签名之后有值被改动。\n请对比客户端实际签名的内容（sign -explain -theirs FILE）。",
		})
	}
}

func (i *inquiry) mistakes() []Mistake {
	if i.header == nil {
		return V1(i.Request.Method, i.query, i.form, i.Secret)
	}
	return V3(i.Request, *i.header, i.query, i.form, i.Secret)
}
