package main

import (
	"context"
	"errors"
	"flag"
	"time"

	"aegis/shared/sale"
)

// setInstance corrects an instance, or chooses how it is renewed: an order of the
// operator, never a silent edit.
func (o *office) setInstance(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("instance set", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	instance := flags.String("instance", "", "the instance's id")
	reason := flags.String("reason", "", "why, for whoever reads the orders")
	var ends time.Time
	flags.TextVar(&ends, "ends", ends, "the end of the term, e.g. 2027-01-01T00:00:00+08:00")
	edition := flags.Int("edition", 0, "the VersionCode")
	machines := flags.Int("machines", 0, "the machines licensed")
	renewal := flags.String("renewal", "", "AutoRenewal, ManualRenewal or NotRenewal")
	months := flags.Int("months", 1, "of AutoRenewal")
	if err := parseFor(flags, args, owner); err != nil {
		return err
	}
	corrects := !ends.IsZero() || *edition != 0 || *machines != 0
	if *instance == "" || *reason == "" || !corrects && *renewal == "" {
		return errors.New("admin instance set: say -instance, -reason, and one of -ends, -edition, -machines, -renewal")
	}

	if corrects {
		correction := sale.Correct{InstanceID: *instance, Ends: ends, VersionCode: *edition, VmNumber: *machines, Reason: *reason}
		if err := o.order(ctx, *owner, "", correction); err != nil {
			return err
		}
	}
	if *renewal == "" {
		return nil
	}
	return o.order(ctx, *owner, "", sale.Renewal{
		InstanceID: *instance, Status: sale.RenewalStatus(*renewal), Period: *months, Unit: sale.Month, Channel: sale.Operator, Reason: *reason,
	})
}

// adoptInstance moves an instance to another channel.
func (o *office) adoptInstance(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("instance adopt", flag.ContinueOnError)
	owner := flags.String("owner", "", "the account's number")
	instance := flags.String("instance", "", "the instance's id")
	channel := flags.String("channel", string(sale.API), "api or market: who alone may change it from now on")
	reason := flags.String("reason", "", "why, for whoever reads the orders")
	if err := parseFor(flags, args, owner); err != nil {
		return err
	}
	if *instance == "" || *reason == "" {
		return errors.New("admin instance adopt: say -instance and -reason")
	}
	return o.order(ctx, *owner, "", sale.Adopt{InstanceID: *instance, Channel: sale.Channel(*channel), Reason: *reason})
}
