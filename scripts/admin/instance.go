package main

import (
	"context"
	"errors"
	"time"

	"aegis/shared/sale"
)

type setInstance struct {
	owned
	reasoned
	Instance string    `required:"" help:"The instance's id."`
	Ends     time.Time `placeholder:"TIME" help:"The end of the term, such as 2027-01-01T00:00:00+08:00."`
	Edition  int       `range:"0.." placeholder:"N" help:"The VersionCode."`
	Machines int       `range:"0.." placeholder:"N" help:"The machines licensed."`
	Renewal  string    `placeholder:"STATUS" enum:",AutoRenewal,ManualRenewal,NotRenewal" default:"" help:"AutoRenewal, ManualRenewal or NotRenewal."`
	Months   int       `default:"1" range:"1..12" help:"Of AutoRenewal."`
}

func (c *setInstance) corrects() bool { return !c.Ends.IsZero() || c.Edition != 0 || c.Machines != 0 }

// Validate refuses a command that changes nothing.
func (c *setInstance) Validate() error {
	if !c.corrects() && c.Renewal == "" {
		return errors.New("it needs one of --ends, --edition, --machines and --renewal")
	}
	return nil
}

// Run makes orders of the operator, never a silent edit.
func (c *setInstance) Run(ctx context.Context, a *admin) error {
	if c.corrects() {
		correction := sale.Correct{InstanceID: c.Instance, Ends: c.Ends, VersionCode: c.Edition, VmNumber: c.Machines, Reason: c.Reason}
		if err := a.order(ctx, c.Owner, "", correction); err != nil {
			return err
		}
	}
	if c.Renewal == "" {
		return nil
	}
	return a.order(ctx, c.Owner, "", sale.Renewal{
		InstanceID: c.Instance, Status: sale.RenewalStatus(c.Renewal), Period: c.Months, Unit: sale.Month, Channel: sale.Operator, Reason: c.Reason,
	})
}

type adoptInstance struct {
	owned
	reasoned
	Instance string `required:"" help:"The instance's id."`
	Channel  string `default:"api" enum:"api,market" help:"api or market: who alone may change it from now on."`
}

// Run moves an instance to another channel.
func (c *adoptInstance) Run(ctx context.Context, a *admin) error {
	return a.order(ctx, c.Owner, "", sale.Adopt{InstanceID: c.Instance, Channel: sale.Channel(c.Channel), Reason: c.Reason})
}
