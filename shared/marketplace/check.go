package marketplace

import (
	"context"
	"errors"
	"fmt"

	"aegis/shared/sale"
	"aegis/shared/store"
)

// Finding is a difference between our records and the marketplace's about an instance.
type Finding struct {
	InstanceID string
	Owner      string
	Ours       string // our record
	Theirs     string // the marketplace's record
	Repaired   string // the order that made our record agree, "" if there is none
}

// CheckReport is the result of a comparison.
type CheckReport struct {
	Checked  int
	Findings []Finding
}

// scanner reads whole tables; store.Store is one.
type scanner interface {
	Scan(ctx context.Context, table store.Table, start store.Key, limit int) ([]store.Row, store.Key, error)
}

// Check compares every instance that the marketplace sold with the marketplace's
// records. repair extends a term that is shorter here, which takes nothing from anyone.
// An instance that is longer here, or closed there, is left to an operator.
func (p *OrderProcessor) Check(ctx context.Context, repair bool) (CheckReport, error) {
	var report CheckReport
	table, ok := p.store.(scanner)
	if !ok || p.truth == nil {
		return report, errors.New("check the marketplace's instances: it needs the credentials to ask with (MARKET_ACCESS_KEY_ID)")
	}

	for start := (store.Key{}); ; {
		rows, next, err := table.Scan(ctx, Instances(), start, 200)
		if err != nil {
			return report, fmt.Errorf("check the marketplace's instances: %w", err)
		}
		for _, row := range rows {
			if err := p.checkOne(ctx, row.String(colOwner), row.Key.Partition, repair, &report); err != nil {
				return report, err
			}
		}
		if start = next; next.Table.Name == "" {
			return report, nil
		}
	}
}

// CheckInstance compares one instance.
func (p *OrderProcessor) CheckInstance(ctx context.Context, instanceID string, repair bool) (CheckReport, error) {
	var report CheckReport
	if p.truth == nil {
		return report, errors.New("check instance " + instanceID + ": it needs the credentials to ask with (MARKET_ACCESS_KEY_ID)")
	}

	owner, _, err := ownerOf(ctx, p.store, instanceID)
	if err != nil {
		return report, err
	}

	if owner == "" {
		return report, fmt.Errorf("check instance %s: it was not sold by the marketplace", instanceID)
	}
	return report, p.checkOne(ctx, owner, instanceID, repair, &report)
}

func (p *OrderProcessor) checkOne(ctx context.Context, owner, instanceID string, repair bool, report *CheckReport) error {
	account, err := p.ledger.Account(ctx, owner)
	if err != nil && !errors.Is(err, sale.ErrNoAccount) {
		return err
	}

	report.Checked++
	theirs, err := p.truth.Instance(ctx, instanceID)
	if err != nil { // unknown there, or not to be asked now: the others are still compared
		report.Findings = append(report.Findings, Finding{InstanceID: instanceID, Owner: owner, Theirs: err.Error()})
		return ctx.Err()
	}

	ours := account.Instance
	if ours != nil && ours.ID != instanceID {
		ours = nil
	}
	if ours != nil && ours.Channel != sale.Market {
		return nil // adopted by the API
	}

	f := compare(ours, theirs)
	if f == nil {
		return nil
	}

	f.InstanceID, f.Owner = instanceID, owner
	if repair && ours != nil && theirs.open(p.clock()) && lacks(*ours, theirs) {
		if f.Repaired, err = p.extend(ctx, owner, ours, theirs); err != nil {
			return err
		}
	}

	report.Findings = append(report.Findings, *f)
	return nil
}

func (p *OrderProcessor) extend(ctx context.Context, owner string, i *sale.Instance, e Entitlement) (string, error) {
	s := p.extension(i, e)
	receipt, err := p.ledger.Sell(ctx, sale.Purchase{Owner: owner, Token: s.token, Caller: "check", Command: s.command}, nil)
	if err != nil {
		return "", fmt.Errorf("extend instance %s: %w", i.ID, err)
	}
	return receipt.OrderID, nil
}

// compare returns how the records of an instance differ, nil if they agree. ours is nil
// if the instance is not live here.
func compare(ours *sale.Instance, theirs Entitlement) *Finding {
	if ours == nil {
		if theirs.Status == Opened && !theirs.Trial { // a trial yields here and runs out there
			return &Finding{Ours: "no live instance", Theirs: describe(theirs)}
		}
		return nil
	}

	here := "until " + day(ours.Period.End())
	switch {
	case theirs.Status == Closed:
		return &Finding{Ours: here, Theirs: describe(theirs)}
	case !theirs.Ends.IsZero() && !theirs.Ends.Equal(ours.Period.End()):
		return &Finding{Ours: here, Theirs: describe(theirs)}
	case theirs.Status == Opened && !ours.Expired.IsZero() && ours.Expired.Before(ours.Period.End()):
		return &Finding{Ours: "marked expired from " + day(ours.Expired), Theirs: describe(theirs)}
	}

	return nil
}

func describe(e Entitlement) string { return fmt.Sprintf("%s until %s", e.Status, day(e.Ends)) }
