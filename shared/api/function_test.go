package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aegis/shared/access"
	"aegis/shared/api"
	"aegis/shared/ledger"
	"aegis/shared/local/gateway"
	"aegis/shared/pop"
	"aegis/shared/store"
)

func TestALifeOfAnInstance(t *testing.T) {
	for name, event := range map[string]gateway.Event{"API Gateway": gateway.APIGatewayEvent, "an HTTP trigger": gateway.HTTPTriggerEvent} {
		t.Run("through "+name, func(t *testing.T) {
			d := open(t)
			d.event = event
			created := d.call(create())
			require.Equal(t, 200, created.status, created.body)
			instance := created.fields["InstanceId"].(string)
			again := d.call(create())
			require.Equal(t, created.fields["OrderId"], again.fields["OrderId"])
			require.NotEqual(t, created.fields["RequestId"], again.fields["RequestId"])

			upgraded := d.call(create("Action=UpgradeInstance", "ClientToken=u", "InstanceId="+instance, "VersionCode=2"))
			require.Equal(t, 200, upgraded.status, upgraded.body)
			require.NotContains(t, upgraded.fields, "InstanceId")
			renewed := d.call(create("Action=RenewInstance", "ClientToken=r", "InstanceId="+instance))
			require.Equal(t, 200, renewed.status, renewed.body)

			summary := d.call(create("Action=GetSummary"))
			require.Equal(t, "5", summary.fields["TotalMachineNum"])
			require.Equal(t, instance, summary.fields["InstanceId"])
			require.Equal(t, instance, summary.fields["Instanceid"])
			require.EqualValues(t, time.Date(2026, 7, 10, 16, 0, 0, 0, time.UTC).UnixMilli(), summary.fields["ExpireDateTimestamp"])
		})
	}
}

func TestASummaryWithoutAnInstanceIsNoError(t *testing.T) {
	a := open(t).call(create("Action=GetSummary"))
	require.Equal(t, 200, a.status)
	require.Equal(t, "", a.fields["InstanceId"])
	require.NotContains(t, a.fields, "ExpireDateTimestamp")
}

func TestBadParametersAreRefusedByName(t *testing.T) {
	d := open(t)
	long := strings.Repeat("9", 4000)
	for change, want := range map[string]struct {
		status        int
		code, message string
	}{
		"-Action":                            {400, "MissingAction", "Action"},
		"Action=DropEverything":              {404, "InvalidAction.NotFound", "not found"},
		"Action=createinstance":              {404, "InvalidAction.NotFound", "not found"},
		"-Version":                           {400, "MissingVersion", "Version"},
		"Version=2014-01-01":                 {400, "InvalidVersion", "Version"},
		"-ClientToken":                       {400, "MissingParameter", "ClientToken"},
		"ClientToken=":                       {400, "MissingParameter", "ClientToken"},
		"ClientToken=" + long[:65]:           {400, "InvalidClientToken.ValueNotSupported", "1 to 64 printable ASCII"},
		"ClientToken=令牌":                     {400, "InvalidClientToken.ValueNotSupported", "1 to 64 printable ASCII"},
		"ClientToken=a\tb":                   {400, "InvalidClientToken.ValueNotSupported", "1 to 64 printable ASCII"},
		"-Duration":                          {400, "MissingParameter", "Duration"},
		"Duration=":                          {400, "MissingParameter", "Duration"},
		"Duration=one":                       {400, "InvalidParameter", "Duration"},
		"Duration=1.5":                       {400, "InvalidParameter", "Duration"},
		"Duration=0":                         {400, "InvalidParameter", "Duration"},
		"Duration=-1":                        {400, "InvalidParameter", "Duration"},
		"Duration=+1":                        {400, "InvalidParameter", "Duration"},
		"Duration=0x1":                       {400, "InvalidParameter", "Duration"},
		"Duration=99999999999":               {400, "InvalidParameter", "Duration"},
		"Duration=" + long:                   {400, "InvalidParameter", "Duration"},
		"Duration=121":                       {400, "InvalidParameter", "from 1 to 120"},
		"-PricingCycle":                      {400, "MissingParameter", "PricingCycle"},
		"PricingCycle=Week":                  {400, "InvalidParameter", "PricingCycle"},
		"PricingCycle=month":                 {400, "InvalidParameter", "PricingCycle"},
		"-VersionCode":                       {400, "MissingParameter", "VersionCode"},
		"VersionCode=x":                      {400, "InvalidParameter", "VersionCode"},
		"VersionCode=5":                      {400, "InvalidParameter", "VersionCode"},
		"-VmNumber":                          {400, "MissingParameter", "VmNumber"},
		"VmNumber=501":                       {400, "InvalidParameter", "from 1 to 500"},
		"IsAutoRenew=maybe":                  {400, "InvalidParameter", "IsAutoRenew"},
		"IsAutoRenew=true":                   {400, "InvalidParameter", "AutoRenewDuration"},
		"AutoRenewDuration=often":            {400, "InvalidParameter", "AutoRenewDuration"},
		"OwnerId=nobody":                     {400, "InvalidOwnerId", "a number"},
		"OwnerId=" + long:                    {400, "InvalidOwnerId", "19 digits"},
		"OwnerId=2":                          {403, "Forbidden.RAM", "may not act for this OwnerId"},
		"Padding=" + strings.Repeat(long, 5): {400, "InvalidParameter", "Padding"},
	} {
		t.Run(change[:min(len(change), 40)], func(t *testing.T) {
			d.t = t
			d.requireError(d.call(create(change)), want.status, want.code, want.message)
			d.requireUntouched()
		})
	}
}

