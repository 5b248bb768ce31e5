package tablestore

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"aegis/shared/local/sameorigin"
	"aegis/shared/local/tablestore/internal/engine"
)

// admin serves what is not of the wire protocol, for people and monitors. It
// reports false for any other path.
//
//	GET /          the state, for people
//	GET /healthz   200 while requests are served
//	GET /metrics   the counters, for Prometheus
//	/snapshots     GET lists, POST takes one (as JSON)
//	/faults        the rules to misbehave by, if the server takes any:
//	               GET lists, POST adds one (as JSON), DELETE removes all
//
// Changes are not for web pages of other sites.
func (s *Server) admin(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case (r.URL.Path == "/faults" || r.URL.Path == "/snapshots") && !sameorigin.Allowed(r):
		http.Error(w, "this route is not for web pages of other sites (Host, Origin)", http.StatusForbidden)
	case r.URL.Path == "/" && r.Method == http.MethodGet:
		s.statusPage(w)
	case r.URL.Path == "/healthz" && r.Method == http.MethodGet:
		s.health(w)
	case r.URL.Path == "/snapshots":
		s.snapshots(w, r)
	case r.URL.Path == "/metrics" && r.Method == http.MethodGet:
		s.metrics(w)
	case r.URL.Path == "/faults" && s.faults != nil:
		s.faultRules(w, r)
	default:
		return false
	}
	return true
}

func (s *Server) faultRules(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		s.faults.Clear()
	case http.MethodPost:
		if err := s.addFault(r); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	default:
		http.Error(w, "GET, POST or DELETE", http.StatusMethodNotAllowed)
		return
	}
	writeJSON(w, s.faults.List())
}

// addFault takes a rule as JSON only, which a web page cannot send to another
// site unasked.
func (s *Server) addFault(r *http.Request) error {
	var fault Fault
	if err := readJSON(r, &fault); err != nil {
		return err
	}
	return s.faults.Add(fault)
}

// health answers 200 while the store takes requests: it reads once to know.
func (s *Server) health(w http.ResponseWriter) {
	if err := s.engine.View(nil, func(*engine.Tx) error { return nil }); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n")) // a client that has gone away misses nothing
}

// row is one operation on the status page and in the metrics.
type operationRow struct {
	Operation              string
	Requests, Errors, Rows int64
	BytesIn, BytesOut      int64
	ReadUnits, WriteUnits  int64
	P50, P99               time.Duration
	Seconds                float64 // spent in all requests together
}

func (s *Server) operationRows() []operationRow {
	s.stats.mu.RLock()
	defer s.stats.mu.RUnlock()
	list := make([]operationRow, 0, len(s.stats.ops))
	for name, c := range s.stats.ops {
		list = append(list, operationRow{
			Operation: name, Requests: c.requests.Load(), Errors: c.errors.Load(), Rows: c.rows.Load(),
			BytesIn: c.bytesIn.Load(), BytesOut: c.bytesOut.Load(),
			ReadUnits: c.readUnits.Load(), WriteUnits: c.writeUnit.Load(),
			P50: c.latency.quantile(0.50), P99: c.latency.quantile(0.99),
			Seconds: time.Duration(c.latency.total.Load()).Seconds(),
		})
	}

	slices.SortFunc(list, func(a, b operationRow) int { return strings.Compare(a.Operation, b.Operation) })
	return list
}

func (s *Server) statusPage(w http.ResponseWriter) {
	page := template.Must(template.New("status").Parse(statusTemplate))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, map[string]any{ // a client that has gone away misses nothing
		"Up": s.clock().Sub(s.requests.start).Round(time.Second), "Size": s.engine.Size(),
		"Instances": s.instanceRows(), "Operations": s.operationRows(), "Faults": s.faults.List(),
		"Transactions": s.transactions.open.Load(),
	})
}

type instanceRow struct {
	Name   string
	Tables []string
}

func (s *Server) instanceRows() []instanceRow {
	var list []instanceRow
	for name := range s.instances {
		list = append(list, instanceRow{Name: name, Tables: s.catalog.Load().Names(name)})
	}
	slices.SortFunc(list, func(a, b instanceRow) int { return strings.Compare(a.Name, b.Name) })
	return list
}

const statusTemplate = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tablestore</title>
<style>body{font:15px system-ui;margin:2em auto;max-width:72em;padding:0 1em}table{border-collapse:collapse}
td,th{padding:.25em .8em;text-align:right;border-bottom:1px solid #ddd}td:first-child,th:first-child{text-align:left}</style>
<h1>Tablestore</h1>
<p>Up {{.Up}}, data file {{.Size}} bytes, {{.Transactions}} transactions under way. <a href="/metrics">Metrics</a></p>
<h2>Operations</h2>
{{if .Operations}}<table><tr><th>operation<th>requests<th>errors<th>rows<th>bytes in<th>bytes out<th>read units<th>write units<th>p50<th>p99
{{range .Operations}}<tr><td>{{.Operation}}<td>{{.Requests}}<td>{{.Errors}}<td>{{.Rows}}<td>{{.BytesIn}}<td>{{.BytesOut}}<td>{{.ReadUnits}}<td>{{.WriteUnits}}<td>{{.P50}}<td>{{.P99}}
{{end}}</table>{{else}}<p>No requests yet.</p>{{end}}
<h2>Instances</h2>
<ul>{{range .Instances}}<li><b>{{.Name}}</b>: {{range $i, $t := .Tables}}{{if $i}}, {{end}}{{$t}}{{else}}no tables{{end}}{{end}}</ul>
{{if .Faults}}<h2>Faults</h2><ul>{{range .Faults}}<li>{{.Effect}} on {{or .Operation "any operation"}}, {{or .Table "any table"}}: met by {{.Met}} of {{.Matched}}{{end}}</ul>{{end}}
`
