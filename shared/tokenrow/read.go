package tokenrow

import (
	"context"
	"errors"
	"fmt"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// ReadChecked reads rows of the table in one request while the caller is checked; a nil
// Precheck passes. An error of the Precheck is the answer, whatever the read returned. A
// store that cannot be read is ErrUnavailable.
func ReadChecked(ctx context.Context, client store.Client, p store.Precheck, keys ...store.Key) ([]store.Row, error) {
	if p == nil {
		return read(ctx, client, keys)
	}

	recorded := startRecord(ctx, p)
	all := append(keys[:len(keys):len(keys)], p.Keys()...)
	rows, err := read(ctx, client, all)
	refused := <-recorded

	if err == nil {
		if unfit := p.Check(rows[len(keys):]); unfit != nil {
			return nil, unfit // before the nonce: who may not call learns nothing of it
		}
	}
	if refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	return rows[:len(keys)], nil
}

// RangeChecked reads a page of rows while the caller is checked, with the errors of
// ReadChecked. The caller's rows are read at the same time.
func RangeChecked(ctx context.Context, client store.Client, p store.Precheck, r store.Range) (rows []store.Row, next string, err error) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if defect := recover(); defect != nil {
				err = fmt.Errorf("read a page: %w: panic: %v", sale.ErrUnavailable, defect)
			}
		}()
		rows, next, err = client.Range(ctx, r)
	}()

	_, refused := ReadChecked(ctx, client, p)
	<-ended

	switch {
	case refused != nil:
		return nil, "", refused
	case errors.Is(err, store.ErrNotApplied):
		return nil, "", sale.Unavailable(err)
	}
	return rows, next, err
}

// startRecord runs Record in parallel with the read. A panic there is a defect that
// must not end the process, and with it the other calls.
func startRecord(ctx context.Context, p store.Precheck) <-chan error {
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if defect := recover(); defect != nil {
				ended <- fmt.Errorf("check the caller: %w: panic: %v", sale.ErrUnavailable, defect)
			}
		}()
		store.ReserveStack()
		ended <- p.Record(ctx)
	}()
	return ended
}

func read(ctx context.Context, client store.Client, keys []store.Key) ([]store.Row, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := client.Read(ctx, keys...)
	if errors.Is(err, store.ErrNotApplied) {
		return nil, sale.Unavailable(err)
	}
	return rows, err
}