func TestWhoIsCalling(t *testing.T) {
	d := open(t)
	url := func(s *pop.Signer, p pop.Params) string { return "/?" + s.SignV1(http.MethodPost, p).Encode() }
	post := func(target string) answer { return d.send(http.MethodPost, target, "", nil) }
	wrong := d.signer()
	wrong.AccessKeySecret = "another"
	unknown := d.signer()
	unknown.AccessKeyID = "LTAI-nobody"
	early, late := d.signer(), d.signer()
	early.Clock = func() time.Time { return d.now.Add(-pop.MaxSkew - time.Second) }
	late.Clock = func() time.Time { return d.now.Add(pop.MaxSkew + time.Second) }
	token := d.signer()
	token.SecurityToken = "sts"
	for name, c := range map[string]struct {
		target        string
		status        int
		code, message string
	}{
		"a wrong secret is told our StringToSign": {url(wrong, create()), 400, "SignatureDoesNotMatch", "server string to sign is:POST&%2F&AccessKeyId"},
		"an unknown key":                     {url(unknown, create()), 404, "InvalidAccessKeyId.NotFound", ""},
		"an old request":                     {url(early, create()), 400, "InvalidTimeStamp.Expired", ""},
		"a request from the future":          {url(late, create()), 400, "InvalidTimeStamp.Expired", ""},
		"a token that the key does not have": {url(token, create()), 400, "InvalidSecurityToken.MismatchWithAccessKey", ""},
		"an unsigned parameter":              {url(d.signer(), create()) + "&Extra=1", 400, "SignatureDoesNotMatch", ""},
		"a doubled parameter":                {url(d.signer(), create()) + "&VmNumber=1", 400, "SignatureDoesNotMatch", ""},
		"a changed parameter":                {strings.Replace(url(d.signer(), create()), "VmNumber=5", "VmNumber=6", 1), 400, "SignatureDoesNotMatch", ""},
		"no signature at all":                {"/?" + create().Encode(), 400, "MissingAccessKeyId", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			d.requireError(post(c.target), c.status, c.code, c.message)
			d.requireUntouched()
		})
	}
	t.Run("a disabled key", func(t *testing.T) {
		d.putKey(access.Key{ID: "off", Secret: secret, Owner: owner, Disabled: true})
		off := d.signer()
		off.AccessKeyID = "off"
		d.requireError(post(url(off, create())), 400, "InvalidAccessKeyId.Inactive", "")
		off.AccessKeySecret = "guess"
		d.requireError(post(url(off, create())), 400, "SignatureDoesNotMatch", "")
	})
	t.Run("a temporary key past its time", func(t *testing.T) {
		d.putKey(access.Key{ID: "STS.1", Secret: secret, Owner: owner, SecurityToken: "sts", Expires: d.now})
		temporary := d.signer()
		temporary.AccessKeyID, temporary.SecurityToken = "STS.1", "sts"
		d.requireError(post(url(temporary, create())), 400, "InvalidSecurityToken.Expired", "")
	})
	t.Run("a method that is neither GET nor POST", func(t *testing.T) {
		d.requireError(d.send(http.MethodPut, url(d.signer(), create()), "", nil), 403, "UnsupportedHTTPMethod", "")
	})
	t.Run("a nonce used before", func(t *testing.T) {
		target := url(d.signer(), create("Action=GetSummary"))
		require.Equal(t, 200, post(target).status)
		d.requireError(post(target), 400, "SignatureNonceUsed", "")
	})
}

func TestAResellerNamesItsOwner(t *testing.T) {
	d := open(t)
	d.putKey(access.Key{ID: "LTAI-reseller", Secret: secret, Reseller: true}, owner)
	s := d.signer()
	s.AccessKeyID = "LTAI-reseller"
	post := func(p pop.Params) answer {
		return d.send(http.MethodPost, "/?"+s.SignV1(http.MethodPost, p).Encode(), "", nil)
	}
	d.requireError(post(create()), 403, "Forbidden.RAM", "as OwnerId")
	d.requireError(post(create("OwnerId=7")), 403, "Forbidden.RAM", "")
	require.Equal(t, 200, post(create("OwnerId="+owner)).status)
	d.requireError(post(create("OwnerId=8")), 403, "Forbidden.RAM", "") // also of a key that is remembered
}

