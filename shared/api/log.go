package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	"aegis/shared/pop"
)

// LogField is one field of a call's log line.
type LogField struct{ Name, Meaning string }

// LogFields returns the schema of a call's log line, in its order. Alert rules, queries
// and dashboards use no other fields.
func LogFields() []LogField {
	return []LogField{
		{"time", "when the call ended"},
		{"level", "INFO: answered or refused, ERROR: failed"},
		{"msg", "call"},
		{"catalogue", "hash of the catalogue of prices"},
		{"road", "ledger: sold here; upstream: forwarded"},
		{"requestId", "the RequestId of the answer"},
		{"fcRequestId", "Function Compute's id of the invocation"},
		{"cold", "the first call of this instance"},
		{"operation", "the Action, if it exists"},
		{"accessKeyId", "who says to call; verified unless outcome is about the key or the signature"},
		{"owner", "for whom, once that is known"},
		{"source", "address that the platform saw; HTTP trigger only"},
		{"tokenHash", "first 16 hex digits of the ClientToken's SHA-256"},
		{"outcome", "OK or the code of the error"},
		{"orderId", "order of the answer"},
		{"replayed", "the order was made by an earlier call"},
		{"charged", "fen that this call charged"},
		{"storeRequests", "requests to the store"},
		{"readUnits", "capacity units for reading that the store named"},
		{"writeUnits", "capacity units for writing that the store named"},
		{"ms", "duration in milliseconds"},
		{"error", "cause of a failure"},
	}
}

// maxLogged bounds a text of a log line in bytes. Log Service indexes no more.
const maxLogged = 2048

func bounded(text string) string {
	if len(text) > maxLogged {
		return text[:maxLogged]
	}
	return text
}

type invocationKey struct{}

// WithInvocation returns a context that carries the platform's id of the invocation, for
// the log.
func WithInvocation(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, invocationKey{}, id)
}

// record writes the call's log line. Caller errors are logged at INFO, server errors at
// ERROR with their cause.
func (s *Service) record(ctx context.Context, c *activeCall, began time.Time, err error) {
	level, outcome, failure := slog.LevelInfo, "OK", ""
	if err != nil {
		answer := refusal(err)
		if outcome = answer.Code; answer.Status >= 500 {
			level, failure = slog.LevelError, bounded(err.Error())
		}
	}
	if !s.log.Enabled(ctx, level) {
		return
	}

	fcRequestID, _ := ctx.Value(invocationKey{}).(string)
	reads, writes := c.usage.Units()
	attributes := append(make([]slog.Attr, 0, 20),
		slog.String("requestId", c.requestID), slog.String("fcRequestId", bounded(fcRequestID)), slog.Bool("cold", c.cold),
		slog.String("operation", c.operation.Action), slog.String("accessKeyId", bounded(c.AccessKeyID)), slog.String("owner", c.owner),
		slog.String("source", c.from()), slog.String("tokenHash", tokenHash(c.Params)), slog.String("outcome", outcome),
		slog.String("orderId", c.orderID), slog.Bool("replayed", c.replayed), slog.Int64("charged", int64(c.charged)),
		slog.Int64("storeRequests", c.usage.Requests()), slog.Int64("readUnits", reads), slog.Int64("writeUnits", writes),
		slog.Float64("ms", float64(s.clock().Sub(began).Microseconds())/1000))
	if failure != "" {
		attributes = append(attributes, slog.String("error", failure))
	}
	s.log.LogAttrs(ctx, level, "call", attributes...)
}

// from returns the source for people, "" if it is not known.
func (c *activeCall) from() string {
	if !c.source.IsValid() {
		return ""
	}
	return c.source.String()
}

// tokenHash finds the calls of one token in the log without showing the token, which
// would let a reader of the log ask for its order.
func tokenHash(p pop.Params) string {
	token, _ := p.Get("ClientToken")
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:8])
}

// orderOf returns the order of an answer, "" if it has none.
func orderOf(fields []pop.Field) string {
	for _, f := range fields {
		if f.Name == "OrderId" {
			return f.Value
		}
	}
	return ""
}
