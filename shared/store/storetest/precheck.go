package storetest

import (
	"context"

	"aegis/shared/store"
)

// Precheck is a store.Precheck made of functions. Those that are nil pass.
type Precheck struct {
	Rows     []store.Key
	OnCheck  func(rows []store.Row) error
	OnRecord func(ctx context.Context) error
}

// Keys implements store.Precheck.
func (p *Precheck) Keys() []store.Key { return p.Rows }

// Check implements store.Precheck.
func (p *Precheck) Check(rows []store.Row) error {
	if p.OnCheck == nil {
		return nil
	}
	return p.OnCheck(rows)
}

// Record implements store.Precheck.
func (p *Precheck) Record(ctx context.Context) error {
	if p.OnRecord == nil {
		return nil
	}
	return p.OnRecord(ctx)
}