func TestAFormBodyCarriesParameters(t *testing.T) {
	for name, event := range map[string]gateway.Event{"API Gateway": gateway.APIGatewayEvent, "an HTTP trigger": gateway.HTTPTriggerEvent} {
		t.Run("through "+name, func(t *testing.T) {
			d := open(t)
			d.event = event
			form := d.signer().SignV1(http.MethodPost, create()).Encode()
			a := d.send(http.MethodPost, "/", "application/x-www-form-urlencoded", []byte(form))
			require.Equal(t, 200, a.status, a.body)
		})
	}
}

func TestTheAnswerIsInTheFormatAskedFor(t *testing.T) {
	d := open(t)
	ok := d.call(create("Format=XML"))
	require.Equal(t, "text/xml;charset=utf-8", ok.header["Content-Type"])
	require.Contains(t, ok.body, "<CreateInstanceResponse>")
	require.Contains(t, d.call(create("-Format", "VmNumber=0")).body, "<Error>")
	bad := d.call(create("Format=json", "VmNumber=0"))
	require.Equal(t, "application/json;charset=utf-8", bad.header["Content-Type"])
	require.Equal(t, bad.fields["RequestId"], bad.header["x-acs-request-id"])
}

func TestEventsThatAreNoneAreAnswered(t *testing.T) {
	d := open(t)
	for name, event := range map[string]string{
		"nothing":           ``,
		"not JSON":          `{"path":`,
		"not an object":     `[]`,
		"no method":         `{"path":"/"}`,
		"broken base64":     `{"path":"/","httpMethod":"POST","body":"@@","isBase64Encoded":"true"}`,
		"values of no type": `{"path":"/","httpMethod":"POST","queryParameters":{"a":1}}`,
		"a huge body":       `{"path":"/","httpMethod":"POST","headers":{"content-type":"application/x-www-form-urlencoded"},"body":"` + strings.Repeat("a", 10<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			a := d.handle([]byte(event))
			require.Equal(t, 400, a.status, a.body)
			require.Contains(t, a.body, "InvalidParameter")
			require.Less(t, len(a.body), 1000)
		})
	}
	d.requireUntouched()
}

func TestAStoreThatIsDownIsTemporary(t *testing.T) {
	d := open(t)
	d.gate.BeforeRead = func(int, []store.Key) error { return fmt.Errorf("down: %w", store.ErrNotApplied) }
	a := d.call(create())
	d.requireError(a, 503, "ServiceUnavailable", "")
	require.Equal(t, "1000", a.header["x-acs-retry-after"])
}

func TestADefectIsInternalAndLoggedAndNotTold(t *testing.T) {
	d := open(t)
	d.gate.BeforeCommit = func(int, []store.Change) error { return fmt.Errorf("the table's name is wrong") }
	a := d.call(create())
	d.requireError(a, 500, "InternalError", "")
	require.NotContains(t, a.body, "table")
	require.Contains(t, d.log.String(), "the table's name is wrong")
}

func TestAPanicIsAnsweredAsUnknown(t *testing.T) {
	d := open(t)
	d.gate.AfterRead = func(n int, _ []store.Row) error { panic("defect") }
	d.requireError(d.call(create()), 503, "ServiceUnavailable", "")
}

// watched notes the deadline that the store's requests are given. That they keep
// to it is the store's and the ledger's own test.
type watched struct {
	store.Client
	deadline time.Time
}

func (w *watched) Read(ctx context.Context, keys ...store.Key) ([]store.Row, error) {
	w.deadline, _ = ctx.Deadline()
	return w.Client.Read(ctx, keys...)
}

func TestACallLeavesTimeToAnswerBeforeItsDeadline(t *testing.T) {
	for name, c := range map[string]struct{ timeout, margin time.Duration }{
		"a tenth of a short time":      {2 * time.Second, 200 * time.Millisecond},
		"half a second of a long time": {time.Hour, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			w := &watched{Client: d.gate.Client}
			d.gate.Client = w
			ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
			defer cancel()
			deadline, _ := ctx.Deadline()
			r, err := http.NewRequest(http.MethodPost, "http://aegis.test/?"+d.signer().SignV1(http.MethodPost, create()).Encode(), nil)
			require.NoError(t, err)
			event, err := gateway.APIGatewayEvent(gateway.Request{Request: r})
			require.NoError(t, err)
			d.service.Handle(ctx, event)
			require.InDelta(t, c.margin.Seconds(), deadline.Sub(w.deadline).Seconds(), c.margin.Seconds()/2)
		})
	}
}

