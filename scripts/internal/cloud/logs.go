package cloud

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aegis/shared/pop"
)

// LogService is the product whose data plane Logs reads.
const LogService Product = "Sls"

// Logs reads lines of one log store of Log Service. Its API (version 0.6.0) has a
// signature of its own. Credentials, Region, Project and Store must be set.
type Logs struct {
	Credentials pop.Credentials
	Region      string
	Project     string
	Store       string
	Endpoint    string           // URL of the project's endpoint; "": the public one
	HTTP        *http.Client     // nil: one with a timeout of 10 s
	Clock       func() time.Time // nil: time.Now
}

// Search returns at most 10 lines between two times that match a query, the newest first.
// A line has its fields, and __time__ in seconds. Lines are found some time after they
// were written.
func (l *Logs) Search(ctx context.Context, query string, from, to time.Time) ([]map[string]string, error) {
	request, err := l.request(ctx, map[string]string{
		"type": "log", "query": query, "line": "10", "offset": "0", "reverse": "true",
		"from": strconv.FormatInt(from.Unix(), 10), "to": strconv.FormatInt(to.Unix(), 10),
	})
	if err != nil {
		return nil, fmt.Errorf("%s GetLogs: %w", LogService, err)
	}
	response, err := (&Client{HTTP: l.HTTP}).http().Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s GetLogs: %w", LogService, withoutURL(err))
	}
	defer response.Body.Close()

	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s GetLogs: read the answer: %w", LogService, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, logRefusal(response, body)
	}
	var lines []map[string]string
	if err := json.Unmarshal(body, &lines); err != nil {
		return nil, fmt.Errorf("%s GetLogs: the answer is not a list of lines: %w", LogService, err)
	}
	return lines, nil
}

func (l *Logs) request(ctx context.Context, query map[string]string) (*http.Request, error) {
	base := cmp.Or(l.Endpoint, "https://"+l.Project+"."+l.Region+".log.aliyuncs.com")
	target, err := url.Parse(base)
	if err != nil || target.Host == "" {
		return nil, fmt.Errorf("the endpoint %q is no URL", base)
	}
	target.Path = "/logstores/" + l.Store
	target.RawQuery = paramsOf(query).Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}

	clock := l.Clock
	if clock == nil {
		clock = time.Now
	}
	request.Header.Set("Date", clock().UTC().Format(http.TimeFormat))
	request.Header.Set("x-log-apiversion", "0.6.0")
	request.Header.Set("x-log-bodyrawsize", "0")
	request.Header.Set("x-log-signaturemethod", "hmac-sha1")
	if l.Credentials.SecurityToken != "" {
		request.Header.Set("x-acs-security-token", l.Credentials.SecurityToken)
	}
	request.Header.Set("Authorization", "LOG "+l.Credentials.AccessKeyID+":"+SignLog(request, l.Credentials.AccessKeySecret))
	return request, nil
}

// SignLog returns the signature of a request to Log Service: HMAC-SHA1, in base64, of its
// method, Content-MD5, Content-Type, Date, the headers of x-log- and x-acs-, and the path
// with the query, which is sorted and not escaped ("Request signatures", Log Service).
func SignLog(r *http.Request, secret string) string {
	lines := []string{r.Method, r.Header.Get("Content-MD5"), r.Header.Get("Content-Type"), r.Header.Get("Date")}
	var own []string
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-log-") || strings.HasPrefix(lower, "x-acs-") {
			own = append(own, lower+":"+r.Header.Get(name))
		}
	}
	slices.Sort(own)

	resource := r.URL.Path
	separator := "?"
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		resource += separator + name + "=" + query.Get(name)
		separator = "&"
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(strings.Join(append(append(lines, own...), resource), "\n")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func logRefusal(response *http.Response, body []byte) *Error {
	var answer struct{ ErrorCode, ErrorMessage string }
	_ = json.Unmarshal(body, &answer) // what is no JSON has no code
	return &Error{
		Product: LogService, Action: "GetLogs", Status: response.StatusCode, Code: cmp.Or(answer.ErrorCode, "no code"),
		Message: answer.ErrorMessage, RequestID: cmp.Or(response.Header.Get("x-log-requestid"), "unknown"),
	}
}
