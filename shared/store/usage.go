package store

import (
	"context"
	"sync/atomic"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// Usage counts what the calls of one context ask of the store. It is safe for concurrent
// use.
type Usage struct{ requests, readUnits, writeUnits atomic.Int64 }

// Requests returns how many requests were made, whether they were answered or not. The
// SDK's own resends of a read are not counted.
func (u *Usage) Requests() int64 { return u.requests.Load() }

// Units returns the capacity units that the answers named.
func (u *Usage) Units() (read, write int64) { return u.readUnits.Load(), u.writeUnits.Load() }

type usageKey struct{}

// WithUsage returns a context whose calls are counted.
func WithUsage(ctx context.Context) (context.Context, *Usage) {
	u := &Usage{}
	return context.WithValue(ctx, usageKey{}, u), u
}

// usageOf returns the counter of a context, nil if it has none.
func usageOf(ctx context.Context) *Usage {
	u, _ := ctx.Value(usageKey{}).(*Usage)
	return u
}

func (u *Usage) request() {
	if u != nil {
		u.requests.Add(1)
	}
}

func (u *Usage) units(c *tablestore.ConsumedCapacityUnit) {
	if u != nil && c != nil {
		u.readUnits.Add(int64(c.Read))
		u.writeUnits.Add(int64(c.Write))
	}
}