func TestEveryCallLeavesOneLineWithoutSecrets(t *testing.T) {
	d := open(t)
	d.log.Reset()
	a := d.call(create())
	lines := strings.Split(strings.TrimSpace(d.log.String()), "\n")
	require.Len(t, lines, 1)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &line))
	require.Equal(t, a.fields["RequestId"], line["requestId"])
	require.Equal(t, "CreateInstance", line["operation"])
	require.Equal(t, owner, line["owner"])
	require.Equal(t, "OK", line["outcome"])
	d.call(create("VmNumber=7"))
	for _, private := range []string{secret, "token-1", "Signature="} {
		require.NotContains(t, d.log.String(), private)
	}
	require.Contains(t, d.log.String(), "IdempotentParameterMismatch")
}

// lastLine returns the last line of the log and the names of its fields, in order.
func (d *desk) lastLine() (fields map[string]any, names []string) {
	d.t.Helper()
	lines := strings.Split(strings.TrimSpace(d.log.String()), "\n")
	last := lines[len(lines)-1]
	require.NoError(d.t, json.Unmarshal([]byte(last), &fields))
	decoder := json.NewDecoder(strings.NewReader(last))
	for n := 0; ; n++ { // { name value name value … }
		token, err := decoder.Token()
		if err != nil {
			return fields, names
		}
		if name, ok := token.(string); ok && n%2 == 1 {
			names = append(names, name)
		}
	}
}

func TestTheLogLineIsThatOfTheSchema(t *testing.T) {
	d := open(t)
	var schema []string
	for _, f := range api.LogFields() {
		schema = append(schema, f.Name)
	}
	a := d.call(create())
	line, names := d.lastLine()
	require.Equal(t, schema[:len(schema)-1], names, "all but the error")
	require.Equal(t, true, line["cold"])
	require.Equal(t, a.fields["OrderId"], line["orderId"])
	require.Equal(t, "3f08aace122ee236", line["tokenHash"])
	require.EqualValues(t, 5000, line["charged"])
	require.EqualValues(t, 4, line["storeRequests"], "the key; the nonce beside the read; the commit")
	require.Positive(t, line["readUnits"])
	require.Positive(t, line["writeUnits"])

	d.call(create())
	line, _ = d.lastLine()
	require.Equal(t, false, line["cold"])
	require.Equal(t, true, line["replayed"])
	require.Zero(t, line["charged"])
	require.EqualValues(t, 2, line["storeRequests"], "the nonce beside one read")

	d.gate.BeforeRead = func(int, []store.Key) error { return errors.New(strings.Repeat("a cause ", 1000)) }
	d.call(create())
	line, names = d.lastLine()
	require.Equal(t, schema, names)
	require.Equal(t, "ERROR", line["level"])
	require.Len(t, line["error"], 2048, "no text is longer")
}

func TestLinesBelowTheLevelAreNotWritten(t *testing.T) {
	d := open(t)
	books, err := ledger.New(ledger.Config{Store: d.gate, Clock: d.clock})
	require.NoError(t, err)
	d.service, err = api.New(api.Config{Operations: api.All(), Access: d.keys, Backend: books, Clock: d.clock, Log: d.log, Level: slog.LevelError})
	require.NoError(t, err)
	d.log.Reset()
	d.call(create())
	require.Empty(t, d.log.String())
	d.gate.BeforeRead = func(int, []store.Key) error { return errors.New("a cause") }
	d.call(create())
	require.Contains(t, d.log.String(), "a cause")
}

func TestOneInstanceAnswersManyCallsAtATime(t *testing.T) {
	d := open(t)
	orders := make([]any, 20)
	var all sync.WaitGroup
	for n := range orders {
		query := d.signer().SignV1(http.MethodPost, create(fmt.Sprint("ClientToken=", n%4), "Action=CreateInstance")).Encode()
		all.Go(func() {
			e := d.service.HandleRequest(t.Context(), &pop.Request{Method: http.MethodPost, Host: "aegis.test", Path: "/", RawQuery: query})
			var fields map[string]any
			if err := json.Unmarshal([]byte(e.Body), &fields); err != nil {
				fields = map[string]any{"Code": err.Error()}
			}
			if orders[n] = fields["OrderId"]; orders[n] == nil {
				orders[n] = fields["Code"]
			}
		})
	}
	all.Wait()

	sold := map[any]int{}
	for _, order := range orders {
		sold[order]++
	}
	require.Equal(t, 15, sold["InstanceAlreadyExists"], "%v", sold)
	require.Len(t, sold, 2, "the five calls of the token that bought the instance got one order: %v", sold)
}
