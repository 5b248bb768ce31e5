package diagnose

import (
	"errors"
	"strings"
	"time"

	"aegis/shared/operations"
	"aegis/shared/pop"
)

// Question is a received request and what is needed to judge it.
type Question struct {
	Request     *pop.Request
	AccessKeyID string // "": whatever key the request names
	Secret      string
	Now         time.Time
}

// Finding is one line of a verdict.
type Finding struct {
	OK   bool
	What string // the part of the request that it is about
	Text Text
}

// Verdict says whether the endpoint would accept a request, and why not.
type Verdict struct {
	Findings []Finding
	Trace    pop.Trace // of the right signature; zero for a request that cannot be decoded
	V3       bool      // which version the trace is of
}

// Wrong reports whether the endpoint would refuse the request.
func (v Verdict) Wrong() bool {
	for _, f := range v.Findings {
		if !f.OK {
			return true
		}
	}
	return false
}

// inquiry is an explanation in the making.
type inquiry struct {
	Question
	query, form pop.Params // in the order they came
	call        *pop.Call
	sent        string             // the signature
	header      *pop.Authorization // of version 3
	verdict     Verdict
}

// Explain judges a request as the endpoint would, less what depends on the store: that
// the key exists and may do this, and that the nonce is new.
func Explain(q Question) Verdict {
	i := &inquiry{Question: q}
	if err := i.decode(); err != nil {
		i.wrong("request", i.malformed(err))
		return i.verdict
	}

	i.sign()
	i.judgeTime()
	i.judgeKey()
	i.judgeSignature()
	return i.verdict
}

func (i *inquiry) right(what string, text Text) {
	i.verdict.Findings = append(i.verdict.Findings, Finding{true, what, text})
}

func (i *inquiry) wrong(what string, text Text) {
	i.verdict.Findings = append(i.verdict.Findings, Finding{false, what, text})
}

// decode takes the request apart as the endpoint would. What is broken in query
// or form, Decode says.
func (i *inquiry) decode() (err error) {
	i.query, _ = pop.ParseQuery(i.Request.RawQuery)
	media, _ := i.Request.Header.Get("content-type")
	if strings.HasPrefix(strings.ToLower(media), "application/x-www-form-urlencoded") {
		i.form, _ = pop.ParseQuery(string(i.Request.Body))
	}
	i.call, err = pop.Decode(i.Request)
	return err
}

// malformed describes a refusal of the request's form, and whether what is missing is
// there in another case.
func (i *inquiry) malformed(err error) Text {
	text := Text{err.Error(), err.Error()}
	refusal := &pop.Error{}
	if !errors.As(err, &refusal) {
		return text
	}

	if e, ok := operations.FindError(refusal.Code); ok {
		text.Chinese = refusal.Code + "：" + e.Message.Chinese
	}
	for _, p := range append(i.query, i.form...) {
		if missing := "Missing" + p.Name; refusal.Code != missing && strings.EqualFold(refusal.Code, missing) {
			text.English += "\nIt has " + p.Name + " instead: names are compared byte for byte."
			text.Chinese += "\n请求中有 " + p.Name + "：参数名按字节比较，区分大小写。"
		}
	}

	return text
}

// sign signs the request as it should have been.
func (i *inquiry) sign() {
	authorization, _ := i.Request.Header.Get("authorization")
	if a, err := pop.ParseAuthorization(authorization); err == nil {
		request := *i.Request
		request.Query = i.query
		i.header, i.sent = &a, a.Signature
		i.verdict.V3, i.verdict.Trace = true, pop.TraceV3(i.Secret, &request, a.SignedHeaders)
		return
	}

	i.sent, _ = i.call.Params.Get("Signature")
	algorithm := pop.HMACSHA1
	if method, _ := i.call.Params.Get("SignatureMethod"); strings.EqualFold(method, string(pop.HMACSHA256)) {
		algorithm = pop.HMACSHA256
	}
	i.verdict.Trace = pop.TraceV1(algorithm, i.Secret, i.Request.Method, i.call.Params)
}
