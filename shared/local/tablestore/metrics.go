package tablestore

import (
	"fmt"
	"net/http"
)

// metrics writes the counters in Prometheus' text format.
func (s *Server) metrics(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	rows := s.operationRows()
	for _, m := range []struct {
		name, kind, help string
		value            func(operationRow) any
	}{
		{"requests_total", "counter", "Requests answered or dropped.", func(r operationRow) any { return r.Requests }},
		{"errors_total", "counter", "Requests answered with an error.", func(r operationRow) any { return r.Errors }},
		{"rows_total", "counter", "Rows read or written.", func(r operationRow) any { return r.Rows }},
		{"received_bytes_total", "counter", "Bytes of request bodies.", func(r operationRow) any { return r.BytesIn }},
		{"sent_bytes_total", "counter", "Bytes of answers.", func(r operationRow) any { return r.BytesOut }},
		{"read_units_total", "counter", "Read capacity units consumed.", func(r operationRow) any { return r.ReadUnits }},
		{"write_units_total", "counter", "Write capacity units consumed.", func(r operationRow) any { return r.WriteUnits }},
	} {
		fmt.Fprintf(w, "# HELP tablestore_%s %s\n# TYPE tablestore_%s %s\n", m.name, m.help, m.name, m.kind)
		for _, r := range rows {
			fmt.Fprintf(w, "tablestore_%s{operation=%q} %v\n", m.name, r.Operation, m.value(r))
		}
	}

	fmt.Fprintf(w, "# HELP tablestore_request_seconds Time to answer.\n# TYPE tablestore_request_seconds summary\n")
	for _, r := range rows {
		fmt.Fprintf(w, "tablestore_request_seconds{operation=%q,quantile=\"0.5\"} %v\n", r.Operation, r.P50.Seconds())
		fmt.Fprintf(w, "tablestore_request_seconds{operation=%q,quantile=\"0.99\"} %v\n", r.Operation, r.P99.Seconds())
		fmt.Fprintf(w, "tablestore_request_seconds_sum{operation=%q} %v\n", r.Operation, r.Seconds)
		fmt.Fprintf(w, "tablestore_request_seconds_count{operation=%q} %v\n", r.Operation, r.Requests)
	}

	fmt.Fprintf(w, "# HELP tablestore_data_bytes Size of the data file.\n# TYPE tablestore_data_bytes gauge\ntablestore_data_bytes %d\n", s.engine.Size())
}
