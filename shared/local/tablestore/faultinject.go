package tablestore

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"

	"aegis/shared/local/tablestore/internal/ots"
)

// errDropped ends a request without an answer.
var errDropped = errors.New("the connection is dropped on purpose")

// injectBefore applies the faults that strike before the work, and keeps the
// others for after.
func (c *request) injectBefore(ctx context.Context, request proto.Message) error {
	for _, fault := range c.faults.due(c.operation, tablesOf(request)) {
		switch fault.Effect {
		case Delay:
			if err := wait(ctx, fault.Delay); err != nil {
				return errDropped
			}
		case Busy:
			return ots.Errorf(ots.ServerBusy, "Server is busy.")
		case Conflict:
			return ots.Errorf(ots.RowOperationConflict, "Data is being modified by the other request.")
		case DropBefore:
			return errDropped
		default:
			c.after = append(c.after, fault)
		}
	}
	return nil
}

// injectAfter applies the faults that strike a request that has done its work.
func (c *request) injectAfter(ctx context.Context, a *answer) error {
	for _, fault := range c.after {
		switch fault.Effect {
		case DelayAfter:
			if err := wait(ctx, fault.Delay); err != nil {
				return errDropped
			}
		case TimeoutAfter:
			return ots.Errorf(ots.Timeout, "Operation timeout.")
		case DropAfter:
			return errDropped
		case HalfAfter:
			a.half = true
		}
	}
	return nil
}

// wait ends early, with an error, when the client goes away.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drop closes the connection under the client.
func drop() { panic(http.ErrAbortHandler) }

// tablesOf are the tables a request names.
func tablesOf(request proto.Message) []string {
	var tables []string
	switch r := request.(type) {
	case *otsprotocol.BatchWriteRowRequest:
		for _, t := range r.Tables {
			tables = append(tables, t.GetTableName())
		}
	case *otsprotocol.BatchGetRowRequest:
		for _, t := range r.Tables {
			tables = append(tables, t.GetTableName())
		}
	case *otsprotocol.CreateTableRequest:
		tables = append(tables, r.TableMeta.GetTableName())
	case interface{ GetMainTableName() string }:
		tables = append(tables, r.GetMainTableName())
	case interface{ GetTableName() string }:
		tables = append(tables, r.GetTableName())
	}

	return tables
}
